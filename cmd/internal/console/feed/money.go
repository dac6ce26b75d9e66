package feed

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Money holds the funnel, the costs and the revenue of the codes of the last day.
type Money struct {
	At time.Time `json:"at"`
	// Since is the begin of the day.
	Since time.Time `json:"since"`
	// From names the topics that the numbers are from.
	From  []string `json:"from"`
	Total Funnel   `json:"total"`
	// Countries, Channels and Sources are the largest first.
	Countries []Share `json:"countries"`
	Channels  []Share `json:"channels"`
	Sources   []Share `json:"sources"`
	// Hours are in the order of time.
	Hours []Share `json:"hours"`
	// NotPaid are customers who verified and did not pay, the newest first; NotPaidAll is their
	// number.
	NotPaid    []NotPaid `json:"verified_not_paid"`
	NotPaidAll int64     `json:"verified_not_paid_total"`
	// Truncated is set if there were more entities than are kept in memory.
	Truncated bool `json:"truncated,omitempty"`
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
	VerifiedAt time.Time `json:"verified_at"`
	Deadline   time.Time `json:"deadline"`
	CostMinor  int64     `json:"cost_minor"`
	Currency   string    `json:"currency"`
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

// moneyReader follows the topics of the last day.
type moneyReader struct {
	feed    *Feed
	next    map[string]map[int32]int64
	funnel  map[string]moneyRow
	rows    map[string]moneyRow
	notPaid map[string]NotPaid
	full    bool
}

func (m *moneyReader) reset() {
	m.next, m.full = map[string]map[int32]int64{}, false
	m.funnel, m.rows, m.notPaid = map[string]moneyRow{}, map[string]moneyRow{}, map[string]NotPaid{}
}

const day = 24 * time.Hour

func (m *moneyReader) read(ctx context.Context) (*Money, error) {
	if m.next == nil {
		m.reset()
	}
	now := m.feed.Now()
	since := now.Add(-day).Truncate(time.Hour)
	for topic, take := range map[string]func(*kgo.Record){
		schemas.InsightsFunnel: m.takeFunnel, schemas.EnrichedVerifications: m.takeVerification, schemas.EnrichedJourneys: m.takeJourney,
	} {
		if m.next[topic] == nil {
			m.next[topic] = map[int32]int64{}
		}
		err := m.feed.follow(ctx, m.feed.config.Names.Topic(topic), m.next[topic], since, func(r *kgo.Record) error {
			take(r)
			return nil
		})
		if err != nil {
			m.reset()
			return nil, err
		}
	}
	return m.report(now, since), nil
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
func (m *moneyReader) set(rows map[string]moneyRow, key string, row moneyRow) {
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

func (m *moneyReader) takeFunnel(r *kgo.Record) {
	var v avro.FunnelRow
	if decode(r, &v) != nil {
		delete(m.funnel, string(r.Key))
		return
	}
	if v.Window != avro.FunnelWindowHour || v.Level != avro.FunnelLevelCountry {
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

func (m *moneyReader) takeVerification(r *kgo.Record) {
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

func (m *moneyReader) takeJourney(r *kgo.Record) {
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
			Journey: v.JourneyID, Country: v.Country.Value, Channel: string(v.DeliveredChannel.Value), VerifiedAt: v.VerifiedAt.Value, Deadline: v.Deadline.Value,
			CostMinor: v.CostMinor.Value, Currency: v.CostCurrency.Value,
		}
	}
}

func (m *moneyReader) report(now, since time.Time) *Money {
	out := &Money{At: now.UTC(), Since: since.UTC(), Truncated: m.full, From: []string{schemas.InsightsFunnel, schemas.EnrichedJourneys}}
	rows := m.funnel
	if len(rows) == 0 {
		rows, out.From[0] = m.rows, schemas.EnrichedVerifications
	}
	parts := []map[string]*Funnel{{}, {}, {}, {}}
	for at := since; at.Before(now); at = at.Add(time.Hour) {
		parts[3][at.UTC().Format(time.RFC3339)] = &Funnel{}
	}
	for key, row := range rows {
		if row.at.Before(since) {
			delete(rows, key)
			continue
		}
		out.Total.add(&row.funnel)
		names := []string{row.country, row.channel, row.source, row.at.UTC().Truncate(time.Hour).Format(time.RFC3339)}
		for i, name := range names {
			if parts[i][name] == nil {
				parts[i][name] = &Funnel{}
			}
			parts[i][name].add(&row.funnel)
		}
	}
	out.Countries, out.Channels, out.Sources, out.Hours = shares(parts[0]), shares(parts[1]), shares(parts[2]), shares(parts[3])
	slices.SortFunc(out.Hours, func(a, b Share) int { return cmp.Compare(a.Name, b.Name) })
	out.NotPaid = []NotPaid{}
	for key, n := range m.notPaid {
		if n.VerifiedAt.Before(since) {
			delete(m.notPaid, key)
			continue
		}
		out.NotPaid = append(out.NotPaid, n)
	}
	out.NotPaidAll = int64(len(out.NotPaid))
	slices.SortFunc(out.NotPaid, func(a, b NotPaid) int {
		return cmp.Or(b.VerifiedAt.Compare(a.VerifiedAt), cmp.Compare(a.Journey, b.Journey))
	})
	const most = 50
	out.NotPaid = out.NotPaid[:min(len(out.NotPaid), most)]
	return out
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
