package verification

import (
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// formatVersion is the format of the state entry. Its texts are short.
const formatVersion = 1

// Parse parses a state entry; a nil entry is a new verification. The entity refers to
// the entry's bytes, so it is valid until the transaction ends.
func Parse(entry []byte) (*Entity, error) {
	e := &Entity{}
	if err := e.Read(entry, nil); err != nil {
		return nil, err
	}
	return e, nil
}

// Read is Parse into an entity that is reused, with its memory and with texts in a room
// that lasts as long as the entry. Nothing derived from the entity before may still be
// in use.
func (e *Entity) Read(entry []byte, room statecodec.Room) error {
	e.Window.Reset()
	e.journeys.Reset()
	e.rows.Reset()
	e.versions, e.slots, e.attempts = e.versions[:0], e.slots[:0], e.attempts[:0]
	e.state = state{}
	if entry == nil {
		return nil
	}
	r, _ := statecodec.NewReader(entry, formatVersion)
	r.Short(room)
	e.Window.ReadFrom(r)
	e.revision, e.facts, e.emitted = r.Int(), r.Int(), outcomeOf(r.Uint())
	e.journeys.ReadFrom(r)
	e.firstAt, e.lastAt, e.firstReceived, e.lastReceived = r.Instant(), r.Instant(), r.Instant(), r.Instant()
	e.assurance, e.uncorrelated = entity.AssuranceOf(r.Uint()), r.Bool()
	e.customerKey, e.customerAt, e.switches = r.Text(), r.Instant(), int32(r.Int()) //nolint:gosec // written from an int32
	e.status = statusRegister{text: r.Text(), name: nameOf(r.Uint()), at: r.Instant()}
	for i := range e.outcomes {
		e.outcomes[i] = outcomeRegister{first: r.Instant(), last: r.Instant(), received: r.Instant()}
	}
	e.readRegisters(r)
	if err := r.Done(); err != nil {
		return fmt.Errorf("read a verification: %w", err)
	}
	e.counted = e.metrics(e.emitted)
	return nil
}

// sized returns a list of n zero values with capacity for one more. It reuses the
// memory of empty if that is large enough.
func sized[T any](empty []T, n int) []T {
	list := slices.Grow(empty, n+1)[:n]
	clear(list)
	return list
}

// readRegisters reads the fields that are stored with the index of the version they
// came from.
func (e *Entity) readRegisters(r *statecodec.Reader) {
	e.versions = sized(e.versions, r.Len())
	for i := range e.versions {
		e.versions[i] = version{at: r.Int(), id: r.Text()}
	}
	for i := range e.texts {
		e.readText(r, &e.texts[i])
	}
	if by := e.readVersion(r); by != 0 {
		e.phone = register[phone]{e.readPhone(r), by}
	}
	if by := e.readVersion(r); by != 0 {
		e.plan = register[[]Step]{e.readPlan(r), by}
	}
	if by := e.readVersion(r); by != 0 {
		e.cost = register[int64]{r.Int(), by}
	}
	if by := e.readVersion(r); by != 0 {
		e.created = register[statecodec.Instant]{r.Instant(), by}
	}
	if by := e.readVersion(r); by != 0 {
		e.awaited = register[bool]{r.Bool(), by}
	}
	e.slots = sized(e.slots, r.Len())
	for i := range e.slots {
		e.slots[i].name = r.Text()
		e.readText(r, &e.slots[i].id)
	}
	e.attempts = sized(e.attempts, r.Len())
	for i := range e.attempts {
		e.readAttempt(r, &e.attempts[i])
	}
	e.rows.ReadFrom(r, func(i int) string {
		if i < len(e.attempts) {
			return e.attempts[i].id
		}
		return ""
	})
}

func (e *Entity) readAttempt(r *statecodec.Reader, a *attempt) {
	a.id, a.name, a.processedAt, a.started = r.Text(), nameOf(r.Uint()), r.Instant(), r.Instant()
	if r.Bool() {
		a.code = avro.Some(int32(r.Int())) //nolint:gosec // written from an int32
	}
	e.readText(r, &a.channel)
	e.readText(r, &a.external)
	e.readText(r, &a.err)
	if by := e.readVersion(r); by != 0 {
		a.cost = register[int64]{r.Int(), by}
	}
}

// readVersion reads the version's index before a value; 0 means that there is none.
func (e *Entity) readVersion(r *statecodec.Reader) int {
	by := r.Uint()
	if by > uint64(len(e.versions)) {
		return 0
	}
	return int(by) //nolint:gosec // bounded by the versions
}

func (e *Entity) readText(r *statecodec.Reader, m *register[string]) {
	if by := e.readVersion(r); by != 0 {
		*m = register[string]{r.Text(), by}
	}
}

// AppendTo appends the state entry.
func (e *Entity) AppendTo(dst []byte) []byte {
	e.compact()
	dst = e.Window.AppendShortTo(append(dst, formatVersion))
	dst = statecodec.AppendInt(dst, e.revision)
	dst = statecodec.AppendInt(dst, e.facts)
	dst = statecodec.AppendUint(dst, codeOfOutcome(e.emitted))
	dst = e.journeys.AppendShortTo(dst)
	for _, at := range [...]statecodec.Instant{e.firstAt, e.lastAt, e.firstReceived, e.lastReceived} {
		dst = statecodec.AppendInstant(dst, at)
	}
	dst = statecodec.AppendUint(dst, entity.AssuranceCode(e.assurance))
	dst = statecodec.AppendBool(dst, e.uncorrelated)
	dst = statecodec.AppendInstant(statecodec.AppendText(dst, e.customerKey), e.customerAt)
	dst = statecodec.AppendInt(dst, int64(e.switches))
	dst = statecodec.AppendText(dst, e.status.text)
	dst = statecodec.AppendUint(dst, codeOfName(e.status.name))
	dst = statecodec.AppendInstant(dst, e.status.at)
	for i := range e.outcomes {
		dst = statecodec.AppendInstant(dst, e.outcomes[i].first)
		dst = statecodec.AppendInstant(dst, e.outcomes[i].last)
		dst = statecodec.AppendInstant(dst, e.outcomes[i].received)
	}
	return e.appendRegisters(dst)
}

func (e *Entity) appendRegisters(dst []byte) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(e.versions)))
	for i := range e.versions {
		dst = statecodec.AppendInt(dst, e.versions[i].at)
		dst = statecodec.AppendText(dst, e.versions[i].id)
	}
	for i := range e.texts {
		dst = appendText(dst, &e.texts[i])
	}
	if dst = appendVersion(dst, e.phone.by); e.phone.by != 0 {
		dst = appendPhone(dst, &e.phone.value)
	}
	if dst = appendVersion(dst, e.plan.by); e.plan.by != 0 {
		dst = appendPlan(dst, e.plan.value)
	}
	if dst = appendVersion(dst, e.cost.by); e.cost.by != 0 {
		dst = statecodec.AppendInt(dst, e.cost.value)
	}
	if dst = appendVersion(dst, e.created.by); e.created.by != 0 {
		dst = statecodec.AppendInstant(dst, e.created.value)
	}
	if dst = appendVersion(dst, e.awaited.by); e.awaited.by != 0 {
		dst = statecodec.AppendBool(dst, e.awaited.value)
	}
	dst = statecodec.AppendUint(dst, uint64(len(e.slots)))
	for i := range e.slots {
		dst = statecodec.AppendText(dst, e.slots[i].name)
		dst = appendText(dst, &e.slots[i].id)
	}
	dst = statecodec.AppendUint(dst, uint64(len(e.attempts)))
	for i := range e.attempts {
		dst = e.attempts[i].appendTo(dst)
	}
	return e.rows.AppendTo(dst, func(name string) int {
		return slices.IndexFunc(e.attempts, func(a attempt) bool { return a.id == name })
	})
}

