package payment

import (
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// version is the format of a payment's state entry, factVersion that of a fact's entry.
const (
	version     = 1
	factVersion = 1
)

// parse reads a state entry; a nil entry is a payment without facts.
func parse(entry []byte) (*Entity, error) {
	p := &Entity{}
	err := p.read(entry)
	return p, err
}

// read is parse into a reused payment. Nothing derived from it before may still be in
// use.
func (p *Entity) read(entry []byte) error {
	p.window.Reset()
	p.room.reset()
	p.rest.reset()
	p.journeys.Reset()
	p.rows.Reset()
	p.facts, p.folded, p.count, p.revision = p.facts[:0], 0, 0, 0
	p.lastReceived, p.shown = 0, business.Payment{}
	p.setFlags(0)
	if entry == nil {
		return nil
	}
	r, _ := statecodec.NewReader(entry, version)
	p.window.ReadFrom(r)
	p.count, p.revision, p.lastReceived = r.Int(), r.Int(), r.Instant()
	p.setFlags(r.Uint())
	p.journeys.ReadFrom(r)
	p.rows.ReadFrom(r, nil)
	p.shown = business.Payment{Phase: readPhase(r).Avro(), PaidMinor: r.Int(), RefundedMinor: r.Int(), Currency: r.Text()}
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

func (p *Entity) appendTo(dst []byte) []byte {
	dst = p.window.AppendTo(append(dst, version))
	dst = statecodec.AppendInt(dst, p.count)
	dst = statecodec.AppendInt(dst, p.revision)
	dst = statecodec.AppendInstant(dst, p.lastReceived)
	dst = statecodec.AppendUint(dst, p.flags())
	dst = p.rows.AppendTo(p.journeys.AppendTo(dst), nil)
	dst = appendPhase(dst, phaseOf(p.shown.Phase))
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

// The flags of a payment in its state entry.
const (
	flagOverdue = 1 << iota
	flagRegressed
	flagConflicting
)

func (p *Entity) flags() (flags uint64) {
	if p.overdue {
		flags |= flagOverdue
	}
	if p.regressed {
		flags |= flagRegressed
	}
	if p.conflicting {
		flags |= flagConflicting
	}
	return flags
}

func (p *Entity) setFlags(flags uint64) {
	p.overdue, p.regressed, p.conflicting = flags&flagOverdue != 0, flags&flagRegressed != 0, flags&flagConflicting != 0
}

func appendPhase(dst []byte, p Phase) []byte { return statecodec.AppendUint(dst, uint64(p)) }

func readPhase(r *statecodec.Reader) Phase { return Phase(min(r.Uint(), uint64(PhaseReleased))) }

// parseFact reads a fact's own entry.
func parseFact(entry []byte) (*Fact, error) {
	r, _ := statecodec.NewReader(entry, factVersion)
	f := &Fact{}
	f.readFrom(r, &room{})
	return f, r.Done()
}

func (f *Fact) appendTo(dst []byte) []byte {
	dst = append(dst, f.ID[:]...)
	for _, at := range [...]statecodec.Instant{f.At, f.ReceivedAt, f.CreatedAt, f.PaidAt, f.HeldAt} {
		dst = statecodec.AppendInstant(dst, at)
	}
	dst = statecodec.AppendUint(dst, entity.AssuranceCode(f.Assurance))
	for _, flag := range [...]bool{f.Dated, f.P2P, f.Refused, f.Charged, f.Contradicts} {
		dst = statecodec.AppendBool(dst, flag)
	}
	dst = appendPhase(dst, f.Phase)
	for i := range f.Texts {
		dst = statecodec.AppendString(dst, f.Texts[i])
	}
	for _, amount := range f.Amounts {
		dst = appendAmount(dst, amount)
	}
	dst = appendAmount(dst, f.Reversal)
	if dst = statecodec.AppendString(dst, f.Operation.ID); f.Operation.ID != "" {
		dst = f.Operation.appendTo(dst)
	}
	dst = statecodec.AppendUint(dst, uint64(len(f.Correlations)))
	for i := range f.Correlations {
		dst = f.Correlations[i].appendTo(dst)
	}
	return statecodec.AppendString(dst, f.ExternalID)
}

// readFrom reads every field of the fact, its lists into the room.
func (f *Fact) readFrom(r *statecodec.Reader, into *room) {
	r.Fixed(f.ID[:])
	f.At, f.ReceivedAt = r.Instant(), r.Instant()
	f.CreatedAt, f.PaidAt, f.HeldAt = r.Instant(), r.Instant(), r.Instant()
	f.Assurance = entity.AssuranceOf(r.Uint())
	f.Dated, f.P2P, f.Refused, f.Charged, f.Contradicts = r.Bool(), r.Bool(), r.Bool(), r.Bool(), r.Bool()
	f.Phase = readPhase(r)
	for i := range f.Texts {
		f.Texts[i] = r.Text()
	}
	for i := range f.Amounts {
		f.Amounts[i] = readAmount(r)
	}
	f.Reversal, f.Operation = readAmount(r), Operation{}
	if f.Operation.ID = r.Text(); f.Operation.ID != "" {
		f.Operation.readFrom(r)
	}
	f.Correlations = part(&into.slots, r.Len())
	for i := range f.Correlations {
		f.Correlations[i] = readCorrelation(r)
	}
	f.ExternalID = r.Text()
}

// appendTo writes every field except the id.
func (o *Operation) appendTo(dst []byte) []byte {
	for _, text := range [...]string{o.Kind, o.Status, o.ExternalID} {
		dst = statecodec.AppendString(dst, text)
	}
	return statecodec.AppendInstant(dst, o.At)
}

func (o *Operation) readFrom(r *statecodec.Reader) {
	o.Kind, o.Status, o.ExternalID, o.At = r.Text(), r.Text(), r.Text(), r.Instant()
}

func (c *Correlation) appendTo(dst []byte) []byte {
	for _, text := range [...]string{c.Slot, c.Operation, c.ID, c.Customer} {
		dst = statecodec.AppendString(dst, text)
	}
	return dst
}

func readCorrelation(r *statecodec.Reader) Correlation {
	return Correlation{Slot: r.Text(), Operation: r.Text(), ID: r.Text(), Customer: r.Text()}
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
