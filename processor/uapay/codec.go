package uapay

import (
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// version is the format of a payment's state entry, factVersion that of a fact's entry.
const (
	version     = 1
	factVersion = 1
)

// parsePayment reads a state entry; a nil entry is a payment without facts.
func parsePayment(entry []byte) (*Payment, error) {
	p := &Payment{}
	err := p.read(entry)
	return p, err
}

// read is parsePayment into a reused payment. Nothing derived from it before may still be in
// use.
func (p *Payment) read(entry []byte) error {
	p.seen.Reset()
	p.room.reset()
	p.rest.reset()
	p.journeys.Reset()
	p.facts, p.folded, p.count, p.revision = p.facts[:0], 0, 0, 0
	p.lastReceived, p.overdue, p.shown = 0, false, business.Payment{}
	if entry == nil {
		return nil
	}
	r, _ := statecodec.NewReader(entry, version)
	p.seen.ReadFrom(r)
	p.count, p.revision, p.lastReceived, p.overdue = r.Int(), r.Int(), r.Instant(), r.Bool()
	p.journeys.ReadFrom(r)
	p.shown = business.Payment{Phase: phaseAtRank(readRank(r)), PaidMinor: r.Int(), RefundedMinor: r.Int(), Currency: r.Text()}
	n := r.Len()
	p.facts = slices.Grow(p.facts, n+1)[:n]
	for i := range p.facts {
		p.facts[i].readFrom(r, &p.room)
	}
	if p.folded = r.Int(); p.folded > 0 {
		p.rest.readFrom(r)
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
	dst = p.journeys.AppendTo(dst)
	dst = appendRank(dst, rank(p.shown.Phase))
	dst = statecodec.AppendInt(statecodec.AppendInt(dst, p.shown.PaidMinor), p.shown.RefundedMinor)
	dst = statecodec.AppendString(dst, p.shown.Currency)
	dst = statecodec.AppendUint(dst, uint64(len(p.facts)))
	for i := range p.facts {
		dst = p.facts[i].appendTo(dst)
	}
	dst = statecodec.AppendInt(dst, p.folded)
	if p.folded > 0 {
		dst = p.rest.appendTo(dst)
	}
	return dst
}

func appendRank(dst []byte, r int) []byte { return statecodec.AppendUint(dst, uint64(r)) } //nolint:gosec // below phases

func readRank(r *statecodec.Reader) int { return int(min(r.Uint(), phases-1)) }

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

// parseFact reads a fact's own entry.
func parseFact(entry []byte) (*Fact, error) {
	r, _ := statecodec.NewReader(entry, factVersion)
	f := &Fact{}
	f.readFrom(r, &room{})
	return f, r.Done()
}

func (f *Fact) appendTo(dst []byte) []byte {
	dst = append(dst, f.ID[:]...)
	for _, at := range [...]statecodec.Instant{f.At, f.ReceivedAt, f.created, f.paid, f.held} {
		dst = statecodec.AppendInstant(dst, at)
	}
	dst = statecodec.AppendUint(dst, codeOfAssurance(f.Assurance))
	for _, flag := range [...]bool{f.Dated, f.P2P, f.refuses, f.charges, f.contradicts} {
		dst = statecodec.AppendBool(dst, flag)
	}
	dst = appendRank(dst, f.rank)
	for i := range f.texts {
		dst = statecodec.AppendString(dst, f.texts[i])
	}
	for _, amount := range f.amounts {
		dst = appendAmount(dst, amount)
	}
	dst = appendAmount(dst, f.reversal)
	if dst = statecodec.AppendString(dst, f.operation.id); f.operation.id != "" {
		dst = f.operation.appendTo(dst)
	}
	return statecodec.AppendString(appendSlots(dst, f.slots), f.external)
}

// readFrom reads every field of the fact, its lists into the room.
func (f *Fact) readFrom(r *statecodec.Reader, into *room) {
	r.Fixed(f.ID[:])
	f.At, f.ReceivedAt = r.Instant(), r.Instant()
	f.created, f.paid, f.held = r.Instant(), r.Instant(), r.Instant()
	f.Assurance = assuranceOfCode(r.Uint())
	f.Dated, f.P2P, f.refuses, f.charges, f.contradicts = r.Bool(), r.Bool(), r.Bool(), r.Bool(), r.Bool()
	f.rank = readRank(r)
	for i := range f.texts {
		f.texts[i] = r.Text()
	}
	for i := range f.amounts {
		f.amounts[i] = readAmount(r)
	}
	f.reversal, f.operation = readAmount(r), operation{}
	if f.operation.id = r.Text(); f.operation.id != "" {
		f.operation.readFrom(r)
	}
	f.slots = part(&into.slots, r.Len())
	for i := range f.slots {
		f.slots[i] = readSlot(r)
	}
	f.external = r.Text()
}

// appendTo writes every field except the id.
func (o *operation) appendTo(dst []byte) []byte {
	for _, text := range [...]string{o.kind, o.status, o.external} {
		dst = statecodec.AppendString(dst, text)
	}
	return statecodec.AppendInstant(dst, o.at)
}

func (o *operation) readFrom(r *statecodec.Reader) {
	o.kind, o.status, o.external, o.at = r.Text(), r.Text(), r.Text(), r.Instant()
}

func appendSlots(dst []byte, slots []slot) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(slots)))
	for i := range slots {
		for _, text := range [...]string{slots[i].name, slots[i].operation, slots[i].id} {
			dst = statecodec.AppendString(dst, text)
		}
	}
	return dst
}

func readSlot(r *statecodec.Reader) slot {
	return slot{name: r.Text(), operation: r.Text(), id: r.Text()}
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
