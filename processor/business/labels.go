package business

import (
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Counter and CounterWithdrawn are the counters of everything counted here; the
// source of a count says which metric and labels it is of.
const (
	Counter          = "business"
	CounterWithdrawn = "business_withdrawn"
)

// The metrics, as the index of their table.
const (
	verifications = iota
	fallbacks
	attempts
	cost
	journeys
	payments
	paid
	refunded
	metricCount
)

// metric is the counted unit of one table.
type metric struct {
	name, help string
	labels     []string
	values     [][]string // of each label
	byProvider bool
}

func metrics(countries []string) [metricCount]metric {
	channel, country := "channel", "country"
	return [metricCount]metric{
		verifications: {
			"verifications", "Verifications by their newest outcome, none while one is awaited.",
			[]string{"outcome", channel, country},
			[][]string{outcomes(), channels(), countries},
			true,
		},
		fallbacks: {
			"fallback_verifications", "Verifications that succeeded after a fallback to another channel.",
			[]string{channel, country},
			[][]string{channels(), countries},
			true,
		},
		attempts: {
			"attempts", "Attempts to deliver a code that ended, by how.",
			[]string{"outcome", channel, country},
			[][]string{attemptEnd(), channels(), countries},
			true,
		},
		cost: {
			"verification_cost_minor", "Cost of verifications in minor units of the currency, by the channel that delivered, none while none has.",
			[]string{channel, country, "currency"},
			[][]string{channels(), countries, currencies()},
			true,
		},
		journeys: {
			"journeys", "Journeys by their newest outcome, none while in progress.",
			[]string{"outcome"},
			[][]string{journeyEnds()},
			false,
		},
		payments: {"payments", "Payments by their newest phase.", []string{"phase"}, [][]string{phases()}, false},
		paid: {
			"paid_minor", "Amounts paid in minor units of the currency, what was given back later included.",
			[]string{"currency"},
			[][]string{currencies()},
			false,
		},
		refunded: {
			"refunded_minor", "Amounts given back of what was paid, in minor units of the currency.",
			[]string{"currency"},
			[][]string{currencies()},
			false,
		},
	}
}

// Labels are the sources of the counts, made beforehand. Make them with NewLabels;
// nil counts nothing. They may be used by several goroutines.
type Labels struct {
	countries map[string]int
	table     [metricCount][]string
}

// NewLabels returns the labels; countries not listed share one.
func NewLabels(countries []string) *Labels {
	l := &Labels{countries: make(map[string]int, len(countries))}
	for i, c := range countries {
		l.countries[c] = i + 1
	}
	all := metrics(countryValues(countries))
	for i := range all {
		each(&all[i], func(values []string) { l.table[i] = append(l.table[i], sourceOf(&all[i], values)) })
	}
	return l
}

// countryValues are the values of the label country.
func countryValues(countries []string) []string {
	return append(append([]string{"unknown"}, countries...), other)
}

// each yields every combination of a metric's values, the last one's fastest: the
// order of the tables.
func each(m *metric, yield func(values []string)) {
	var from func(chosen []string)
	from = func(chosen []string) {
		if len(chosen) == len(m.values) {
			yield(chosen)
			return
		}
		for _, v := range m.values[len(chosen)] {
			from(append(slices.Clip(chosen), v))
		}
	}
	from(nil)
}

func sourceOf(m *metric, values []string) string { return m.name + "/" + strings.Join(values, "/") }

func (l *Labels) country(code string) int {
	if code == "" {
		return 0
	}
	if i, ok := l.countries[code]; ok {
		return i
	}
	return len(l.countries) + 1
}

// move counts n more at a place and was less at another; a place below 0 is none.
func (l *Labels) move(to stage.Tx, metric, from int, was int64, at int, is int64) {
	if from == at {
		switch {
		case at < 0:
		case is > was:
			to.Count(Counter, l.table[metric][at], is-was)
		case is < was:
			to.Count(CounterWithdrawn, l.table[metric][at], was-is)
		}
		return
	}
	if from >= 0 && was > 0 {
		to.Count(CounterWithdrawn, l.table[metric][from], was)
	}
	if at >= 0 && is > 0 {
		to.Count(Counter, l.table[metric][at], is)
	}
}

// MoveVerification counts a verification as it is instead of as it was.
func (l *Labels) MoveVerification(tx stage.Tx, was, is *Verification) {
	if l == nil || *was == *is {
		return
	}
	countries := len(l.countries) + 2
	fromCountry := l.country(was.Country)
	atCountry := fromCountry
	if is.Country != was.Country {
		atCountry = l.country(is.Country)
	}
	fromPlace, atPlace := channelIndex(was.Channel)*countries+fromCountry, channelIndex(is.Channel)*countries+atCountry
	from, at := outcomeIndex(was.Outcome), outcomeIndex(is.Outcome)
	succeeded, succeeds := from == 0 && was.Switches > 0, at == 0 && is.Switches > 0
	if from >= 0 {
		from = from*channelCount*countries + fromPlace
	}
	if at >= 0 {
		at = at*channelCount*countries + atPlace
	}
	l.move(tx, verifications, from, 1, at, 1)
	l.move(tx, fallbacks, fromPlace, one(succeeded), atPlace, one(succeeds))
	l.move(tx, cost, fromPlace*currencyCount+currencyIndex(was.Currency), was.CostMinor, atPlace*currencyCount+currencyIndex(is.Currency), is.CostMinor)
	for c := range channelCount {
		for end := range attemptEnds {
			if a, b := was.Attempts[c][end], is.Attempts[c][end]; a != b || fromCountry != atCountry {
				place := (end*channelCount + c) * countries
				l.move(tx, attempts, place+fromCountry, int64(a), place+atCountry, int64(b))
			}
		}
	}
}

// MovePayment counts a payment as it is instead of as it was.
func (l *Labels) MovePayment(tx stage.Tx, was, is *Payment) {
	if l == nil || *was == *is {
		return
	}
	l.move(tx, payments, phaseIndex(was.Phase), 1, phaseIndex(is.Phase), 1)
	from, at := currencyIndex(was.Currency), currencyIndex(is.Currency)
	l.move(tx, paid, from, was.PaidMinor, at, is.PaidMinor)
	l.move(tx, refunded, from, was.RefundedMinor, at, is.RefundedMinor)
}

// MoveJourney moves a journey from its previous outcome to its current one.
func (l *Labels) MoveJourney(tx stage.Tx, was, is avro.JourneyOutcome) {
	if l == nil || was == is {
		return
	}
	l.move(tx, journeys, journeyIndex(was), 1, journeyIndex(is), 1)
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}
