package feed

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// MoneyQuery selects the codes that a report is about.
type MoneyQuery struct {
	// From and To limit when the codes were ordered: [From, To).
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Country, Channel and Source are empty for all.
	Country string `json:"country,omitempty"`
	Channel string `json:"channel,omitempty"`
	Source  string `json:"source,omitempty"`
}

// Money holds the funnel, the costs and the revenue of the selected codes.
type Money struct {
	At    time.Time  `json:"at"`
	Query MoneyQuery `json:"query"`
	// Topics names the topics that the numbers are from.
	Topics []string `json:"topics"`
	Total  Funnel   `json:"total"`
	// Countries, Channels and Sources are the largest first.
	Countries []Share `json:"countries"`
	Channels  []Share `json:"channels"`
	Sources   []Share `json:"sources"`
	// Steps are hours or days, in the order of time; Step is the length of one.
	Steps []Share       `json:"steps"`
	Step  time.Duration `json:"-"`
	// NotPaid are customers who verified and did not pay, the newest first, of the days that
	// MoneyDays names; NotPaidAll is their number.
	NotPaid    []NotPaid `json:"verified_not_paid"`
	NotPaidAll int64     `json:"verified_not_paid_total"`
	// Choices are the countries, channels and sources of the time, without the filter.
	Choices [3][]string `json:"-"`
	// Truncated is set if there were more entities than are kept in memory.
	Truncated bool `json:"truncated,omitempty"`
	// Late is set if the time begins before what is read.
	Late bool `json:"late,omitempty"`
}

// Funnel holds the number of codes that reached each step, with their costs and revenue.
type Funnel struct {
	Requested int64 `json:"requested"`
	Sent      int64 `json:"sent"`
	Delivered int64 `json:"delivered"`
	Verified  int64 `json:"verified"`
	Paid      int64 `json:"paid"`
	// Cost and Revenue are in minor units by currency. CostUnknown counts codes without a known
	// cost, which no cost includes.
	Cost        map[string]int64 `json:"cost_minor"`
	CostUnknown int64            `json:"cost_unknown"`
	Revenue     map[string]int64 `json:"revenue_minor"`
}

func (f *Funnel) add(d *Funnel) {
	f.Requested += d.Requested
	f.Sent += d.Sent
	f.Delivered += d.Delivered
	f.Verified += d.Verified
	f.Paid += d.Paid
	f.CostUnknown += d.CostUnknown
	for currency, minor := range d.Cost {
		f.Cost = put(f.Cost, currency, minor)
	}
	for currency, minor := range d.Revenue {
		f.Revenue = put(f.Revenue, currency, minor)
	}
}

// put returns the sums with an amount added.
func put(sums map[string]int64, currency string, minor int64) map[string]int64 {
	if minor == 0 {
		return sums
	}
	if sums == nil {
		sums = map[string]int64{}
	}
	sums[currency] += minor
	return sums
}

// Share is the funnel of a part.
type Share struct {
	Name string `json:"name"`
	Funnel
}

// NotPaid is a journey that was verified and not paid.
type NotPaid struct {
	Journey    string    `json:"journey_id"`
	Country    string    `json:"country"`
	Channel    string    `json:"channel"`
	OrderedAt  time.Time `json:"ordered_at"`
	VerifiedAt time.Time `json:"verified_at"`
	Deadline   time.Time `json:"deadline"`
	CostMinor  int64     `json:"cost_minor"`
	Currency   string    `json:"currency"`
	// first and source are what the filter is about.
	first, source string
}

// moneyRow is one addend: a row of the funnel topic, a verification, or the payments of a journey.
type moneyRow struct {
	at               time.Time
	country, channel string
	source           string
	funnel           Funnel
}

// maxMoney bounds the rows kept in memory.
const maxMoney = 300_000

// MoneyDays and MoneyLongDays are how many days before today the two polls of money hold.
const (
	MoneyDays     = 1
	MoneyLongDays = 31
)

// MoneyRows are the rows that reports are made of. They are changed by each read.
type MoneyRows struct {
	feed *Feed
	// window is the size of the funnel's rows, days how many days before today they begin.
	window avro.FunnelWindow
	days   int
	// entities: verifications and journeys are read, too, for lists and if there are no insights.
	entities bool

	mu      sync.Mutex
	since   time.Time
	next    map[string]map[int32]int64
	funnel  map[string]moneyRow
	rows    map[string]moneyRow
	notPaid map[string]NotPaid
	full    bool
}

