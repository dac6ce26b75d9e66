package claims

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Limits are the settings of the runway's detector.
type Limits struct{ Warn, Critical time.Duration }

// Accounts are the callbacks of telephony accounts.
type Accounts map[string][]callback

// callback is one fact of an account.
type callback struct {
	number   uint64
	at       time.Time
	minor    int64
	currency string
	// priced is set if it reports a balance, paid if money came in, low if the balance is below its minimum.
	priced, paid, low bool
}

// Add adds a decoded callback.
func (a Accounts) Add(c *avro.VoximplantAccountCallback) error {
	number, err := strconv.ParseUint(c.CallbackID, 10, 64)
	if err != nil {
		return err //nolint:wrapcheck // names the text
	}
	a[c.AccountID] = append(a[c.AccountID], callback{
		number: number, at: c.ReceivedAt, currency: c.Currency.Value, minor: int64(math.RoundToEven(float64(c.Balance.Value) / 1e4)), // two digits
		priced: c.Balance.Set, paid: c.CardPayment.Set || c.RobokassaPayment.Set || c.WireTransfer.Set, low: c.MinBalance.Set,
	})
	return nil
}

// burn is the money spent per hour, in minor units, with the half of its interval.
type burn struct {
	perHour, half float64
	stretches     int
}

// history returns the callbacks with a balance from a time on as the state keeps them: of each half-hour of
// receipt the ones with the lowest and the highest number, of 48 half-hours of seven days, by number.
func history(all []callback, since time.Time) []callback {
	const slot = 30 * time.Minute
	slots := map[time.Time][]callback{}
	for _, c := range all {
		if c.priced {
			slots[c.at.Truncate(slot)] = append(slots[c.at.Truncate(slot)], c)
		}
	}
	var begins []time.Time
	for begin := range slots {
		begins = append(begins, begin)
	}
	slices.SortFunc(begins, func(a, b time.Time) int { return b.Compare(a) })
	var out []callback
	for i, begin := range begins {
		if i == 48 || begins[0].Sub(begin) > 7*24*time.Hour || begin.Before(since.Truncate(slot)) {
			break
		}
		in := slots[begin]
		slices.SortFunc(in, func(a, b callback) int { return cmp.Compare(a.number, b.number) })
		if len(in) > 1 { // a payment may be before or after any of the two
			paid := slices.ContainsFunc(in, func(c callback) bool { return c.paid })
			in = []callback{in[0], in[len(in)-1]}
			in[0].paid, in[1].paid = paid, paid
		}
		out = append(out, in...)
	}
	slices.SortFunc(out, func(a, b callback) int { return cmp.Compare(a.number, b.number) })
	return out
}

// spent estimates the burn from callbacks in the order of their numbers; ok is false if they are too few.
func spent(list []callback) (b burn, ok bool) {
	type stretch struct{ hours, minor float64 }
	var all []stretch
	hours, latest := 0.0, time.Time{}
	for i, c := range list {
		if i == 0 {
			latest = c.at
			continue
		}
		before := list[i-1]
		if c.at.After(latest) {
			hours += c.at.Sub(latest).Hours()
			latest = c.at
		}
		gone := float64(before.minor - c.minor)
		switch {
		case c.paid || gone < 0 || c.currency != before.currency:
			hours = 0
		case hours > 0:
			all = append(all, stretch{hours, gone})
			hours = 0
		case len(all) > 0: // received together with the one before
			all[len(all)-1].minor += gone
		}
	}
	var rates []float64
	for _, s := range all {
		rates = append(rates, s.minor/s.hours)
	}
	slices.Sort(rates)
	var kept []stretch
	sum := stretch{}
	for _, s := range all {
		if s.minor <= 5*rates[len(rates)/2]*s.hours { // otherwise a single charge
			kept = append(kept, s)
			sum.hours, sum.minor = sum.hours+s.hours, sum.minor+s.minor
		}
	}
	n := float64(len(kept))
	if n < 5 || sum.hours < 0.5 {
		return burn{}, false
	}
	b.perHour, b.stretches = sum.minor/sum.hours, len(kept)
	variance := 0.0
	for _, s := range kept {
		excess := s.minor - b.perHour*s.hours
		variance += excess * excess / (n - 1)
	}
	b.half = quantile(n-1) * math.Sqrt(n*variance) / sum.hours
	return b, true
}

