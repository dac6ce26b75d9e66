package uapay

import (
	"fmt"
	"slices"
	"time"

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
	clear(p.facts)
	*p = Payment{seen: p.seen, told: p.told[:0], facts: p.facts[:0]}
	if entry == nil {
		return nil
	}
	r, written := statecodec.NewReader(entry, version)
	p.seen.ReadFrom(r)
	p.count, p.revision, p.lastReceived, p.overdue = r.Int(), r.Int(), r.Time(), r.Bool()
	for range r.Len() {
		p.told = append(p.told, journeyID{namespace: r.Text(), id: r.Text()})
	}
	if written > 1 {
		p.shown = business.Payment{Phase: phaseAtRank(int(min(r.Uint(), phases-1))), PaidMinor: r.Int(), RefundedMinor: r.Int(), Currency: currency}
	}
	n := r.Len()
	p.facts = slices.Grow(p.facts, n+1)[:n]
	for i := range p.facts {
		p.facts[i].readFrom(r)
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
	dst = statecodec.AppendTime(dst, p.lastReceived)
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

func assurances() []avro.Assurance {
	return []avro.Assurance{avro.AssuranceUnknown, avro.AssuranceSharedSecret, avro.AssuranceSignedID, avro.AssuranceSignedBody}
}

func (f *Fact) appendTo(dst []byte) []byte {
	dst = append(dst, f.ID[:]...)
	dst = appendTimes(dst, f.At, f.FirstAt, f.ReceivedAt, f.created, f.paid, f.held)
	dst = statecodec.AppendUint(dst, uint64(max(slices.Index(assurances(), f.Assurance), 0)))
	for _, flag := range []bool{f.P2P, f.refused, f.regression, f.changed} {
		dst = statecodec.AppendBool(dst, flag)
	}
	for _, text := range [...]string{f.Status, f.PaymentStatus, f.OperationStatus} {
		dst = statecodec.AppendString(dst, text)
	}
	for _, text := range f.texts {
		dst = statecodec.AppendString(dst, text)
	}
	for _, amount := range f.amounts {
		dst = appendAmount(dst, amount)
	}
	dst = appendAmount(dst, f.reversalMax)
	dst = statecodec.AppendInt(dst, f.reversalSum)
	for r := range phases {
		dst = appendTimes(dst, f.phaseAt[r], f.phaseReceived[r])
	}
	dst = statecodec.AppendUint(dst, uint64(len(f.operations)))
	for i := range f.operations {
		o := &f.operations[i]
		for _, text := range []string{o.id, o.kind, o.status, o.external} {
			dst = statecodec.AppendString(dst, text)
		}
		dst = statecodec.AppendTime(dst, o.at)
	}
	dst = statecodec.AppendUint(dst, uint64(len(f.slots)))
	for _, s := range f.slots {
		dst = statecodec.AppendString(statecodec.AppendString(dst, s.name), s.id)
	}
	dst = statecodec.AppendUint(dst, uint64(len(f.externals)))
	for _, id := range f.externals {
		dst = statecodec.AppendString(dst, id)
	}
	return dst
}

func (f *Fact) readFrom(r *statecodec.Reader) {
	for i := range f.ID {
		f.ID[i] = r.Byte()
	}
	for _, at := range []*time.Time{&f.At, &f.FirstAt, &f.ReceivedAt, &f.created, &f.paid, &f.held} {
		*at = r.Time()
	}
	f.Assurance = assurances()[min(r.Uint(), 3)]
	for _, flag := range []*bool{&f.P2P, &f.refused, &f.regression, &f.changed} {
		*flag = r.Bool()
	}
	f.Status, f.PaymentStatus, f.OperationStatus = r.Text(), r.Text(), r.Text()
	for i := range f.texts {
		f.texts[i] = r.Text()
	}
	for i := range f.amounts {
		f.amounts[i] = readAmount(r)
	}
	f.reversalMax, f.reversalSum = readAmount(r), r.Int()
	for i := range phases {
		f.phaseAt[i], f.phaseReceived[i] = r.Time(), r.Time()
	}
	f.operations = make([]operation, r.Len())
	for i := range f.operations {
		f.operations[i] = operation{id: r.Text(), kind: r.Text(), status: r.Text(), external: r.Text(), at: r.Time()}
	}
	f.slots = make([]slot, r.Len())
	for i := range f.slots {
		f.slots[i] = slot{name: r.Text(), id: r.Text()}
	}
	f.externals = make([]string, r.Len())
	for i := range f.externals {
		f.externals[i] = r.Text()
	}
}

func appendTimes(dst []byte, times ...time.Time) []byte {
	for _, at := range times {
		dst = statecodec.AppendTime(dst, at)
	}
	return dst
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
