package feed

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
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
	// Late is set if the query begins before the oldest row that the poll reads.
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
	// first channel and source, which MoneyQuery filters by.
	first, source string
}

// MoneyDays and MoneyLongDays are how many days before today the two polls of money hold.
const (
	MoneyDays     = 1
	MoneyLongDays = 31
)

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