// quantile returns the two-sided 95 % quantile of Student's t, by integrating its density.
func quantile(freedom float64) float64 {
	a, _ := math.Lgamma((freedom + 1) / 2)
	b, _ := math.Lgamma(freedom / 2)
	scale := math.Exp(a-b) / math.Sqrt(freedom*math.Pi)
	density := func(t float64) float64 { return scale * math.Pow(1+t*t/freedom, -(freedom+1)/2) }
	const step = 1e-4
	area, t := 0.0, 0.0
	for ; area < 0.475; t += step {
		area += step * density(t+step/2)
	}
	return t
}

// Compare compares the open claims about balances with the callbacks. sure is a time that every watermark
// has passed, now a time that none has passed.
func (a Accounts) Compare(limits Limits, signals map[string]*avro.Signal, sure, now time.Time) (out Comparison) {
	claims := map[string]*avro.Signal{}
	for key, s := range signals {
		if strings.HasSuffix(key, "/balance") {
			claims[s.AccountID.Value] = s
			if a[s.AccountID.Value] == nil {
				out.differ(s.AccountID.Value, "the account", "absent", "there")
			}
		}
	}
	for id, all := range a {
		last := slices.MaxFunc(all, func(a, b callback) int { return a.at.Compare(b.at) })
		if last.at.After(sure.Add(-evaluation)) {
			out.Undecided++
			continue
		}
		out.judge(id, all, claims[id], &limits, sure, now)
	}
	return out
}

// evaluation is how long after its receipt, in event time, a callback is in the claims.
const evaluation = 2 * time.Minute

// judge compares the claim about one account; s is nil if none is open.
func (out *Comparison) judge(id string, all []callback, s *avro.Signal, limits *Limits, sure, now time.Time) {
	must, may := false, false // a claim has to be open, may be open
	var b burn
	var known bool
	list := history(all, time.Time{})
	if len(list) > 0 {
		newest := list[len(list)-1]
		if b, known = spent(history(all, newest.at.Add(-24*time.Hour))); !known {
			b, known = spent(list)
		}
		balance := float64(newest.minor)
		switch {
		case balance <= 0:
			known, must = false, true
		case !known || b.perHour <= 0:
			known, must = false, below(all)
		default:
			left := func(perHour float64, at time.Time) float64 { return balance/perHour - at.Sub(newest.at).Hours() }
			// Evaluations are 15 minutes apart, and a claim that is open holds a third longer.
			early := sure.Add(-20 * time.Minute)
			low := b.perHour - b.half
			must = low > 0 && (left(low, early) < 0.99*limits.Warn.Hours() || left(b.perHour, early) < limits.Critical.Hours())
			may = low > -0.01*b.perHour && left(b.perHour, now) < 1.01*4/3*limits.Warn.Hours()
		}
		may = may || must
		if s != nil && may && known {
			out.figures(id, s, &newest, &b)
			return
		}
	}
	switch {
	case must && s == nil:
		out.differ(id, "the claim", "open", "absent")
	case !may && s != nil:
		out.differ(id, "the claim", "absent", "open")
	case may && !must && s == nil:
		out.Undecided++
	default:
		out.Equal++
	}
}

// below reports whether the balance was reported as below its minimum after money came in last.
func below(all []callback) bool {
	low, paid := uint64(0), uint64(0)
	for _, c := range all {
		if c.low {
			low = max(low, c.number)
		}
		if c.paid {
			paid = max(paid, c.number)
		}
	}
	return low > paid
}

// figures compares the evidence of a claim.
func (out *Comparison) figures(id string, s *avro.Signal, newest *callback, b *burn) {
	balance := float64(newest.minor)
	ends := float64(newest.at.Add(time.Duration(balance / b.perHour * float64(time.Hour))).Truncate(time.Minute).Unix())
	out.evidence(id, s, []expected{
		{name: "balance", value: balance},
		{name: "balance_at", value: float64(newest.at.Unix())},
		{name: "stretches", value: float64(b.stretches)},
		{name: "burn_per_hour", share: rounding, value: b.perHour, low: b.perHour - b.half, high: b.perHour + b.half},
		{name: "runway", share: rounding, value: balance / b.perHour},
		{name: "ends_at", within: 60, value: ends},
	})
}
