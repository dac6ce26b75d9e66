package journey

import (
	"cmp"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// member is a verification or a payment of the journey; one of the two is set.
type member struct {
	id           string
	revision     int64
	facts        int64
	assurance    avro.Assurance
	firstAt      time.Time
	lastAt       time.Time
	receivedAt   time.Time
	expiresAt    time.Time
	verification *avro.VerificationMember
	payment      *avro.PaymentMember
}

// memberOf takes the member out of an input that Decode has checked.
func memberOf(in *avro.JourneyInput) member {
	m := member{
		id: in.MemberID.Value, revision: in.MemberRevision.Value, facts: in.MemberFacts.Value, assurance: in.Assurance,
		firstAt: in.FirstEventAt.Value, lastAt: in.LastEventAt.Value, receivedAt: in.ReceivedAt.Value, expiresAt: in.ExpiresAt.Value,
	}
	if in.Kind == avro.JourneyInputKindVerification {
		m.verification = &in.Verification.Value
	} else {
		m.payment = &in.Payment.Value
	}
	return m
}

// compareMembers is the order of the members: first event, then id.
func compareMembers(a, b *member) int {
	return cmp.Or(a.firstAt.Compare(b.firstAt), strings.Compare(a.id, b.id))
}

func (m *member) succeeded() bool {
	return m.verification != nil && m.verification.Outcome == avro.VerificationOutcomeSuccess
}

// taken says whether money was held or paid, be it given back since.
func (m *member) taken() bool {
	if m.payment == nil {
		return false
	}
	switch m.payment.Phase {
	case avro.PaymentPhaseHeld, avro.PaymentPhasePaid, avro.PaymentPhaseReturned:
		return true
	default:
		return false
	}
}

// everPaid says whether the payment succeeded, be it given back since.
func (m *member) everPaid() bool {
	return m.payment != nil && (m.payment.Phase == avro.PaymentPhasePaid || m.payment.Phase == avro.PaymentPhaseReturned)
}

// returnedWhole says whether nothing of a payment is left. A return without an
// amount is one of everything.
func (m *member) returnedWhole() bool {
	p := m.payment
	known := p.ReversalAmountMinor.Set && p.ReversalAmountMinor.Value > 0 && p.AmountMinor.Set
	if !known {
		return p.Phase == avro.PaymentPhaseReturned
	}
	return p.ReversalAmountMinor.Value >= p.AmountMinor.Value
}

// refunded returns what was given back, in minor units.
func (m *member) refunded() int64 {
	p := m.payment
	if p.ReversalAmountMinor.Set && p.ReversalAmountMinor.Value > 0 {
		return p.ReversalAmountMinor.Value
	}
	if p.Phase == avro.PaymentPhaseReturned {
		return p.AmountMinor.Value
	}
	return 0
}

// paidAt returns when the payment succeeded, by the provider's time.
func (m *member) paidAt() time.Time {
	if m.payment.PaidAt.Set || m.payment.Phase == avro.PaymentPhaseReturned {
		return m.payment.PaidAt.Value
	}
	return m.payment.OutcomeAt.Value
}

// takenAt returns when the money was first held or paid, by the provider's time.
func (m *member) takenAt() time.Time {
	if m.payment.HeldAt.Set {
		return earlier(m.payment.HeldAt.Value, m.payment.PaidAt.Value)
	}
	return m.paidAt()
}

// decidedAt returns when the fact that a deadline is judged by was received: the
// success of a verification, the taking of money.
func (m *member) decidedAt() time.Time {
	if m.verification != nil {
		return m.verification.OutcomeReceivedAt.Or(m.receivedAt)
	}
	return m.payment.TakenReceivedAt.Or(m.receivedAt)
}

// endsAt returns when the member no longer keeps the journey.
func (m *member) endsAt(retention time.Duration) time.Time {
	if m.expiresAt.IsZero() {
		return m.receivedAt.Add(retention)
	}
	return m.expiresAt
}

// memberVersion is the format of a member's own state entry.
const memberVersion = 1

// memberSize is room for a usual member.
const memberSize = 192

func parseMember(entry []byte) (member, error) {
	r, _ := statecodec.NewReader(entry, memberVersion)
	m := readMember(r, &room{})
	return m, r.Done()
}

func (m *member) put(tx engine.Tx, journey []byte) {
	key := appendMemberKey(tx.Buffer(len(journey)+len(m.id)+8), journey, m.id)
	tx.Put(key, m.appendTo(append(tx.Buffer(memberSize), memberVersion)), time.Time{})
}

// earlier returns the earlier of two times, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// later returns the later of two times, of which zero is none.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
