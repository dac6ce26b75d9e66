package model

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Journey holds the fields of a journey's snapshot, except those about the arrival of
// records (times and positions).
type Journey struct {
	Outcome  string `json:"outcome"`
	Missing  string `json:"missing"`
	Verified bool   `json:"verified"`
	Channel  string `json:"channel"`
	Expired  bool   `json:"expired"`
	Late     bool   `json:"late"`

	Fallbacks int   `json:"fallbacks"`
	Cost      int64 `json:"cost"`

	Paid, Held, Refused, Refunded, Released               bool
	PaidAmount, HeldAmount, RefusedAmount, RefundedAmount int64
	ReleasedAmount                                        int64
	Conflict, Regression, AmountChanged, HoldOverdue      bool
	AmountInconsistent                                    bool

	Verifications, VerificationsPending, VerificationsSucceeded, VerificationsFailed, VerificationsExpired int
	Payments, PaymentsPending, PaymentsHeld, PaymentsPaid, PaymentsRefused, PaymentsRefunded               int

	// Milestones are the types of further senders' events with their number, as
	// "source/type: n", sorted and joined.
	Milestones string `json:"milestones,omitempty"`
	// MilestoneMembers is the number of members that are events of a source.
	MilestoneMembers int `json:"milestone_members,omitempty"`

	// Undecided is set if a deadline is so close to now that both states are correct;
	// such a journey is not compared.
	Undecided bool `json:"-"`
}

// Journeys computes the journey of every correlation id. sure is a time that every
// stage's watermark has passed, now a time that none has passed.
func (m *Model) Journeys(sure, now time.Time) map[string]*Journey {
	m.bind()
	g := gathering{m: m, sure: sure, now: now, ids: map[string]*members{}}
	for _, c := range m.codes {
		v := c.judge(&m.settings, now, sure)
		for _, id := range distinct(c.correlations) {
			g.of(id).verifications = append(g.of(id).verifications, v)
		}
	}
	for _, c := range m.calls {
		v := c.judge(m, now, sure)
		for _, id := range distinct(c.correlations) {
			g.of(id).verifications = append(g.of(id).verifications, v)
		}
	}
	for _, p := range m.payments {
		v := p.judge(&m.settings, now, sure)
		for _, id := range p.ids() {
			g.of(id).payments = append(g.of(id).payments, v)
		}
	}
	for id, counts := range m.milestones {
		g.of(id).milestones, g.of(id).events = counts, m.senders[id]
	}
	out := make(map[string]*Journey, len(g.ids))
	for id, members := range g.ids {
		out[id] = members.journey(&m.settings, now, sure)
	}
	return out
}

type gathering struct {
	m         *Model
	sure, now time.Time
	ids       map[string]*members
}

type members struct {
	verifications []verification
	payments      []money
	// milestones counts events by source and type; events are the keys of the members.
	milestones map[string]int
	events     map[string]bool
}

func (g *gathering) of(id string) *members {
	if g.ids[id] == nil {
		g.ids[id] = &members{}
	}
	return g.ids[id]
}

// journey combines the members.
func (m *members) journey(s *Settings, now, sure time.Time) *Journey {
	j := &Journey{Verifications: len(m.verifications), Payments: len(m.payments)}
	verifiedAt := j.addVerifications(m.verifications)
	takenAt := j.addPayments(m.payments)
	j.Missing = "NONE"
	switch {
	case !verifiedAt.IsZero() && takenAt.IsZero():
		j.miss("PAYMENT", verifiedAt.Add(s.Payment), now, sure)
	case verifiedAt.IsZero() && !takenAt.IsZero() && m.unknown():
		// Whether a verification is missing is unknown.
	case verifiedAt.IsZero() && !takenAt.IsZero():
		j.miss("VERIFICATION", takenAt.Add(s.Verification), now, sure)
	case !verifiedAt.IsZero():
		j.Late = takenAt.After(verifiedAt.Add(s.Payment)) || verifiedAt.After(takenAt.Add(s.Verification))
	}
	j.Outcome = j.outcome(m)
	j.Milestones, j.MilestoneMembers = lines(m.milestones), len(m.events)
	return j
}

