package claims

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// End is how the first channel of a code ended.
type End int

// The ends: verified before any other channel began; failed by itself, or given up at its timeout, and
// another channel began; never replaced, and not verified.
const (
	Succeeded End = iota
	Failed
	GivenUp
	Kept
)

// Code is a code of a routing strategy with several channels.
type Code struct {
	End
	Verified bool
	// Priced is set if the costs of all attempts are known, First is that of the first channel, Next that
	// of the others, in minor units.
	Priced      bool
	First, Next int64
	// seconds is how long the first channel took, rounded up.
	seconds float64
}

// After sets how long the first channel took. It is rounded up to seconds within two minutes, to tens of
// seconds within ten, then to minutes, and at most two hours.
func (c *Code) After(took time.Duration) {
	s := math.Max(0, math.Ceil(took.Seconds()))
	switch {
	case s <= 120:
	case s <= 600:
		s = math.Ceil(s/10) * 10
	default:
		s = math.Min(math.Ceil(s/60)*60, 7200)
	}
	c.seconds = s
}

// market is the codes of one frontier, with the sums that are the same for every timeout.
type market struct {
	codes []Code
	first [4]float64
	next  float64
	after map[float64]float64 // the isotonic regression at each wait of a code that went on
	waits []float64           // of those codes, sorted
}

// mean returns the mean of the priced codes that count.
func mean(codes []Code, counts func(*Code) bool, amount func(*Code) int64) float64 {
	sum, n := 0.0, 0.0
	for i := range codes {
		if c := &codes[i]; c.Priced && counts(c) {
			sum, n = sum+float64(amount(c)), n+1
		}
	}
	return sum / math.Max(n, 1)
}

func (c *Code) wentOn() bool { return c.End == Failed || c.End == GivenUp }

func newMarket(codes []Code) *market {
	m := &market{codes: codes, after: map[float64]float64{}}
	for end := range m.first {
		m.first[end] = mean(codes, func(c *Code) bool { return c.End == End(end) }, func(c *Code) int64 { return c.First })
	}
	m.next = mean(codes, (*Code).wentOn, func(c *Code) int64 { return c.Next })
	count, verified := map[float64]float64{}, map[float64]float64{}
	for i := range codes {
		if c := &codes[i]; c.wentOn() {
			if count[c.seconds] == 0 {
				m.waits = append(m.waits, c.seconds)
			}
			count[c.seconds]++
			if c.Verified {
				verified[c.seconds]++
			}
		}
	}
	slices.Sort(m.waits)
	// A falling regression is the least, over all begins, of the greatest mean, over all ends, around a point.
	for i, at := range m.waits {
		least := math.Inf(1)
		for from := range m.waits[:i+1] {
			greatest, n, v := 0.0, 0.0, 0.0
			for to := from; to < len(m.waits); to++ {
				n, v = n+count[m.waits[to]], v+verified[m.waits[to]]
				if to >= i {
					greatest = math.Max(greatest, v/n)
				}
			}
			least = math.Min(least, greatest)
		}
		m.after[at] = least
	}
	return m
}

// verifiedAfter returns the share of verified codes among those that go on after a wait.
func (m *market) verifiedAfter(wait float64) float64 {
	at := m.waits[0]
	for _, w := range m.waits {
		if w <= wait {
			at = w
		}
	}
	return m.after[at]
}

// success returns the probability that the first channel has succeeded after a wait (Kaplan and Meier).
func (m *market) success(wait float64) float64 {
	left := 1.0
	times := map[float64]bool{}
	for i := range m.codes {
		if c := &m.codes[i]; c.End == Succeeded && c.seconds <= wait {
			times[c.seconds] = true
		}
	}
	for at := range times {
		risk, succeeded := 0.0, 0.0
		for i := range m.codes {
			c := &m.codes[i]
			if c.seconds >= at {
				risk++
			}
			if c.End == Succeeded && c.seconds == at {
				succeeded++
			}
		}
		left *= 1 - succeeded/risk
	}
	return 1 - left
}

// cost returns the mean cost of a code that ended so.
func (m *market) cost(end End) float64 {
	if end == Failed || end == GivenUp {
		return m.first[end] + m.next
	}
	return m.first[end]
}

