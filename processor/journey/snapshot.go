package journey

import (
	"cmp"
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
func (j *journey) snapshot(s *avro.JourneySnapshot, key string, t *totals, v *evaluation) {
	members := s.Members[:0]
	*s = avro.JourneySnapshot{
		JourneyID: key, CorrelationID: j.correlationID, Namespace: j.namespace,
		Outcome: v.outcome, Missing: v.missing, Deadline: optionalTime(v.deadline),
		Late: v.late > 0, LatenessMs: avro.Optional[int64]{Value: v.late.Milliseconds(), Set: v.late > 0},
		Truncated: j.others > 0, Revision: j.revision, Facts: t.facts, CreatedAt: t.createdAt.Time(),
		FirstEventAt: optionalTime(t.firstAt), LastEventAt: optionalTime(t.lastAt), Assurance: t.weakest(),
	}
	j.setDimensions(s, t)
	setVerifications(s, t)
	setPayments(s, t)
	s.VerifiedToHeldMs, s.VerifiedToCapturedMs = since(t.verified.at, t.heldAt), since(t.verified.at, t.firstPaid.at)
	s.Milestones, s.MilestoneMembers = j.appendMilestones(nil), number(t.milestones)
	s.Members = slices.Grow(members, len(j.listed))[:len(j.listed)]
	clear(s.Members)
	for i := range j.listed {
		j.listed[i].show(&s.Members[i])
	}
}

// since returns the time from one event to another in milliseconds; null if one of them is
// missing or the second came first.
func since(from, to statecodec.Instant) avro.Optional[int64] {
	if from == 0 || to == 0 || to.Before(from) {
		return avro.Optional[int64]{}
	}
	return avro.Some(to.Sub(from).Milliseconds())
}

// setDimensions fills in the fields of the verification and the payment that count: the first
// that succeeded, else the first of the list.
func (j *journey) setDimensions(s *avro.JourneySnapshot, t *totals) {
	verified, paid := t.verified.route, t.firstPaid.route
	customer := verified.customer
	var customers [Listed]string
	known := customers[:0]
	for i := range j.listed {
		m := &j.listed[i]
		switch {
		case m.verification != nil && verified.provider == "":
			verified = m.verification.route
		case m.payment != nil && paid.provider == "":
			paid = route{provider: m.payment.provider, source: m.payment.source}
		}
		if id := m.customer(); id != "" && !slices.Contains(known, id) {
			known = append(known, id)
		}
	}
	s.CustomerID, s.Customers = text(cmp.Or(customer, j.customer())), number(int64(len(known)))
	s.Country = text(verified.country)
	s.VerificationProvider, s.VerificationSource = text(verified.provider), text(verified.source)
	s.PaymentProvider, s.PaymentSource = text(paid.provider), text(paid.source)
	s.FirstChannel, s.LastChannel = text(verified.first), text(verified.last)
}

// customer returns the customer id of the first listed verification that has one, else of the
// first such payment.
func (j *journey) customer() (id string) {
	for i := range j.listed {
		m := &j.listed[i]
		switch is := m.customer(); {
		case is != "" && m.verification != nil:
			return is
		case id == "":
			id = is
		}
	}
	return id
}

func setVerifications(s *avro.JourneySnapshot, t *totals) {
	s.Verified = t.succeeded > 0
	s.VerifiedAt = optionalTime(t.verified.at)
	s.DeliveredChannel, s.DeliveredChannelRaw = text(t.verified.delivered), text(t.verified.deliveredRaw)
	s.VerificationDurationMs = t.verified.duration
	s.FailedAttempts, s.ChannelSwitches = number(t.failedAttempts), number(t.switches)
	s.VerificationExpired = t.expired > 0 && t.succeeded == 0
	cost, currency, mixed := only(t.cost)
	sum := shown{mixed: mixed}
	s.CostMinor, s.CostCurrency = sum.of(cost.cost), currency
	s.AmountInconsistent, s.MixedCurrencies = sum.capped, mixed
	s.Verifications = number(t.verifications)
	s.VerificationsPending = number(t.pending)
	s.VerificationsSucceeded = number(t.succeeded)
	s.VerificationsFailed = number(t.failed)
	s.VerificationsExpired = number(t.expired)
}

func setPayments(s *avro.JourneySnapshot, t *totals) {
	s.Paid, s.EverPaid, s.Held, s.Refused = t.paid > 0, t.everPaid > 0, t.held > 0, t.refused > 0
	s.Refund, s.Released = refund(t), t.released > 0
	s.PaidAt, s.LastRefundedAt = optionalTime(t.firstPaid.at), optionalTime(t.refundedAt)
	money, currency, mixed := only(t.money)
	sum := shown{mixed: mixed}
	net := money.gross
	net.subtract(money.refunded)
	s.GrossMinor, s.RefundedMinor, s.NetMinor = sum.of(money.gross), sum.of(money.refunded), sum.of(net)
	s.HeldMinor, s.RefusedMinor, s.ReleasedMinor = sum.of(money.held), sum.of(money.refused), sum.of(money.released)
	s.Currency, s.MixedCurrencies = currency, s.MixedCurrencies || mixed
	s.AmountInconsistent = s.AmountInconsistent || t.inconsistencies > 0 || sum.capped
	s.Conflict, s.Regression = t.conflicts > 0, t.regressions > 0
	s.AmountChanged, s.HoldOverdue = t.amountChanges > 0, t.holdsLate > 0
	s.Payments = number(t.payments)
	s.PaymentsPending = number(t.waiting)
	s.PaymentsHeld = number(t.held)
	s.PaymentsPaid = number(t.paid)
	s.PaymentsRefused = number(t.refused)
	s.PaymentsRefunded, s.PaymentsReleased = number(t.refundedWhole), number(t.releasedWhole)
}

// refund returns the part of the paid amounts that was given back.
func refund(t *totals) avro.Refund {
	switch {
	case t.refunded == 0:
		return avro.RefundNone
	case t.paid > 0:
		return avro.RefundPartial
	default:
		return avro.RefundFull
	}
}

// shown converts sums to int64: null if they are of several currencies; capped is set if one
// did not fit.
type shown struct{ mixed, capped bool }

func (s *shown) of(sum amount) avro.Optional[int64] {
	n, fits := sum.minor()
	s.capped = s.capped || !fits
	return avro.Optional[int64]{Value: n, Set: !s.mixed}
}

func text[T ~string](s T) avro.Optional[T] { return avro.Optional[T]{Value: s, Set: s != ""} }

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
		to.Outcome, to.DeliveredChannel, to.DeliveredChannelRaw = avro.Some(v.outcome), text(v.delivered), text(v.deliveredRaw)
		to.FailedAttempts, to.ChannelSwitches, to.DurationMs = avro.Some(v.failed), avro.Some(v.switches), v.durationMs
		to.CostMinor, to.Currency = v.costMinor, v.currency
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
	to.AmountMinor, to.GrossMinor = p.amountMinor, avro.Some(p.grossMinor)
	to.RefundedMinor, to.ReleasedMinor = avro.Some(p.refundedMinor), avro.Some(p.releasedMinor)
	to.Currency = avro.Some(p.currency)
	to.CreatedAt, to.OutcomeAt = optionalTime(p.createdAt), optionalTime(p.outcomeAt)
}

func optionalTime(at statecodec.Instant) avro.Optional[time.Time] {
	return avro.Optional[time.Time]{Value: at.Time(), Set: at != 0}
}
