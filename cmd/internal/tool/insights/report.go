package insights

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/wilson"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Report holds the costs and claims of the selected days.
type Report struct {
	// From and To are the days of the costs: [From, To); without To there is no end.
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
	// Costs are sorted by country, provider, channel and currency.
	Costs []Cost `json:"costs"`
	// Totals are the costs of all routes, one for each currency.
	Totals []Cost `json:"totals"`
	// Signals are the claims that hold, the most severe first, and behind them the withdrawn
	// ones if the filter asks for them. Scorecards are those of From and later.
	Signals []*avro.Signal `json:"signals"`
	// Newest is the newest day with codes of the filter's dimensions, also of other days; zero
	// if there is none.
	Newest time.Time `json:"-"`
}

// Of returns the signals of a kind that hold.
func (r *Report) Of(kind avro.SignalKind) (list []*avro.Signal) {
	for _, s := range r.Signals {
		if s.Kind == kind && s.State != avro.SignalStateWithdrawn {
			list = append(list, s)
		}
	}
	return list
}

// Withdrawn returns the signals that hold no longer.
func (r *Report) Withdrawn() (list []*avro.Signal) {
	for _, s := range r.Signals {
		if s.State == avro.SignalStateWithdrawn {
			list = append(list, s)
		}
	}
	return list
}

// Cost holds the cost of the codes of a country and a route, in one currency.
type Cost struct {
	// Country is empty if the phones' country is not known, Channel if no attempt is.
	Country  string       `json:"country"`
	Provider string       `json:"provider"`
	Channel  avro.Channel `json:"channel"`
	// Currency is empty if no cost is known.
	Currency string `json:"currency"`
	// Codes, Verified and Paid are those of all currencies. CostUnknown are the codes without
	// a known cost.
	Codes       int64 `json:"codes"`
	Verified    int64 `json:"verified"`
	Paid        int64 `json:"paid"`
	CostUnknown int64 `json:"cost_unknown"`
	// CostMinor is in minor units of Currency; null if no cost is known.
	CostMinor avro.Optional[int64] `json:"cost_minor"`
	// PerVerifiedMinor and PerPaidMinor are the cost over the number of verified and of paying
	// users; null if there is no cost or nobody. They are a lower bound where CostUnknown is
	// not 0.
	PerVerifiedMinor avro.Optional[float64] `json:"cost_per_verified_minor"`
	PerPaidMinor     avro.Optional[float64] `json:"cost_per_paid_minor"`
	// Untracked are the codes of which the provider reports no outcome.
	Untracked int64 `json:"untracked"`
	// ConversionLow and ConversionHigh are the 95 % interval of the share of the tracked codes
	// that were verified; null if there are none.
	ConversionLow  avro.Optional[float64] `json:"conversion_low"`
	ConversionHigh avro.Optional[float64] `json:"conversion_high"`
	// Converted is the cost of all currencies in one; null without rates.
	Converted *Converted `json:"converted,omitempty"`
	// Net is the net revenue of the paying users by currency, in minor units.
	Net map[string]int64 `json:"net_minor,omitempty"`
}

// Converted holds amounts in one currency.
type Converted struct {
	Currency string `json:"currency"`
	// RateAsOf is the day of the rates; the oldest one if the rows have several.
	RateAsOf time.Time `json:"rate_as_of"`
	// CostMinor is in minor units of Currency.
	CostMinor        int64                  `json:"cost_minor"`
	PerVerifiedMinor avro.Optional[float64] `json:"cost_per_verified_minor"`
	PerPaidMinor     avro.Optional[float64] `json:"cost_per_paid_minor"`
}

// route is a country, a provider and a first channel.
type route struct {
	country, provider string
	channel           avro.Channel
}

func (r route) compare(o route) int {
	return cmp.Or(cmp.Compare(r.country, o.country), cmp.Compare(r.provider, o.provider), cmp.Compare(r.channel, o.channel))
}

// sum is the sum of a route's rows.
type sum struct {
	codes, verified, paid, unknown, untracked int64
	costs, net                                map[string]int64
	// converted is nil if there is no cost, partial is set if one of the rows has no converted cost.
	converted *Converted
	partial   bool
}