func (a *attempt) appendTo(dst []byte) []byte {
	dst = statecodec.AppendText(dst, a.id)
	dst = statecodec.AppendUint(dst, codeOfName(a.name))
	dst = statecodec.AppendInstant(statecodec.AppendInstant(dst, a.processedAt), a.started)
	dst = statecodec.AppendBool(dst, a.code.Set)
	if a.code.Set {
		dst = statecodec.AppendInt(dst, int64(a.code.Value))
	}
	dst = appendText(dst, &a.channel)
	dst = appendText(dst, &a.external)
	dst = appendText(dst, &a.err)
	if dst = appendVersion(dst, a.cost.by); a.cost.by != 0 {
		dst = statecodec.AppendInt(dst, a.cost.value)
	}
	return dst
}

func appendVersion(dst []byte, by int) []byte { return statecodec.AppendUint(dst, uint64(by)) } //nolint:gosec // an index

func appendText(dst []byte, m *register[string]) []byte {
	if dst = appendVersion(dst, m.by); m.by != 0 {
		dst = statecodec.AppendText(dst, m.value)
	}
	return dst
}

func appendPlan(dst []byte, plan []Step) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(plan)))
	for i := range plan {
		dst = statecodec.AppendText(dst, plan[i].Channel)
		dst = statecodec.AppendInt(dst, int64(plan[i].TimeoutSec))
	}
	return dst
}

func (e *Entity) readPlan(r *statecodec.Reader) []Step {
	e.steps = sized(e.steps[:0], r.Len())
	for i := range e.steps {
		e.steps[i] = Step{Channel: r.Text(), TimeoutSec: int32(r.Int())} //nolint:gosec // written from an int32
	}
	return slices.Clip(e.steps)
}

func appendPhone(dst []byte, p *phone) []byte {
	dst = statecodec.AppendText(dst, p.Country.Value)
	dst = statecodec.AppendUint(dst, uint64(len(p.Pseudonyms)))
	for i := range p.Pseudonyms {
		dst = statecodec.AppendText(dst, p.Pseudonyms[i].KeyID)
		dst = statecodec.AppendText(dst, p.Pseudonyms[i].HMAC)
	}
	dst = statecodec.AppendText(statecodec.AppendText(dst, string(p.NumberType.Value)), p.Carrier.Value)
	return p.decision.AppendTo(dst)
}

func (e *Entity) readPhone(r *statecodec.Reader) (p phone) {
	p.Country = entity.Text(r.Text())
	e.pseudonyms = sized(e.pseudonyms[:0], r.Len())
	for i := range e.pseudonyms {
		e.pseudonyms[i] = avro.Pseudonym{KeyID: r.Text(), HMAC: r.Text()}
	}
	p.Pseudonyms = slices.Clip(e.pseudonyms)
	p.NumberType, p.Carrier = entity.Text(avro.NumberType(r.Text())), entity.Text(r.Text())
	p.decision.ReadFrom(r)
	return p
}
