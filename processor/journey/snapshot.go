package journey

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// totals computes the totals of all members into t, reusing its memory.
func (j *journey) totals(t *totals, retention time.Duration) {
	t.counts, t.minmax = j.rest.counts, j.rest.minmax
	t.money, t.cost = append(t.money[:0], j.rest.money...), append(t.cost[:0], j.rest.cost...)
	for i := range j.listed {
		t.add(&j.listed[i], retention)
	}
}

// snapshot fills in s except processed_at and changed_by, reusing its list of members.
func (j *journey) snapshot(s *avro.JourneySnapshot, t *totals, v *evaluation) {
	members := s.Members[:0]
	*s = avro.JourneySnapshot{
		CorrelationID: j.correlationID, Namespace: j.namespace,
		Outcome: v.outcome, Missing: v.missing, Deadline: optionalTime(v.deadline),
		Late: v.late > 0, LatenessMs: avro.Optional[int64]{Value: v.late.Milliseconds(), Set: v.late > 0},
		Truncated: j.others > 0, Revision: j.revision, Facts: t.facts,
		FirstEventAt: optionalTime(t.firstAt), LastEventAt: optionalTime(t.lastAt), Assurance: t.weakest(),
	}
	setVerifications(s, t)
	setPayments(s, t)
	if t.verified.at != 0 && t.takenAt != 0 {
		s.VerificationToPaymentMs = avro.Some(t.takenAt.Sub(t.verified.at).Milliseconds())
	}
	s.Milestones, s.MilestoneMembers = j.appendMilestones(nil), number(t.milestones)
	s.Members = slices.Grow(members, len(j.listed))[:len(j.listed)]
	clear(s.Members)
	for i := range j.listed {
		j.listed[i].show(&s.Members[i])
	}
}

func setVerifications(s *avro.JourneySnapshot, t *totals) {
	s.Verified = t.succeeded > 0
	s.VerifiedAt = optionalTime(t.verified.at)
	s.VerificationChannelRaw, s.VerificationChannel = t.verified.channel, t.verified.channelKind
	s.VerificationDurationMs = t.verified.duration
	s.VerificationFallbacks = int32(t.fallbacks) //nolint:gosec // attempts of one journey's verifications
	s.VerificationExpired = t.expired > 0 && t.succeeded == 0
	cost, currency := only(t.cost)
	var sum shown
	s.VerificationCostMinor, s.VerificationCurrency = sum.of(cost.cost), currency
	s.AmountInconsistent = sum.capped
	s.Verifications = number(t.verifications)
	s.VerificationsPending = number(t.pending)
	s.VerificationsSucceeded = number(t.succeeded)
	s.VerificationsFailed = number(t.failed)
	s.VerificationsExpired = number(t.expired)
}

func setPayments(s *avro.JourneySnapshot, t *totals) {
	s.Paid, s.Held, s.Refused = t.kept > 0, t.held > 0, t.refused > 0
	s.Refunded, s.Released = t.refunded > 0, t.released > 0
	s.PaidAt = optionalTime(t.paidAt)
	money, currency := only(t.money)
	var sum shown
	s.PaidAmountMinor, s.HeldAmountMinor = sum.of(money.paid), sum.of(money.held)
	s.RefusedAmountMinor = sum.of(money.refused)
	s.RefundedAmountMinor, s.ReleasedAmountMinor = sum.of(money.refunded), sum.of(money.released)
	s.Currency = currency
	s.AmountInconsistent = s.AmountInconsistent || t.inconsistencies > 0 || sum.capped
	s.Conflict, s.Regression = t.conflicts > 0, t.regressions > 0
	s.AmountChanged, s.HoldOverdue = t.amountChanges > 0, t.holdsLate > 0
	s.Payments = number(t.payments)
	s.PaymentsPending = number(t.waiting)
	s.PaymentsHeld = number(t.held)
	s.PaymentsPaid = number(t.kept)
	s.PaymentsRefused = number(t.refused)
	s.PaymentsRefunded = number(t.paid + t.refundedWhole - t.kept)
}

// shown converts sums to int64; capped is set if one did not fit.
type shown struct{ capped bool }

func (s *shown) of(sum amount) int64 {
	n, fits := sum.minor()
	s.capped = s.capped || !fits
	return n
}

// number converts a count of members.
func number(n int64) int32 {
	return int32(n) //nolint:gosec // a journey of 2^31 members does not fit a partition
}

// show fills in the member's element of the snapshot's list.
func (m *member) show(to *avro.JourneyMember) {
	to.ID = m.id
	if v := m.verification; v != nil {
		to.Kind = avro.MemberKindVerification
		to.Provider, to.Source = v.provider, v.source
		to.Outcome, to.ChannelRaw, to.Channel = avro.Some(v.outcome), v.channel, v.channelKind
		to.Fallbacks, to.DurationMs = avro.Some(v.fallbacks), v.durationMs
		to.AmountMinor, to.Currency = v.costMinor, v.currency
		to.CreatedAt, to.OutcomeAt = optionalTime(v.createdAt), optionalTime(v.outcomeAt)
		return
	}
	if e := m.milestones; e != nil {
		to.Kind, to.Provider, to.Source = avro.MemberKindMilestone, e.provider, e.source
		return
	}
	p := m.payment
	to.Kind = avro.MemberKindPayment
	to.Provider, to.Source = p.provider, p.source
	to.Phase = avro.Some(p.phase)
	to.AmountMinor, to.PaidAmountMinor = p.amountMinor, avro.Some(p.paidMinor)
	to.RefundedAmountMinor, to.ReleasedAmountMinor = avro.Some(p.refundedMinor), avro.Some(p.releasedMinor)
	to.Currency = avro.Some(p.currency)
	to.CreatedAt, to.OutcomeAt = optionalTime(p.createdAt), optionalTime(p.outcomeAt)
}

func optionalTime(at statecodec.Instant) avro.Optional[time.Time] {
	return avro.Optional[time.Time]{Value: at.Time(), Set: at != 0}
}