func (j *Journey) miss(what string, deadline, now, sure time.Time) {
	switch {
	case !deadline.After(sure):
		j.Missing = what
	case !deadline.After(now):
		j.Undecided = true
	}
}

// addVerifications counts the verifications, and returns when the first success was
// received.
func (j *Journey) addVerifications(all []verification) (verifiedAt time.Time) {
	var first *verification
	cost := new(big.Int)
	for i := range all {
		v := &all[i]
		j.Undecided = j.Undecided || v.undecided
		j.Fallbacks += v.fallbacks
		cost.Add(cost, big.NewInt(v.cost))
		switch v.outcome {
		case "SUCCESS":
			j.VerificationsSucceeded++
			if first == nil || v.at < first.at {
				first = v
			}
			if verifiedAt.IsZero() || v.received.Before(verifiedAt) {
				verifiedAt = v.received
			}
		case "PENDING":
			j.VerificationsPending++
		case "EXPIRED":
			j.VerificationsExpired++
		case "FAILED", "ERROR":
			j.VerificationsFailed++
		}
	}
	j.Cost = j.capped(cost)
	j.Verified = first != nil
	if first != nil {
		j.Channel = first.channel
	}
	j.Expired = j.VerificationsExpired > 0 && !j.Verified
	return verifiedAt
}

// addPayments counts the payments, and returns when money was first reported as taken.
func (j *Journey) addPayments(all []money) (takenAt time.Time) {
	sums := map[*int64]*big.Int{&j.PaidAmount: {}, &j.HeldAmount: {}, &j.RefusedAmount: {}, &j.RefundedAmount: {}, &j.ReleasedAmount: {}}
	add := func(to *int64, n int64) { sums[to].Add(sums[to], big.NewInt(n)) }
	currencies := map[string]bool{}
	for i := range all {
		p := &all[i]
		j.Undecided = j.Undecided || p.open
		currencies[p.currency] = true
		switch {
		case p.phase == phaseHeld:
			j.PaymentsHeld++
			add(&j.HeldAmount, p.amount)
		case p.phase == phaseRefused:
			j.PaymentsRefused++
			add(&j.RefusedAmount, p.amount)
		case p.kept:
			j.PaymentsPaid++
		case p.phase >= phasePaid:
			j.PaymentsRefunded++
		default:
			j.PaymentsPending++
		}
		if p.captured {
			add(&j.PaidAmount, p.amount) // given back since or not
			add(&j.RefundedAmount, p.returned)
		} else {
			add(&j.ReleasedAmount, p.returned)
		}
		back := p.returned > 0 || p.phase == phaseRefunded
		j.Refunded, j.Released = j.Refunded || back && p.captured, j.Released || back && !p.captured
		j.Conflict = j.Conflict || p.conflict
		j.Regression = j.Regression || p.regression
		j.AmountChanged = j.AmountChanged || p.changed
		j.AmountInconsistent = j.AmountInconsistent || p.inconsistent
		j.HoldOverdue = j.HoldOverdue || p.overdue
		if p.phase != phaseRefused && !p.taken.IsZero() && (takenAt.IsZero() || p.taken.Before(takenAt)) {
			takenAt = p.taken
		}
	}
	for to, sum := range sums {
		if len(currencies) == 1 {
			*to = j.capped(sum)
		}
	}
	j.Paid, j.Held, j.Refused = j.PaymentsPaid > 0, j.PaymentsHeld > 0, j.PaymentsRefused > 0
	return takenAt
}

