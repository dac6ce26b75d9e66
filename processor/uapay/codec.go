package uapay

import (
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// version is the format of the state entry. The first had no figures.
const version = 2

// parsePayment reads a state entry; none is a payment of which nothing is known.
func parsePayment(entry []byte) (*Payment, error) {
	p := &Payment{}
	err := p.read(entry)
	return p, err
}

// read is parsePayment into a payment that is used again, with its memory. Nothing that
// was made of it before may be in use any more.
func (p *Payment) read(entry []byte) error {
	p.seen.Reset()
	p.room.reset()
	p.told, p.facts, p.count, p.revision, p.lastReceived, p.overdue, p.shown = p.told[:0], p.facts[:0], 0, 0, 0, false, business.Payment{}
	if entry == nil {
		return nil
	}
	r, written := statecodec.NewReader(entry, version)
	p.seen.ReadFrom(r)
	p.count, p.revision, p.lastReceived, p.overdue = r.Int(), r.Int(), r.Instant(), r.Bool()
	for range r.Len() {
		p.told = append(p.told, journeyID{namespace: r.Text(), id: r.Text()})
	}
	if written > 1 {
		p.shown = business.Payment{Phase: phaseAtRank(int(min(r.Uint(), phases-1))), PaidMinor: r.Int(), RefundedMinor: r.Int(), Currency: currency}
	}
	n := r.Len()
	p.facts = slices.Grow(p.facts, n+1)[:n]
	for i := range p.facts {
		p.facts[i].readFrom(r, &p.room)
	}
	if err := r.Done(); err != nil {
		return fmt.Errorf("read a payment: %w", err)
	}
	return nil
}

func (p *Payment) appendTo(dst []byte) []byte {
	dst = p.seen.AppendTo(append(dst, version))
	dst = statecodec.AppendInt(dst, p.count)
	dst = statecodec.AppendInt(dst, p.revision)
	dst = statecodec.AppendInstant(dst, p.lastReceived)
	dst = statecodec.AppendBool(dst, p.overdue)
	dst = statecodec.AppendUint(dst, uint64(len(p.told)))
	for _, id := range p.told {
		dst = statecodec.AppendString(statecodec.AppendString(dst, id.namespace), id.id)
	}
	dst = statecodec.AppendUint(dst, uint64(rank(p.shown.Phase))) //nolint:gosec // below phases
	dst = statecodec.AppendInt(statecodec.AppendInt(dst, p.shown.PaidMinor), p.shown.RefundedMinor)
	dst = statecodec.AppendUint(dst, uint64(len(p.facts)))
	for i := range p.facts {
		dst = p.facts[i].appendTo(dst)
	}
	return dst
}

// codeOfAssurance numbers the assurances, weakest first; new ones go to the end.
func codeOfAssurance(a avro.Assurance) uint64 {
	switch a {
	case avro.AssuranceSharedSecret:
		return 1
	case avro.AssuranceSignedID:
		return 2
	case avro.AssuranceSignedBody:
		return 3
	default:
		return 0
	}
}

func assuranceOfCode(code uint64) avro.Assurance {
	switch code {
	case 0:
		return avro.AssuranceUnknown
	case 1:
		return avro.AssuranceSharedSecret
	case 2:
		return avro.AssuranceSignedID
	default:
		return avro.AssuranceSignedBody
	}
}

func (f *Fact) appendTo(dst []byte) []byte {
	dst = append(dst, f.ID[:]...)
	for _, at := range [...]statecodec.Instant{f.At, f.FirstAt, f.ReceivedAt, f.created, f.paid, f.held} {
		dst = statecodec.AppendInstant(dst, at)
	}
	dst = statecodec.AppendUint(dst, codeOfAssurance(f.Assurance))
	for _, flag := range [...]bool{f.P2P, f.refused, f.regression, f.changed} {
		dst = statecodec.AppendBool(dst, flag)
	}
	dst = statecodec.AppendString(dst, f.Status)
	dst = statecodec.AppendString(dst, f.PaymentStatus)
	dst = statecodec.AppendString(dst, f.OperationStatus)
	for i := range f.texts {
		dst = statecodec.AppendString(dst, f.texts[i])
	}
	for _, amount := range f.amounts {
		dst = appendAmount(dst, amount)
	}
	dst = appendAmount(dst, f.reversalMax)
	dst = statecodec.AppendInt(dst, f.reversalSum)
	for r := range phases {
		dst = statecodec.AppendInstant(dst, f.phaseAt[r])
		dst = statecodec.AppendInstant(dst, f.phaseReceived[r])
	}
	return f.appendLists(dst)
}

func (f *Fact) appendLists(dst []byte) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(f.operations)))
	for i := range f.operations {
		o := &f.operations[i]
		for _, text := range [...]string{o.id, o.kind, o.status, o.external} {
			dst = statecodec.AppendString(dst, text)
		}
		dst = statecodec.AppendInstant(dst, o.at)
	}
	dst = statecodec.AppendUint(dst, uint64(len(f.slots)))
	for i := range f.slots {
		dst = statecodec.AppendString(statecodec.AppendString(dst, f.slots[i].name), f.slots[i].id)
	}
	dst = statecodec.AppendUint(dst, uint64(len(f.externals)))
	for _, id := range f.externals {
		dst = statecodec.AppendString(dst, id)
	}
	return dst
}

// readFrom reads every field of the fact, its lists into the room.
func (f *Fact) readFrom(r *statecodec.Reader, into *room) {
	r.Fixed(f.ID[:])
	f.At, f.FirstAt, f.ReceivedAt = r.Instant(), r.Instant(), r.Instant()
	f.created, f.paid, f.held = r.Instant(), r.Instant(), r.Instant()
	f.Assurance = assuranceOfCode(r.Uint())
	f.P2P, f.refused, f.regression, f.changed = r.Bool(), r.Bool(), r.Bool(), r.Bool()
	f.Status, f.PaymentStatus, f.OperationStatus = r.Text(), r.Text(), r.Text()
	for i := range f.texts {
		f.texts[i] = r.Text()
	}
	for i := range f.amounts {
		f.amounts[i] = readAmount(r)
	}
	f.reversalMax, f.reversalSum = readAmount(r), r.Int()
	for i := range phases {
		f.phaseAt[i], f.phaseReceived[i] = r.Instant(), r.Instant()
	}
	f.operations = part(&into.operations, r.Len())
	for i := range f.operations {
		f.operations[i] = operation{id: r.Text(), kind: r.Text(), status: r.Text(), external: r.Text(), at: r.Instant()}
	}
	f.slots = part(&into.slots, r.Len())
	for i := range f.slots {
		f.slots[i] = slot{name: r.Text(), id: r.Text()}
	}
	f.externals = part(&into.externals, r.Len())
	for i := range f.externals {
		f.externals[i] = r.Text()
	}
}

func appendAmount(dst []byte, amount avro.Optional[int64]) []byte {
	dst = statecodec.AppendBool(dst, amount.Set)
	if amount.Set {
		dst = statecodec.AppendInt(dst, amount.Value)
	}
	return dst
}

func readAmount(r *statecodec.Reader) avro.Optional[int64] {
	if !r.Bool() {
		return avro.Optional[int64]{}
	}
	return avro.Some(r.Int())
}