// actual returns the cost of all codes and how many were verified.
func (m *market) actual() (cost, verified float64) {
	for i := range m.codes {
		cost += m.cost(m.codes[i].End)
		if m.codes[i].Verified {
			verified++
		}
	}
	return cost, verified
}

// perVerified returns the cost per verified user, in minor units, if every code had had this
// timeout.
func (m *market) perVerified(timeout float64) float64 {
	type cell struct {
		end     End
		seconds float64
	}
	n, sure := map[cell]float64{}, map[cell]float64{}
	for i := range m.codes {
		at := cell{m.codes[i].End, m.codes[i].seconds}
		n[at]++
		if m.codes[i].Verified {
			sure[at]++
		}
	}
	cost, verified := 0.0, 0.0
	add := func(codes, price, share float64) {
		cost, verified = cost+codes*price, verified+codes*math.Max(0, math.Min(1, share))
	}
	for at, codes := range n {
		share := sure[at] / codes
		moved := share
		if at.end == Failed || at.end == GivenUp {
			moved += m.verifiedAfter(timeout) - m.verifiedAfter(at.seconds)
		}
		switch {
		case at.end == Succeeded && at.seconds > timeout: // and the next channel is paid, too
			add(codes, m.cost(Succeeded)+m.next, 1)
		case at.end == Succeeded:
			add(codes, m.cost(Succeeded), 1)
		case at.end == Kept, at.seconds == timeout, at.end == Failed && at.seconds < timeout:
			add(codes, m.cost(at.end), share)
		case at.seconds > timeout:
			add(codes, m.cost(at.end), moved)
		default: // it waits longer, and may succeed meanwhile
			p, before := 0.0, m.success(at.seconds)
			if before < 1 {
				p = (m.success(timeout) - before) / (1 - before)
			}
			add(p*codes, m.cost(Succeeded), 1)
			add((1-p)*codes, m.cost(GivenUp), moved)
		}
	}
	return cost / math.Max(verified, 1)
}

// usual returns the median wait of the codes that were given up, and the longest of those that went on.
func (m *market) usual() (usual, longest float64, ok bool) {
	var given []float64
	for i := range m.codes {
		if c := &m.codes[i]; c.End == GivenUp {
			given = append(given, c.seconds)
		}
	}
	if len(given) == 0 {
		return 0, 0, false
	}
	slices.Sort(given)
	return given[(len(given)-1)/2], slices.Max(m.waits), true
}

// Frontier compares an open claim with the codes that it is about; s is nil if none is open, and nothing is
// missed then: a saving is claimed only if it is certain, which is not recomputed.
func (out *Comparison) Frontier(key string, codes []Code, s *avro.Signal) {
	if s == nil {
		out.Equal++
		return
	}
	m := newMarket(codes)
	usual, longest, ok := m.usual()
	cost, verified := m.actual()
	if !ok || len(codes) < 200 || verified == 0 {
		out.differ(key, "the claim", "absent", "open")
		return
	}
	best, least := 0.0, math.Inf(1)
	var want []expected
	for _, timeout := range []float64{30, 35, 40, 45, 50, 60, 75, 90, 120, 150, 180, 240, 300} {
		if timeout > longest {
			break
		}
		per := m.perVerified(timeout)
		if per < least {
			best, least = timeout, per
		}
		want = append(want, expected{name: fmt.Sprintf("cost_per_verified_at_%.0f_s", timeout), share: rounding, value: per})
	}
	saving := (cost/verified - least) * verified
	if best == usual || saving < 0.02*cost {
		out.differ(key, "the claim", "absent", "open")
		return
	}
	for field, pair := range map[string][2]float64{
		"codes":          {float64(len(codes)), float64(s.Codes.Value)},
		"codes_verified": {verified, float64(s.CodesVerified.Value)},
		"cost_minor":     {math.Round(cost), float64(s.CostMinor.Value)},
	} {
		if pair[0] != pair[1] {
			out.differ(key, field, fmt.Sprint(pair[0]), fmt.Sprint(pair[1]))
		}
	}
	out.evidence(key, s, append(want, []expected{
		{name: "timeout", value: usual},
		{name: "best_timeout", value: best},
		{name: "cost_per_verified", share: rounding, value: cost / verified},
		{name: "best_cost_per_verified", share: rounding, value: least},
		{name: "saving", share: rounding, value: saving},
	}...))
}