// NewReport makes the report of the rows that a filter selects.
func NewReport(rows *Rows, f *Filter) *Report {
	r := &Report{From: f.From, To: f.To, Signals: f.Claims(maps.Values(rows.Signals))}
	r.Costs, r.Totals = f.costs(rows)
	for _, row := range rows.Funnel {
		if f.selects(row) && row.WindowStart.After(r.Newest) {
			r.Newest = row.WindowStart
		}
	}
	return r
}

// costs returns the costs of each route, and those of all.
func (f *Filter) costs(rows *Rows) (costs, totals []Cost) {
	sums := map[route]*sum{}
	all := newSum()
	for _, row := range rows.Funnel {
		if !f.selects(row) || row.WindowStart.Before(f.From) || !f.To.IsZero() && !row.WindowStart.Before(f.To) {
			continue
		}
		at := route{row.Country.Value, row.Provider, row.Channel.Value}
		if sums[at] == nil {
			sums[at] = newSum()
		}
		sums[at].add(row)
		all.add(row)
	}
	costs, totals = []Cost{}, []Cost{}
	for _, at := range slices.SortedFunc(maps.Keys(sums), route.compare) {
		costs = append(costs, sums[at].costsOf(at)...)
	}
	if all.codes > 0 {
		totals = all.costsOf(route{})
	}
	return costs, totals
}

func newSum() *sum { return &sum{costs: map[string]int64{}, net: map[string]int64{}} }

func (s *sum) add(row *avro.FunnelRow) {
	s.codes, s.verified, s.paid = s.codes+row.Requested, s.verified+row.Verified, s.paid+row.Paid
	s.unknown, s.untracked = s.unknown+row.CostUnknown, s.untracked+row.Untracked
	for i := range row.Costs {
		s.costs[row.Costs[i].Currency.Value] += row.Costs[i].CostMinor
	}
	for i := range row.Revenue {
		s.net[row.Revenue[i].Currency] += row.Revenue[i].NetMinor
	}
	switch {
	case len(row.Costs) == 0:
	case !row.CostConvertedMinor.Set || s.converted != nil && s.converted.Currency != row.ConvertedCurrency.Value:
		s.partial = true
	case s.converted == nil:
		s.converted = &Converted{Currency: row.ConvertedCurrency.Value, RateAsOf: row.RateAsOf.Value, CostMinor: row.CostConvertedMinor.Value}
	default:
		s.converted.CostMinor += row.CostConvertedMinor.Value
		if row.RateAsOf.Value.Before(s.converted.RateAsOf) {
			s.converted.RateAsOf = row.RateAsOf.Value
		}
	}
}

// costsOf returns a line for each currency of the cost, or one without.
func (s *sum) costsOf(at route) []Cost {
	line := Cost{
		Country: at.country, Provider: at.provider, Channel: at.channel,
		Codes: s.codes, Verified: s.verified, Paid: s.paid, CostUnknown: s.unknown, Untracked: s.untracked, Net: s.net,
	}
	if tracked := s.codes - s.untracked; tracked > 0 {
		low, high := wilson.Interval(s.verified, tracked)
		line.ConversionLow, line.ConversionHigh = avro.Some(low), avro.Some(high)
	}
	if c := s.converted; c != nil && !s.partial {
		c.PerVerifiedMinor, c.PerPaidMinor = per(c.CostMinor, s.verified), per(c.CostMinor, s.paid)
		line.Converted = c
	}
	if len(s.costs) == 0 {
		return []Cost{line}
	}
	var out []Cost
	for _, currency := range slices.Sorted(maps.Keys(s.costs)) {
		line.Currency, line.CostMinor = currency, avro.Some(s.costs[currency])
		line.PerVerifiedMinor, line.PerPaidMinor = per(s.costs[currency], s.verified), per(s.costs[currency], s.paid)
		out = append(out, line)
	}
	return out
}

func per(minor, users int64) avro.Optional[float64] {
	if users <= 0 {
		return avro.Optional[float64]{}
	}
	return avro.Some(float64(minor) / float64(users))
}
