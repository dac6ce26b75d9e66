package journey

import (
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// The kinds of members in a state entry.
const (
	kindVerification = 1
	kindPayment      = 2
)

// appendTo writes the member as a part of a state entry:
//
//	kind | id | revision | facts | assurance | first, last, received, expires at | its own fields
func (m *member) appendTo(dst []byte) []byte {
	kind := uint64(kindVerification)
	if m.payment != nil {
		kind = kindPayment
	}
	dst = statecodec.AppendUint(dst, kind)
	dst = statecodec.AppendString(dst, m.id)
	dst = statecodec.AppendInt(dst, m.revision)
	dst = statecodec.AppendInt(dst, m.facts)
	dst = statecodec.AppendString(dst, string(m.assurance))
	for _, at := range []time.Time{m.firstAt, m.lastAt, m.receivedAt, m.expiresAt} {
		dst = statecodec.AppendTime(dst, at)
	}
	if m.payment != nil {
		return appendPayment(dst, m.payment)
	}
	return appendVerification(dst, m.verification)
}

// readMember reads a member into the room that there is for its own fields. Its
// strings are parts of the entry.
func readMember(r *statecodec.Reader, into *room) member {
	kind := r.Uint()
	m := member{
		id: r.Text(), revision: r.Int(), facts: r.Int(), assurance: avro.Assurance(r.Text()),
		firstAt: r.Time(), lastAt: r.Time(), receivedAt: r.Time(), expiresAt: r.Time(),
	}
	if kind == kindPayment {
		m.payment = into.payment()
		readPayment(r, m.payment)
	} else {
		m.verification = into.verification()
		readVerification(r, m.verification)
	}
	return m
}

func appendVerification(dst []byte, v *avro.VerificationMember) []byte {
	dst = statecodec.AppendString(dst, v.Provider)
	dst = statecodec.AppendString(dst, v.Source)
	dst = statecodec.AppendString(dst, string(v.Outcome))
	dst = appendText(dst, v.Channel)
	dst = appendText(dst, v.ChannelKind)
	dst = statecodec.AppendInt(dst, int64(v.Fallbacks))
	dst = appendInt(dst, v.DurationMs)
	dst = appendInt(dst, v.CostMinor)
	dst = appendText(dst, v.Currency)
	for _, at := range []avro.Optional[time.Time]{v.CreatedAt, v.OutcomeAt, v.OutcomeReceivedAt} {
		dst = statecodec.AppendTime(dst, at.Value)
	}
	return dst
}

func readVerification(r *statecodec.Reader, v *avro.VerificationMember) {
	*v = avro.VerificationMember{
		Provider: r.Text(), Source: r.Text(), Outcome: avro.VerificationOutcome(r.Text()),
		Channel: readText[string](r), ChannelKind: readText[avro.Channel](r),
		Fallbacks:  int32(r.Int()), //nolint:gosec // written from an int32
		DurationMs: readInt(r), CostMinor: readInt(r), Currency: readText[string](r),
		CreatedAt: readTime(r), OutcomeAt: readTime(r), OutcomeReceivedAt: readTime(r),
	}
}

func appendPayment(dst []byte, p *avro.PaymentMember) []byte {
	dst = statecodec.AppendString(dst, p.Provider)
	dst = statecodec.AppendString(dst, p.Source)
	dst = statecodec.AppendString(dst, string(p.Phase))
	dst = appendInt(dst, p.AmountMinor)
	dst = appendInt(dst, p.ReversalAmountMinor)
	dst = statecodec.AppendString(dst, p.Currency)
	for _, flag := range []bool{p.Conflict, p.Regression, p.AmountChanged, p.HoldOverdue} {
		dst = statecodec.AppendBool(dst, flag)
	}
	for _, at := range []avro.Optional[time.Time]{p.CreatedAt, p.HeldAt, p.PaidAt, p.OutcomeAt, p.TakenReceivedAt} {
		dst = statecodec.AppendTime(dst, at.Value)
	}
	return dst
}

func readPayment(r *statecodec.Reader, p *avro.PaymentMember) {
	*p = avro.PaymentMember{
		Provider: r.Text(), Source: r.Text(), Phase: avro.PaymentPhase(r.Text()),
		AmountMinor: readInt(r), ReversalAmountMinor: readInt(r), Currency: r.Text(),
		Conflict: r.Bool(), Regression: r.Bool(), AmountChanged: r.Bool(), HoldOverdue: r.Bool(),
		CreatedAt: readTime(r), HeldAt: readTime(r), PaidAt: readTime(r), OutcomeAt: readTime(r), TakenReceivedAt: readTime(r),
	}
}

func appendInt(dst []byte, v avro.Optional[int64]) []byte {
	dst = statecodec.AppendBool(dst, v.Set)
	if v.Set {
		dst = statecodec.AppendInt(dst, v.Value)
	}
	return dst
}

func readInt(r *statecodec.Reader) avro.Optional[int64] {
	if !r.Bool() {
		return avro.Optional[int64]{}
	}
	return avro.Some(r.Int())
}

func appendText[T ~string](dst []byte, v avro.Optional[T]) []byte {
	dst = statecodec.AppendBool(dst, v.Set)
	if v.Set {
		dst = statecodec.AppendString(dst, string(v.Value))
	}
	return dst
}

func readText[T ~string](r *statecodec.Reader) avro.Optional[T] {
	if !r.Bool() {
		return avro.Optional[T]{}
	}
	return avro.Some(T(r.Text()))
}

func readTime(r *statecodec.Reader) avro.Optional[time.Time] {
	at := r.Time()
	return avro.Optional[time.Time]{Value: at, Set: !at.IsZero()}
}

// room is memory for the own fields of members.
type room struct {
	verifications []avro.VerificationMember
	payments      []avro.PaymentMember
}

func (r *room) verification() *avro.VerificationMember { return next(&r.verifications) }
func (r *room) payment() *avro.PaymentMember           { return next(&r.payments) }

// next returns the next of a list, which moves nothing that was returned before.
func next[T any](list *[]T) *T {
	const some = 4
	if len(*list) == cap(*list) {
		*list = make([]T, 0, max(some, 2*cap(*list)))
	}
	*list = (*list)[:len(*list)+1]
	return &(*list)[len(*list)-1]
}

// reset empties the room for other members.
func (r *room) reset() { r.verifications, r.payments = r.verifications[:0], r.payments[:0] }
