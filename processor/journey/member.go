package journey

import (
	"cmp"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// member is a verification, a payment or the milestones of a source; one of them is set.
type member struct {
	id           string
	revision     int64
	facts        int64
	assurance    avro.Assurance
	firstAt      statecodec.Instant
	lastAt       statecodec.Instant
	receivedAt   statecodec.Instant
	expiresAt    statecodec.Instant
	verification *verification
	payment      *payment
	milestones   *milestones
}

// verification holds the fields of avro.VerificationMember.
type verification struct {
	provider, source  string
	outcome           avro.VerificationOutcome
	channel           avro.Optional[string]
	channelKind       avro.Optional[avro.Channel]
	fallbacks         int32
	durationMs        avro.Optional[int64]
	costMinor         avro.Optional[int64]
	currency          avro.Optional[string]
	createdAt         statecodec.Instant
	outcomeAt         statecodec.Instant
	outcomeReceivedAt statecodec.Instant
}

// payment holds the fields of avro.PaymentMember.
type payment struct {
	provider, source           string
	phase                      avro.PaymentPhase
	amountMinor                avro.Optional[int64]
	paidMinor, refundedMinor   int64
	releasedMinor              int64
	currency                   string
	conflict, regression       bool
	amountChanged, holdOverdue bool
	amountInconsistent         bool
	captured                   bool
	createdAt, heldAt, paidAt  statecodec.Instant
	outcomeAt, takenReceivedAt statecodec.Instant
}

// memberOf returns the member of a checked input. Its verification or payment is allocated in
// the room.
func memberOf(in *avro.JourneyInput, into *room) member {
	m := member{
		id: in.MemberID.Value, revision: in.MemberRevision.Value, facts: in.MemberFacts.Value, assurance: in.Assurance,
		firstAt: instant(in.FirstEventAt), lastAt: instant(in.LastEventAt), receivedAt: instant(in.ReceivedAt), expiresAt: instant(in.ExpiresAt),
	}
	if in.Kind == avro.JourneyInputKindMilestone {
		m.milestones = into.milestone()
		m.milestones.set(&in.Milestone.Value)
		return m
	}
	if in.Kind == avro.JourneyInputKindVerification {
		m.verification = into.verification()
		v := &in.Verification.Value
		*m.verification = verification{
			provider: v.Provider, source: v.Source, outcome: v.Outcome, channel: v.ChannelRaw, channelKind: v.Channel, fallbacks: v.Fallbacks,
			durationMs: v.DurationMs, costMinor: v.CostMinor, currency: v.Currency,
			createdAt: instant(v.CreatedAt), outcomeAt: instant(v.OutcomeAt), outcomeReceivedAt: instant(v.OutcomeReceivedAt),
		}
		return m
	}
	m.payment = into.payment()
	p := &in.Payment.Value
	*m.payment = payment{
		provider: p.Provider, source: p.Source, phase: p.Phase, amountMinor: p.AmountMinor,
		paidMinor: p.PaidAmountMinor, refundedMinor: p.RefundedAmountMinor, releasedMinor: p.ReleasedAmountMinor,
		currency: p.Currency, conflict: p.Conflict, regression: p.Regression, amountChanged: p.AmountChanged, holdOverdue: p.HoldOverdue,
		amountInconsistent: p.AmountInconsistent, captured: p.Captured,
		createdAt: instant(p.CreatedAt), heldAt: instant(p.HeldAt), paidAt: instant(p.PaidAt),
		outcomeAt: instant(p.OutcomeAt), takenReceivedAt: instant(p.TakenReceivedAt),
	}
	return m
}

// instant converts an optional time; 0 is none.
func instant(at avro.Optional[time.Time]) statecodec.Instant { return statecodec.InstantOf(at.Value) }

// compareMembers orders members by first event, then by id.
func compareMembers(a, b *member) int {
	if a.firstAt != b.firstAt {
		return a.firstAt.Compare(b.firstAt)
	}
	return strings.Compare(a.id, b.id)
}

func (m *member) succeeded() bool {
	return m.verification != nil && m.verification.outcome == avro.VerificationOutcomeSuccess
}

// taken reports whether money was ever held or paid, given back since or not.
func (m *member) taken() bool {
	if m.payment == nil {
		return false
	}
	switch m.payment.phase {
	case avro.PaymentPhaseHeld, avro.PaymentPhasePaid, avro.PaymentPhaseRefunded:
		return true
	default:
		return false
	}
}

// everPaid reports whether the payment was ever paid, given back since or not.
func (m *member) everPaid() bool { return m.payment != nil && m.payment.captured }

// kept reports whether a part of the paid amount is left. A return without an amount is a
// return of the whole.
func (p *payment) kept() bool {
	if p.refundedMinor > 0 && p.amountMinor.Set {
		return p.captured && p.refundedMinor < p.amountMinor.Value
	}
	return p.captured && p.phase != avro.PaymentPhaseRefunded
}

// gaveBack reports whether money was given back, in part or whole.
func (p *payment) gaveBack() bool {
	return p.phase == avro.PaymentPhaseRefunded || p.refundedMinor > 0 || p.releasedMinor > 0
}

// paidAt returns when the payment succeeded, by the provider's time.
func (m *member) paidAt() statecodec.Instant {
	if m.payment.paidAt != 0 || m.payment.phase == avro.PaymentPhaseRefunded {
		return m.payment.paidAt
	}
	return m.payment.outcomeAt
}

// takenAt returns when the money was first held or paid, by the provider's time.
func (m *member) takenAt() statecodec.Instant {
	if m.payment.heldAt != 0 {
		return statecodec.Earlier(m.payment.heldAt, m.payment.paidAt)
	}
	return m.paidAt()
}

// decidedAt returns the receipt of the fact that meets a deadline: the success of a
// verification, or money held or paid.
func (m *member) decidedAt() statecodec.Instant {
	if m.verification != nil {
		return cmp.Or(m.verification.outcomeReceivedAt, m.receivedAt)
	}
	return cmp.Or(m.payment.takenReceivedAt, m.receivedAt)
}

// endsAt returns when the member no longer keeps the journey.
func (m *member) endsAt(retention time.Duration) statecodec.Instant {
	if m.expiresAt == 0 {
		return m.receivedAt.Add(retention)
	}
	return m.expiresAt
}

// memberVersion is the format of a member's own state entry.
const memberVersion = 1

// memberSize is the buffer size for a usual member.
const memberSize = 192

func parseMember(entry []byte) (member, error) {
	r, _ := statecodec.NewReader(entry, memberVersion)
	var m member
	readMember(r, &m, &room{})
	return m, r.Done()
}

func (m *member) put(tx stage.Tx, journey []byte) {
	key := appendMemberKey(tx.Buffer(len(journey)+len(m.id)+8), journey, m.id)
	tx.Put(key, m.appendTo(append(tx.Buffer(memberSize), memberVersion)), time.Time{})
}