// capped returns a sum clamped to 64 bits; a clamped one is reported as inconsistent.
func (j *Journey) capped(sum *big.Int) int64 {
	switch {
	case sum.IsInt64():
		return sum.Int64()
	case sum.Sign() < 0:
		j.AmountInconsistent = true
		return math.MinInt64
	default:
		j.AmountInconsistent = true
		return math.MaxInt64
	}
}

// unknown reports whether a verification has an unknown outcome.
func (m *members) unknown() bool {
	for i := range m.verifications {
		if m.verifications[i].outcome == "UNKNOWN" {
			return true
		}
	}
	return false
}

// outcome derives the journey's outcome; the payments decide before the verifications.
func (j *Journey) outcome(m *members) string {
	unknown := m.unknown()
	switch {
	case j.Paid && j.Verified:
		return "COMPLETE"
	case j.Paid && j.Missing == "VERIFICATION":
		return "PAID_NOT_VERIFIED"
	case j.Held && !j.Paid:
		return "HELD"
	case j.PaymentsRefunded > 0 && !j.Paid:
		return "REFUNDED"
	case j.Missing == "PAYMENT" && !j.Refused:
		return "VERIFIED_NOT_PAID"
	case j.Refused && !j.Paid && j.PaymentsPending == 0:
		return "REFUSED"
	case j.Missing == "PAYMENT":
		return "VERIFIED_NOT_PAID"
	case unknown && j.Paid:
		return "UNKNOWN"
	case j.Verified || j.VerificationsPending > 0 || j.PaymentsPending > 0 || j.Paid:
		return "IN_PROGRESS"
	case j.Expired:
		return "VERIFICATION_EXPIRED"
	case j.VerificationsFailed > 0:
		return "VERIFICATION_FAILED"
	case unknown || j.Verifications+j.Payments == 0:
		return "UNKNOWN"
	}
	return "IN_PROGRESS"
}

// lines writes counts as sorted lines.
func lines(counts map[string]int) string {
	var out []string
	for name, n := range counts {
		out = append(out, fmt.Sprintf("%s: %d", name, n))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// Of reads the same fields from the processor's snapshot.
func Of(s *avro.JourneySnapshot) *Journey {
	counts := map[string]int{}
	for i := range s.Milestones {
		counts[s.Milestones[i].Source+"/"+s.Milestones[i].Type] = int(s.Milestones[i].Events)
	}
	return &Journey{
		Milestones: lines(counts), MilestoneMembers: int(s.MilestoneMembers),
		Outcome: string(s.Outcome), Missing: string(s.Missing), Verified: s.Verified, Channel: s.VerificationChannelRaw.Or(""),
		Expired: s.VerificationExpired, Late: s.Late, Fallbacks: int(s.VerificationFallbacks), Cost: s.VerificationCostMinor,
		Paid: s.Paid, Held: s.Held, Refused: s.Refused, Refunded: s.Refunded, Released: s.Released,
		PaidAmount: s.PaidAmountMinor, HeldAmount: s.HeldAmountMinor, RefusedAmount: s.RefusedAmountMinor, RefundedAmount: s.RefundedAmountMinor, ReleasedAmount: s.ReleasedAmountMinor,
		Conflict: s.Conflict, Regression: s.Regression, AmountChanged: s.AmountChanged, HoldOverdue: s.HoldOverdue,
		AmountInconsistent: s.AmountInconsistent,
		Verifications:      int(s.Verifications), VerificationsPending: int(s.VerificationsPending), VerificationsSucceeded: int(s.VerificationsSucceeded),
		VerificationsFailed: int(s.VerificationsFailed), VerificationsExpired: int(s.VerificationsExpired),
		Payments: int(s.Payments), PaymentsPending: int(s.PaymentsPending), PaymentsHeld: int(s.PaymentsHeld), PaymentsPaid: int(s.PaymentsPaid),
		PaymentsRefused: int(s.PaymentsRefused), PaymentsRefunded: int(s.PaymentsRefunded),
	}
}