func (m *MoneyRows) reset() {
	m.next, m.full = map[string]map[int32]int64{}, false
	m.funnel, m.rows, m.notPaid = map[string]moneyRow{}, map[string]moneyRow{}, map[string]NotPaid{}
}

const day = 24 * time.Hour

func (m *MoneyRows) read(ctx context.Context) (*MoneyRows, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next == nil {
		m.reset()
	}
	m.since = m.feed.Now().UTC().Truncate(day).Add(-time.Duration(m.days) * day)
	takes := map[string]func(*kgo.Record){schemas.InsightsFunnel: m.takeFunnel}
	if m.entities {
		takes[schemas.EnrichedVerifications], takes[schemas.EnrichedJourneys] = m.takeVerification, m.takeJourney
	}
	for topic, take := range takes {
		if m.next[topic] == nil {
			m.next[topic] = map[int32]int64{}
		}
		err := m.feed.follow(ctx, m.feed.config.Names.Topic(topic), m.next[topic], m.since, func(r *kgo.Record) error {
			take(r)
			return nil
		})
		if err != nil {
			m.reset()
			return nil, err
		}
	}
	m.expire()
	return m, nil
}

// expire removes the rows of days that are too old.
func (m *MoneyRows) expire() {
	for _, rows := range []map[string]moneyRow{m.funnel, m.rows} {
		maps.DeleteFunc(rows, func(_ string, r moneyRow) bool { return r.at.Before(m.since) })
	}
	maps.DeleteFunc(m.notPaid, func(_ string, n NotPaid) bool { return n.OrderedAt.Before(m.since) })
}

// body returns the Avro body of a record, nil for a tombstone or a value that is none.
func body(r *kgo.Record) []byte {
	_, body, err := wire.Parse(r.Value)
	if err != nil {
		return nil
	}
	return body
}

// set keeps a row; without room it notes that the numbers are too small.
func (m *MoneyRows) set(rows map[string]moneyRow, key string, row moneyRow) {
	if _, known := rows[key]; !known && len(rows) >= maxMoney {
		m.full = true
		return
	}
	rows[key] = row
}

var errSkip = errors.New("skip")

func decode(r *kgo.Record, into avro.Record) error {
	b := body(r)
	if b == nil {
		return errSkip
	}
	return into.DecodeAvro(b)
}

func (m *MoneyRows) takeFunnel(r *kgo.Record) {
	var v avro.FunnelRow
	if decode(r, &v) != nil {
		delete(m.funnel, string(r.Key))
		return
	}
	if v.Window != m.window || v.Level != avro.FunnelLevelCountry {
		return
	}
	row := moneyRow{at: v.WindowStart, country: v.Country.Value, channel: string(v.Channel.Value), source: v.Source}
	row.funnel = Funnel{Requested: v.Requested, Sent: v.Sent, Delivered: v.Delivered, Verified: v.Verified, Paid: v.Paid, CostUnknown: v.CostUnknown}
	for i := range v.Costs {
		row.funnel.Cost = put(row.funnel.Cost, v.Costs[i].Currency.Value, v.Costs[i].CostMinor)
	}
	for i := range v.Revenue {
		row.funnel.Revenue = put(row.funnel.Revenue, v.Revenue[i].Currency, v.Revenue[i].NetMinor)
	}
	m.set(m.funnel, string(r.Key), row)
}

func (m *MoneyRows) takeVerification(r *kgo.Record) {
	key := "v/" + string(r.Key)
	var v avro.VerificationSnapshot
	if decode(r, &v) != nil {
		delete(m.rows, key)
		return
	}
	row := moneyRow{at: v.CreatedAt, country: v.Country.Value, channel: string(v.FirstChannel.Value), source: v.Source, funnel: Funnel{Requested: 1}}
	if v.FirstChannel.Set {
		row.funnel.Sent = 1
	}
	delivered := v.DeliveredChannel.Set
	for i := range v.Attempts {
		delivered = delivered || v.Attempts[i].Status == avro.AttemptStatusSuccess
	}
	if delivered {
		row.funnel.Delivered = 1
	}
	if v.Outcome == avro.VerificationOutcomeSuccess {
		row.funnel.Verified = 1
	}
	if v.CostMinor.Set {
		row.funnel.Cost = put(row.funnel.Cost, v.Currency.Value, v.CostMinor.Value)
	} else {
		row.funnel.CostUnknown = 1
	}
	m.set(m.rows, key, row)
}

