package insights

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/wilson"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Filter selects the part of the rows that a report is about.
type Filter struct {
	// From and To limit the days (UTC) in which the codes were ordered: [From, To).
	From, To time.Time
	// Country, Channel and Source are empty for all; signals have no source.
	Country string
	Channel avro.Channel
	Source  string
}

// Report holds the costs and claims of the selected days.
type Report struct {
	// From and To are the days of the costs: [From, To).
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Costs are sorted by country, channel and currency.
	Costs []Cost `json:"costs"`
	// Signals are the claims that hold, but for those of Frontier and Runway, the most severe
	// first.
	Signals  []*avro.Signal `json:"signals"`
	Frontier []*avro.Signal `json:"frontier"`
	Runway   []*avro.Signal `json:"runway"`
}

// Cost holds the cost of the codes of a country and a first channel, in one currency.
type Cost struct {
	// Country is empty if the phones' country is not known, Channel if no attempt is.
	Country string       `json:"country"`
	Channel avro.Channel `json:"channel"`
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
	// VerifiedLow and VerifiedHigh are the 95 % interval of the share of codes that were
	// verified.
	VerifiedLow  float64 `json:"verified_low"`
	VerifiedHigh float64 `json:"verified_high"`
	// Net is the net revenue of the paying users by currency, in minor units.
	Net map[string]int64 `json:"net_minor,omitempty"`
}

// route is a country and a first channel.
type route struct {
	country string
	channel avro.Channel
}

// sum is the sum of a route's rows.
type sum struct {
	codes, verified, paid, unknown int64
	costs, net                     map[string]int64
}

// NewReport makes the report of the rows that a filter selects.
func NewReport(rows *Rows, f *Filter) *Report {
	r := &Report{From: f.From, To: f.To, Costs: f.costs(rows), Signals: []*avro.Signal{}, Frontier: []*avro.Signal{}, Runway: []*avro.Signal{}}
	for _, s := range rows.Signals {
		switch {
		case s.State == avro.SignalStateWithdrawn || !f.concerns(s):
		case s.Kind == avro.SignalKindFallbackFrontier:
			r.Frontier = append(r.Frontier, s)
		case s.Kind == avro.SignalKindAccountRunway:
			r.Runway = append(r.Runway, s)
		default:
			r.Signals = append(r.Signals, s)
		}
	}
	for _, list := range [][]*avro.Signal{r.Signals, r.Frontier, r.Runway} {
		slices.SortFunc(list, func(a, b *avro.Signal) int {
			return cmp.Or(severity(b)-severity(a), b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.SignalID, b.SignalID))
		})
	}
	return r
}

func severity(s *avro.Signal) int {
	return slices.Index([]avro.SignalSeverity{avro.SignalSeverityInfo, avro.SignalSeverityWarning, avro.SignalSeverityCritical}, s.Severity)
}

// concerns reports whether a claim is about the country and the channel, or about all.
func (f *Filter) concerns(s *avro.Signal) bool {
	return (f.Country == "" || !s.Country.Set || s.Country.Value == f.Country) && (f.Channel == "" || !s.Channel.Set || s.Channel.Value == f.Channel)
}

func (f *Filter) costs(rows *Rows) []Cost {
	sums := map[route]*sum{}
	for _, row := range rows.Funnel {
		at := route{row.Country.Value, row.Channel.Value}
		if row.WindowStart.Before(f.From) || !row.WindowStart.Before(f.To) || f.Country != "" && at.country != f.Country || f.Channel != "" && at.channel != f.Channel || f.Source != "" && row.Source != f.Source {
			continue
		}
		s := sums[at]
		if s == nil {
			s = &sum{costs: map[string]int64{}, net: map[string]int64{}}
			sums[at] = s
		}
		s.codes, s.verified, s.paid, s.unknown = s.codes+row.Requested, s.verified+row.Verified, s.paid+row.Paid, s.unknown+row.CostUnknown
		for i := range row.Costs {
			s.costs[row.Costs[i].Currency.Value] += row.Costs[i].CostMinor
		}
		for i := range row.Revenue {
			s.net[row.Revenue[i].Currency] += row.Revenue[i].NetMinor
		}
	}
	routes := slices.SortedFunc(maps.Keys(sums), func(a, b route) int {
		return cmp.Or(cmp.Compare(a.country, b.country), cmp.Compare(a.channel, b.channel))
	})
	out := []Cost{}
	for _, at := range routes {
		out = append(out, sums[at].costsOf(at)...)
	}
	return out
}

// costsOf returns a line for each currency of the cost, or one without.
func (s *sum) costsOf(at route) []Cost {
	line := Cost{Country: at.country, Channel: at.channel, Codes: s.codes, Verified: s.verified, Paid: s.paid, CostUnknown: s.unknown, Net: s.net}
	line.VerifiedLow, line.VerifiedHigh = wilson.Interval(s.verified, s.codes)
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
