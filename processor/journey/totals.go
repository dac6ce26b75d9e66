package journey

import (
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// totals is the aggregate of a set of members. Counts and sums are updated by differences.
// Minima and maxima are only extended; they are recomputed from the members when a member that set one is
// removed.
type totals struct {
	counts
	minmax
	// money is the sums by currency, sorted; cost likewise.
	money, cost []sums
}

// counts are aggregates that can be added and subtracted.
type counts struct {
	facts, failedAttempts, switches                            int64
	verifications, payments, milestones                        int64
	unknown, pending, expired, succeeded, failed               int64
	waiting, held, refused, paid, refundedWhole, releasedWhole int64
	// everPaid counts payments that were ever paid, refunded those of them that were given back
	// in whole or in part, released those given back without having been paid.
	everPaid, refunded, released                         int64
	conflicts, regressions, amountChanges, holdsLate     int64
	inconsistencies                                      int64
	assuranceUnknown, sharedSecret, signedID, signedBody int64
}

// sums are the amounts in one currency, in its minor units.
type sums struct {
	currency                   string
	members                    int64
	cost, gross, held, refused amount
	refunded, released         amount
}

// addTimes adds n times the amounts of other sums, where n is 1 or -1.
func (s *sums) addTimes(other *sums, n int64) {
	s.members += n
	to, from := s.all(), other.all()
	for i := range to {
		if n > 0 {
			to[i].add(*from[i])
		} else {
			to[i].subtract(*from[i])
		}
	}
}

func (s *sums) all() []*amount {
	return []*amount{&s.cost, &s.gross, &s.held, &s.refused, &s.refunded, &s.released}
}

// add adds a member.
func (t *totals) add(m *member, retention time.Duration) {
	t.count(m, 1)
	t.include(m, retention)
}

// replace removes a member or, if is is set, replaces it by its new state. It reports whether
// a minimum or maximum must be recomputed from the other members.
func (t *totals) replace(was, is *member, retention time.Duration) (needsRescan bool) {
	var before, after minmax
	t.count(was, -1)
	before.include(was, retention)
	if is != nil {
		t.add(is, retention)
		after.include(is, retention)
	}
	return t.needsRescan(&before, &after)
}

// count adds n times a member to the counts and sums.
func (t *totals) count(m *member, n int64) {
	t.facts += n * m.facts
	*t.ofAssurance(m.assurance) += n
	switch {
	case m.verification != nil:
		t.countVerification(m.verification, n)
	case m.payment != nil:
		t.countPayment(m, n)
	default:
		t.milestones += n
	}
}

func (t *totals) countVerification(v *verification, n int64) {
	t.verifications += n
	t.failedAttempts += n * int64(v.failed)
	t.switches += n * int64(v.switches)
	*t.ofOutcome(v.outcome) += n
	if v.costMinor.Set {
		t.cost = addSums(t.cost, &sums{currency: v.currency.Value, cost: amountOf(v.costMinor.Value)}, n)
	}
}

func (t *totals) countPayment(m *member, n int64) {
	p := m.payment
	t.payments += n
	*t.ofPhase(p.phase) += n
	for _, flag := range [...]struct {
		set   bool
		count *int64
	}{
		{p.conflict, &t.conflicts},
		{p.regression, &t.regressions},
		{p.amountChanged, &t.amountChanges},
		{p.amountInconsistent, &t.inconsistencies},
		{p.holdOverdue, &t.holdsLate},
		{p.everPaid, &t.everPaid},
		{p.gaveBack() && p.everPaid, &t.refunded},
		{p.gaveBack() && !p.everPaid, &t.released},
	} {
		if flag.set {
			*flag.count += n
		}
	}
	s := sums{
		currency: p.currency, gross: amountOf(p.grossMinor), refunded: amountOf(p.refundedMinor), released: amountOf(p.releasedMinor),
	}
	switch p.phase {
	case avro.PaymentPhaseHeld:
		s.held = amountOf(p.amountMinor.Value)
	case avro.PaymentPhaseRefused:
		s.refused = amountOf(p.amountMinor.Value)
	default:
	}
	t.money = addSums(t.money, &s, n)
}

// addSums adds n times a member's sums, where n is 1 or -1, to those of its currency, and
// removes sums without members.
func addSums(list []sums, s *sums, n int64) []sums {
	i, found := slices.BinarySearchFunc(list, s.currency, func(have sums, currency string) int {
		return strings.Compare(have.currency, currency)
	})
	if !found {
		list = slices.Insert(list, i, sums{currency: s.currency})
	}
	list[i].addTimes(s, n)
	if list[i].members == 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// only returns the sums if no members differ in the currency, which is null if none names one.
// Amounts in several currencies have no sum.
func only(list []sums) (s sums, currency avro.Optional[string], mixed bool) {
	switch len(list) {
	case 0:
		return sums{}, avro.Optional[string]{}, false
	case 1:
		return list[0], avro.Optional[string]{Value: list[0].currency, Set: list[0].currency != ""}, false
	default:
		return sums{}, avro.Optional[string]{}, true
	}
}

func (c *counts) ofOutcome(outcome avro.VerificationOutcome) *int64 {
	switch outcome {
	case avro.VerificationOutcomePending:
		return &c.pending
	case avro.VerificationOutcomeExpired:
		return &c.expired
	case avro.VerificationOutcomeSuccess:
		return &c.succeeded
	case avro.VerificationOutcomeFailed, avro.VerificationOutcomeError:
		return &c.failed
	default:
		return &c.unknown
	}
}

// ofPhase returns the count of a phase. A payment without a known phase counts as pending.
func (c *counts) ofPhase(phase avro.PaymentPhase) *int64 {
	switch phase {
	case avro.PaymentPhaseHeld:
		return &c.held
	case avro.PaymentPhaseRefused:
		return &c.refused
	case avro.PaymentPhasePaid:
		return &c.paid
	case avro.PaymentPhaseRefunded:
		return &c.refundedWhole
	case avro.PaymentPhaseReleased:
		return &c.releasedWhole
	default:
		return &c.waiting
	}
}

func (c *counts) ofAssurance(assurance avro.Assurance) *int64 {
	switch assurance {
	case avro.AssuranceSharedSecret:
		return &c.sharedSecret
	case avro.AssuranceSignedID:
		return &c.signedID
	case avro.AssuranceSignedBody:
		return &c.signedBody
	default:
		return &c.assuranceUnknown
	}
}

// weakest returns the weakest assurance of the members; an unknown one is the weakest.
func (c *counts) weakest() avro.Assurance {
	switch {
	case c.assuranceUnknown > 0:
		return avro.AssuranceUnknown
	case c.sharedSecret > 0:
		return avro.AssuranceSharedSecret
	case c.signedID > 0:
		return avro.AssuranceSignedID
	default:
		return avro.AssuranceSignedBody
	}
}