func (m *MoneyRows) takeJourney(r *kgo.Record) {
	key := "j/" + string(r.Key)
	var v avro.JourneySnapshot
	if decode(r, &v) != nil {
		delete(m.rows, key)
		delete(m.notPaid, key)
		return
	}
	row := moneyRow{at: v.CreatedAt, country: v.Country.Value, channel: string(v.FirstChannel.Value), source: v.VerificationSource.Value}
	if v.EverPaid {
		row.funnel.Paid = 1
		row.funnel.Revenue = put(row.funnel.Revenue, v.Currency.Value, v.NetMinor.Value)
	}
	m.set(m.rows, key, row)
	delete(m.notPaid, key)
	if v.Outcome == avro.JourneyOutcomeVerifiedNotPaid && len(m.notPaid) < maxMoney {
		m.notPaid[key] = NotPaid{
			Journey: v.JourneyID, Country: v.Country.Value, Channel: string(v.DeliveredChannel.Value), OrderedAt: v.CreatedAt, VerifiedAt: v.VerifiedAt.Value, Deadline: v.Deadline.Value,
			CostMinor: v.CostMinor.Value, Currency: v.CostCurrency.Value, first: string(v.FirstChannel.Value), source: v.VerificationSource.Value,
		}
	}
}

// Report is the report of a query.
func (m *MoneyRows) Report(q *MoneyQuery) *Money {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := &Money{At: m.feed.Now().UTC(), Query: *q, Truncated: m.full, Late: q.From.Before(m.since), Topics: []string{schemas.InsightsFunnel, schemas.EnrichedJourneys}, Step: time.Hour}
	if m.window == avro.FunnelWindowDay {
		out.Step = day
	}
	rows := m.funnel
	if len(rows) == 0 && m.entities {
		rows, out.Topics[0] = m.rows, schemas.EnrichedVerifications
	}
	parts := []map[string]*Funnel{{}, {}, {}, {}}
	for at := q.From; at.Before(q.To) && !at.After(out.At); at = at.Add(out.Step) {
		parts[3][at.UTC().Format(time.RFC3339)] = &Funnel{}
	}
	choices := [3]map[string]bool{{}, {}, {}}
	for _, row := range rows {
		if row.at.Before(q.From) || !row.at.Before(q.To) {
			continue
		}
		names := []string{row.country, row.channel, row.source, row.at.UTC().Truncate(out.Step).Format(time.RFC3339)}
		for i := range choices {
			choices[i][names[i]] = true
		}
		if !q.concerns(row.country, row.channel, row.source) {
			continue
		}
		out.Total.add(&row.funnel)
		for i, name := range names {
			if parts[i][name] == nil {
				parts[i][name] = &Funnel{}
			}
			parts[i][name].add(&row.funnel)
		}
	}
	for i := range choices {
		delete(choices[i], "")
		out.Choices[i] = slices.Sorted(maps.Keys(choices[i]))
	}
	out.Countries, out.Channels, out.Sources, out.Steps = shares(parts[0]), shares(parts[1]), shares(parts[2]), shares(parts[3])
	slices.SortFunc(out.Steps, func(a, b Share) int { return cmp.Compare(a.Name, b.Name) })
	m.unpaid(out, q)
	return out
}

// concerns reports whether a query selects a code by its place, first channel and source.
func (q *MoneyQuery) concerns(country, channel, source string) bool {
	return (q.Country == "" || q.Country == country) && (q.Channel == "" || q.Channel == channel) && (q.Source == "" || q.Source == source)
}

// unpaid adds the customers who verified and did not pay.
func (m *MoneyRows) unpaid(out *Money, q *MoneyQuery) {
	out.NotPaid = []NotPaid{}
	for _, n := range m.notPaid {
		if !n.OrderedAt.Before(q.From) && n.OrderedAt.Before(q.To) && q.concerns(n.Country, n.first, n.source) {
			out.NotPaid = append(out.NotPaid, n)
		}
	}
	out.NotPaidAll = int64(len(out.NotPaid))
	slices.SortFunc(out.NotPaid, func(a, b NotPaid) int {
		return cmp.Or(b.VerifiedAt.Compare(a.VerifiedAt), cmp.Compare(a.Journey, b.Journey))
	})
	const most = 50
	out.NotPaid = out.NotPaid[:min(len(out.NotPaid), most)]
}

func shares(parts map[string]*Funnel) []Share {
	out := make([]Share, 0, len(parts))
	for name, f := range parts {
		out = append(out, Share{name, *f})
	}
	slices.SortFunc(out, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Requested, a.Requested), cmp.Compare(b.Paid, a.Paid), cmp.Compare(a.Name, b.Name))
	})
	return out
}
