package model

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Journey holds the fields of a journey's snapshot, except those about the arrival of
// records (times and positions). A text "?" is not claimed.
type Journey struct {
	Outcome  string `json:"outcome"`
	Missing  string `json:"missing"`
	Verified bool   `json:"verified"`
	Channel  string `json:"channel"`
	Expired  bool   `json:"expired"`
	Late     bool   `json:"late"`

	Customer                                 string
	Customers                                int
	Country, FirstChannel, LastChannel       string
	VerificationProvider, VerificationSource string
	PaymentProvider, PaymentSource           string
	VerifiedToHeld, VerifiedToCaptured       string // ms
	FailedAttempts, Switches                 int
	Cost                                     int64 `json:"cost"`
	Mixed                                    bool

	Paid, EverPaid, Held, Refused, Released          bool
	Refund                                           string
	Gross, HeldAmount, RefusedAmount, Refunded, Net  int64
	ReleasedAmount                                   int64
	Conflict, Regression, AmountChanged, HoldOverdue bool
	AmountInconsistent                               bool

	Verifications, VerificationsPending, VerificationsSucceeded, VerificationsFailed, VerificationsExpired     int
	Payments, PaymentsPending, PaymentsHeld, PaymentsPaid, PaymentsRefused, PaymentsRefunded, PaymentsReleased int

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
	all := m.gather(sure, now)
	out := make(map[string]*Journey, len(all))
	for id, members := range all {
		out[id] = members.journey(&m.settings, now, sure)
	}
	return out
}

// gather returns the members of every journey.
func (m *Model) gather(sure, now time.Time) map[string]*members {
	m.bind()
	g := gathering{m: m, sure: sure, now: now, ids: map[string]*members{}}
	for _, c := range m.codes {
		v := c.judge(m, now, sure)
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
	return g.ids
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
	j.dimensions(m)
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
	cost := new(big.Int)
	for i := range all {
		v := &all[i]
		j.Undecided = j.Undecided || v.Undecided
		j.FailedAttempts, j.Switches = j.FailedAttempts+v.FailedAttempts, j.Switches+v.Switches
		cost.Add(cost, big.NewInt(v.Cost))
		switch v.Outcome {
		case "SUCCESS":
			j.VerificationsSucceeded++
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
	j.Verified = j.VerificationsSucceeded > 0
	j.Expired = j.VerificationsExpired > 0 && !j.Verified
	return verifiedAt
}

// addPayments counts the payments, and returns when money was first reported as taken.
func (j *Journey) addPayments(all []money) (takenAt time.Time) {
	sums := map[*int64]*big.Int{&j.Gross: {}, &j.HeldAmount: {}, &j.RefusedAmount: {}, &j.Refunded: {}, &j.Net: {}, &j.ReleasedAmount: {}}
	add := func(to *int64, n int64) { sums[to].Add(sums[to], big.NewInt(n)) }
	currencies := map[string]bool{}
	j.Refund = "NONE"
	for i := range all {
		p := &all[i]
		j.Undecided = j.Undecided || p.Undecided
		currencies[p.Currency] = true
		j.countPayment(p)
		switch p.Phase {
		case "HELD":
			add(&j.HeldAmount, p.amount)
		case "REFUSED":
			add(&j.RefusedAmount, p.amount)
		}
		add(&j.Gross, p.Gross)
		add(&j.Refunded, p.Refunded)
		add(&j.Net, p.Gross)
		add(&j.Net, -p.Refunded)
		add(&j.ReleasedAmount, p.Released)
		if p.Phase != "REFUSED" && !p.taken.IsZero() && (takenAt.IsZero() || p.taken.Before(takenAt)) {
			takenAt = p.taken
		}
	}
	j.Mixed = len(currencies) > 1
	for to, sum := range sums {
		if !j.Mixed {
			*to = j.capped(sum)
		}
	}
	j.Paid, j.Held, j.Refused = j.PaymentsPaid > 0, j.PaymentsHeld > 0, j.PaymentsRefused > 0
	if j.Refund == "FULL" && j.Paid {
		j.Refund = "PARTIAL"
	}
	return takenAt
}

// countPayment adds a payment to the counts and the flags.
func (j *Journey) countPayment(p *money) {
	counts := map[string]*int{
		"HELD": &j.PaymentsHeld, "REFUSED": &j.PaymentsRefused, "PAID": &j.PaymentsPaid,
		"REFUNDED": &j.PaymentsRefunded, "RELEASED": &j.PaymentsReleased,
	}
	if n := counts[p.Phase]; n != nil {
		*n++
	} else {
		j.PaymentsPending++
	}
	j.EverPaid = j.EverPaid || p.EverPaid
	j.Released = j.Released || !p.EverPaid && (p.Released > 0 || p.Phase == "RELEASED")
	if p.Refund != "NONE" {
		j.Refund = "FULL"
	}
	j.Conflict = j.Conflict || p.Conflict
	j.Regression = j.Regression || p.Regression
	j.AmountChanged = j.AmountChanged || p.changed
	j.AmountInconsistent = j.AmountInconsistent || p.Inconsistent
	j.HoldOverdue = j.HoldOverdue || p.Overdue
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
		if m.verifications[i].Outcome == "UNKNOWN" {
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
	case j.PaymentsReleased > 0 && !j.Paid:
		return "RELEASED"
	case j.Missing == "PAYMENT":
		return "VERIFIED_NOT_PAID"
	case j.Refused && !j.Paid && j.PaymentsPending == 0:
		return "REFUSED"
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
