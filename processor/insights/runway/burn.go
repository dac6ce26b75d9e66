package runway

import (
	"math"
	"slices"
	"time"
)

const (
	// minSegments is the number of stretches without a payment from which a burn is
	// estimated.
	minSegments = 5
	// minSpan is the time that the stretches cover at least.
	minSpan = 30 * time.Minute
	// day is the window that is preferred, because traffic has a daily cycle.
	day = 24 * time.Hour
	// z95 is the two-sided 95 % quantile of the normal distribution.
	z95 = 1.959963984540054
)

// Burn is how much money an account spends, in minor units per hour, with a 95 % interval.
type Burn struct {
	PerHour, Low, High float64
	// Segments is the number of stretches that the estimate is from, Since where the
	// first begins.
	Segments int
	Since    time.Time
}

// burn estimates the burn of the last day, or, where that has too few callbacks, of all
// that is known.
func (h *history) burn() (Burn, bool) {
	newest, ok := h.newest()
	if !ok {
		return Burn{}, false
	}
	if b, ok := burnOf(h.points(newest.At.Add(-day))); ok {
		return b, true
	}
	return burnOf(h.points(time.Time{}))
}

// stretch is the time between two callbacks in which no money came in.
type stretch struct{ hours, minor float64 }

// burnOf estimates the burn from observations by number.
func burnOf(points []Observation) (Burn, bool) {
	if len(points) == 0 {
		return Burn{}, false
	}
	var stretches []stretch
	begin, at := 0.0, points[0].At
	for i := 1; i < len(points); i++ {
		a, b := &points[i-1], &points[i]
		if b.At.After(at) { // a higher number may have been received earlier
			begin += b.At.Sub(at).Hours()
			at = b.At
		}
		switch {
		case b.Paid || b.BalanceMinor > a.BalanceMinor || a.Currency != b.Currency:
			begin = 0
		case begin > 0:
			stretches = append(stretches, stretch{hours: begin, minor: float64(a.BalanceMinor - b.BalanceMinor)})
			begin = 0
		case len(stretches) > 0: // received at once: the money belongs to the time before
			stretches[len(stretches)-1].minor += float64(a.BalanceMinor - b.BalanceMinor)
		}
	}
	b, ok := rateOf(withoutCharges(stretches))
	b.Since = points[0].At
	return b, ok
}

// charge is how many times the usual burn a stretch spends that is a single charge, such as
// a subscription's, and says nothing about the calls.
const charge = 5

func withoutCharges(stretches []stretch) []stretch {
	if len(stretches) == 0 {
		return nil
	}
	rates := make([]float64, len(stretches))
	for i, s := range stretches {
		rates[i] = s.minor / s.hours
	}
	slices.Sort(rates)
	usual := rates[len(rates)/2]
	return slices.DeleteFunc(stretches, func(s stretch) bool { return s.minor > charge*usual*s.hours })
}

// rateOf returns the money spent per hour of all stretches. The interval is that of a ratio
// estimator with Student's t: the excess of a stretch over its share is taken as independent
// of the others.
func rateOf(stretches []stretch) (Burn, bool) {
	var hours, minor float64
	for _, s := range stretches {
		hours, minor = hours+s.hours, minor+s.minor
	}
	if len(stretches) < minSegments || hours < minSpan.Hours() {
		return Burn{}, false
	}
	n, rate, squares := float64(len(stretches)), minor/hours, 0.0
	for _, s := range stretches {
		squares += (s.minor - rate*s.hours) * (s.minor - rate*s.hours)
	}
	half := student(n-1) * math.Sqrt(squares*n/(n-1)) / hours
	return Burn{PerHour: rate, Low: rate - half, High: rate + half, Segments: len(stretches)}, true
}

// student returns the two-sided 95 % quantile of Student's t (the first terms of its
// expansion, right to 1 % from 4 degrees of freedom on).
func student(df float64) float64 {
	z := z95
	return z + (z*z*z+z)/(4*df) + (5*math.Pow(z, 5)+16*z*z*z+3*z)/(96*df*df)
}

// normal is the distribution function of the standard normal distribution.
func normal(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
