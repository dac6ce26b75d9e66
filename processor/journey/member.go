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
	route

	outcome           avro.VerificationOutcome
	failed, switches  int32
	durationMs        avro.Optional[int64]
	costMinor         avro.Optional[int64]
	currency          avro.Optional[string]
	outcomeAt         statecodec.Instant
	outcomeReceivedAt statecodec.Instant
}

// route holds the dimensions of a verification. Empty texts are null.
type route struct {
	provider, source  string
	customer, country string
	deliveredRaw      string
	delivered         avro.Channel
	first, last       avro.Channel
	// createdAt, area and block are for the funnel.
	createdAt   statecodec.Instant
	area, block string
}

// payment holds the fields of avro.PaymentMember.
type payment struct {
	provider, source, customer string
	phase                      avro.PaymentPhase
	amountMinor                avro.Optional[int64]
	grossMinor, refundedMinor  int64
	releasedMinor              int64
	currency                   string
	conflict, regression       bool
	amountChanged, holdOverdue bool
	amountInconsistent         bool
	everPaid                   bool
	createdAt, heldAt, paidAt  statecodec.Instant
	refundedAt                 statecodec.Instant
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
			route: route{
				provider: v.Provider, source: v.Source, customer: v.CustomerID.Value, country: v.Country.Value,
				deliveredRaw: v.DeliveredChannelRaw.Value, delivered: v.DeliveredChannel.Value, first: v.FirstChannel.Value, last: v.LastChannel.Value,
				createdAt: statecodec.InstantOf(v.CreatedAt), area: v.Area.Value, block: v.FullBlock.Value,
			},
			outcome: v.Outcome, failed: v.FailedAttempts, switches: v.ChannelSwitches, durationMs: v.DurationMs, costMinor: v.CostMinor, currency: v.Currency,
			outcomeAt: instant(v.OutcomeAt), outcomeReceivedAt: instant(v.OutcomeReceivedAt),
		}
		return m
	}
	m.payment = into.payment()
	p := &in.Payment.Value
	*m.payment = payment{
		provider: p.Provider, source: p.Source, customer: p.CustomerID.Value, phase: p.Phase, amountMinor: p.AmountMinor,
		grossMinor: p.GrossMinor, refundedMinor: p.RefundedMinor, releasedMinor: p.ReleasedMinor,
		currency: p.Currency, conflict: p.Conflict, regression: p.Regression, amountChanged: p.AmountChanged, holdOverdue: p.HoldOverdue,
		amountInconsistent: p.AmountInconsistent, everPaid: p.EverPaid,
		createdAt: statecodec.InstantOf(p.CreatedAt), heldAt: instant(p.HeldAt), paidAt: instant(p.PaidAt), refundedAt: instant(p.LastRefundedAt),
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
	case avro.PaymentPhaseHeld, avro.PaymentPhasePaid, avro.PaymentPhaseRefunded, avro.PaymentPhaseReleased:
		return true
	default:
		return false
	}
}

// gaveBack reports whether money was given back, in part or whole.
func (p *payment) gaveBack() bool {
	return p.phase == avro.PaymentPhaseRefunded || p.phase == avro.PaymentPhaseReleased || p.refundedMinor > 0 || p.releasedMinor > 0
}

// createdAt returns when the member was made: milestones by their first event, else by receipt.
func (m *member) createdAt() statecodec.Instant {
	switch {
	case m.verification != nil:
		return m.verification.createdAt
	case m.payment != nil:
		return m.payment.createdAt
	default:
		return cmp.Or(m.firstAt, m.receivedAt)
	}
}

// customer returns the customer id, empty if the member has none.
func (m *member) customer() string {
	switch {
	case m.verification != nil:
		return m.verification.customer
	case m.payment != nil:
		return m.payment.customer
	default:
		return ""
	}
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
