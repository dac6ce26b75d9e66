package journey

import (
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// The kinds of members in a state entry.
const (
	kindVerification = 1
	kindPayment      = 2
	kindMilestones   = 3
)

// appendTo writes the member as a part of a state entry:
//
//	kind | id | revision | facts | assurance | first, last, received, expires at | its own fields
func (m *member) appendTo(dst []byte) []byte {
	kind := uint64(kindVerification)
	switch {
	case m.payment != nil:
		kind = kindPayment
	case m.milestones != nil:
		kind = kindMilestones
	}
	dst = statecodec.AppendUint(dst, kind)
	dst = statecodec.AppendString(dst, m.id)
	dst = statecodec.AppendInt(dst, m.revision)
	dst = statecodec.AppendInt(dst, m.facts)
	dst = statecodec.AppendString(dst, string(m.assurance))
	for _, at := range [...]statecodec.Instant{m.firstAt, m.lastAt, m.receivedAt, m.expiresAt} {
		dst = statecodec.AppendInstant(dst, at)
	}
	switch kind {
	case kindPayment:
		return appendPayment(dst, m.payment)
	case kindMilestones:
		return m.milestones.appendTo(dst)
	default:
		return appendVerification(dst, m.verification)
	}
}

// readMember reads every field of a member, those of its kind into the room. Its
// strings are parts of the entry.
func readMember(r *statecodec.Reader, m *member, into *room) {
	kind := r.Uint()
	m.id, m.revision, m.facts, m.assurance = r.Text(), r.Int(), r.Int(), avro.Assurance(r.Text())
	m.firstAt, m.lastAt, m.receivedAt, m.expiresAt = r.Instant(), r.Instant(), r.Instant(), r.Instant()
	m.verification, m.payment, m.milestones = nil, nil, nil
	switch kind {
	case kindPayment:
		m.payment = into.payment()
		readPayment(r, m.payment)
	case kindMilestones:
		m.milestones = into.milestone()
		m.milestones.readFrom(r)
	default:
		m.verification = into.verification()
		readVerification(r, m.verification)
	}
}

func appendVerification(dst []byte, v *verification) []byte {
	dst = statecodec.AppendString(v.appendTo(dst), string(v.outcome))
	dst = statecodec.AppendInt(statecodec.AppendInt(dst, int64(v.failed)), int64(v.switches))
	dst = appendInt(dst, v.durationMs)
	dst = appendInt(dst, v.costMinor)
	dst = appendText(dst, v.currency)
	for _, at := range [...]statecodec.Instant{v.outcomeAt, v.outcomeReceivedAt} {
		dst = statecodec.AppendInstant(dst, at)
	}
	return dst
}

func readVerification(r *statecodec.Reader, v *verification) {
	v.readFrom(r)
	v.outcome = avro.VerificationOutcome(r.Text())
	v.failed, v.switches = int32(r.Int()), int32(r.Int()) //nolint:gosec // written from int32
	v.durationMs, v.costMinor, v.currency = readInt(r), readInt(r), readText[string](r)
	v.outcomeAt, v.outcomeReceivedAt = r.Instant(), r.Instant()
}

func (v *route) appendTo(dst []byte) []byte {
	for _, text := range [...]string{
		v.provider, v.source, v.customer, v.country, v.deliveredRaw, string(v.delivered), string(v.first), string(v.last), v.area, v.block,
	} {
		dst = statecodec.AppendString(dst, text)
	}
	return statecodec.AppendInstant(dst, v.createdAt)
}

func (v *route) readFrom(r *statecodec.Reader) {
	v.provider, v.source, v.customer, v.country, v.deliveredRaw = r.Text(), r.Text(), r.Text(), r.Text(), r.Text()
	v.delivered, v.first, v.last = avro.Channel(r.Text()), avro.Channel(r.Text()), avro.Channel(r.Text())
	v.area, v.block, v.createdAt = r.Text(), r.Text(), r.Instant()
}

func appendPayment(dst []byte, p *payment) []byte {
	dst = statecodec.AppendString(dst, p.provider)
	dst = statecodec.AppendString(dst, p.source)
	dst = statecodec.AppendString(dst, p.customer)
	dst = statecodec.AppendString(dst, string(p.phase))
	dst = appendInt(dst, p.amountMinor)
	for _, n := range [...]int64{p.grossMinor, p.refundedMinor, p.releasedMinor} {
		dst = statecodec.AppendInt(dst, n)
	}
	dst = statecodec.AppendString(dst, p.currency)
	for _, flag := range [...]bool{p.conflict, p.regression, p.amountChanged, p.amountInconsistent, p.holdOverdue, p.everPaid} {
		dst = statecodec.AppendBool(dst, flag)
	}
	for _, at := range [...]statecodec.Instant{p.createdAt, p.heldAt, p.paidAt, p.refundedAt, p.outcomeAt, p.takenReceivedAt} {
		dst = statecodec.AppendInstant(dst, at)
	}
	return dst
}

func readPayment(r *statecodec.Reader, p *payment) {
	p.provider, p.source, p.customer, p.phase = r.Text(), r.Text(), r.Text(), avro.PaymentPhase(r.Text())
	p.amountMinor, p.grossMinor, p.refundedMinor, p.releasedMinor, p.currency = readInt(r), r.Int(), r.Int(), r.Int(), r.Text()
	p.conflict, p.regression, p.amountChanged = r.Bool(), r.Bool(), r.Bool()
	p.amountInconsistent, p.holdOverdue, p.everPaid = r.Bool(), r.Bool(), r.Bool()
	p.createdAt, p.heldAt, p.paidAt, p.refundedAt = r.Instant(), r.Instant(), r.Instant(), r.Instant()
	p.outcomeAt, p.takenReceivedAt = r.Instant(), r.Instant()
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

// room is memory for the own fields of members.
type room struct {
	verifications []verification
	payments      []payment
	events        []milestones
}

func (r *room) verification() *verification { return next(&r.verifications) }
func (r *room) payment() *payment           { return next(&r.payments) }
func (r *room) milestone() *milestones      { return next(&r.events) }

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
func (r *room) reset() {
	r.verifications, r.payments, r.events = r.verifications[:0], r.payments[:0], r.events[:0]
}
