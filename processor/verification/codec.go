package verification

import (
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// version is the format of the state entry. The first had its texts at full length.
const version = 2

// Parse reads a state entry; none is a verification of which nothing is known.
// The entity refers to the entry's bytes, so it is valid until the round ends.
func Parse(entry []byte) (*Entity, error) {
	e := &Entity{}
	if err := e.Read(entry, nil); err != nil {
		return nil, err
	}
	return e, nil
}

// Read is Parse into an entity that is used again, with its memory, and with texts in
// a room that lasts as long as the entry. Nothing that was made of the entity before may
// be in use any more.
func (e *Entity) Read(entry []byte, room statecodec.Room) error {
	e.Seen.Reset()
	*e = Entity{Seen: e.Seen, told: e.told[:0], stamps: e.stamps[:0], slots: e.slots[:0], attempts: e.attempts[:0], places: e.places[:0], shows: e.shows}
	if entry == nil {
		return nil
	}
	r, written := statecodec.NewReader(entry, version)
	if written > 1 {
		r.Short(room)
	}
	e.Seen.ReadFrom(r)
	e.revision, e.facts, e.shown = r.Int(), r.Int(), outcomeOf(r.Uint())
	e.told = sized(e.told, r.Len())
	for i := range e.told {
		e.told[i] = journeyID{namespace: text(r), id: text(r)}
	}
	e.firstAt, e.lastAt, e.firstReceived, e.lastReceived = r.Time(), r.Time(), r.Time(), r.Time()
	e.assurance, e.uncorrelated = assuranceOf(r.Uint()), r.Bool()
	e.status = Status{Text: text(r), Name: nameOf(r.Uint()), At: r.Time()}
	for i := range e.outcomes {
		e.outcomes[i] = telling{first: r.Time(), last: r.Time(), received: r.Time()}
	}
	e.readMarked(r)
	if err := r.Done(); err != nil {
		return fmt.Errorf("read a verification: %w", err)
	}
	e.was = e.figures(e.shown)
	return nil
}

// sized is a list of n zero values, in the memory of an empty one where it is enough,
// with room for one more.
func sized[T any](empty []T, n int) []T {
	list := slices.Grow(empty, n+1)[:n]
	clear(list)
	return list
}

// readMarked reads what stands with the mark of the fact that said it.
func (e *Entity) readMarked(r *statecodec.Reader) {
	n := r.Len()
	e.stamps = sized(e.stamps, n)
	for i := range e.stamps {
		e.stamps[i] = stamp{at: r.Int(), id: text(r)}
	}
	for i := range e.texts {
		readMark(e, r, &e.texts[i], text)
	}
	readMark(e, r, &e.phone, readPhone)
	readMark(e, r, &e.plan, readPlan)
	readMark(e, r, &e.cost, (*statecodec.Reader).Int)
	readMark(e, r, &e.created, (*statecodec.Reader).Time)
	readMark(e, r, &e.awaited, (*statecodec.Reader).Bool)
	e.slots = sized(e.slots, r.Len())
	for i := range e.slots {
		e.slots[i].name = text(r)
		readMark(e, r, &e.slots[i].id, text)
	}
	n = r.Len()
	e.attempts = sized(e.attempts, n)
	for i := range e.attempts {
		a := &e.attempts[i]
		a.id, a.name, a.processedAt = text(r), nameOf(r.Uint()), r.Time()
		if r.Bool() {
			a.code = avro.Some(int32(r.Int())) //nolint:gosec // written from an int32
		}
		readMark(e, r, &a.channel, text)
		readMark(e, r, &a.external, text)
		readMark(e, r, &a.err, text)
		readMark(e, r, &a.cost, (*statecodec.Reader).Int)
	}
}

// AppendTo appends the state entry.
func (e *Entity) AppendTo(dst []byte) []byte {
	e.compact()
	dst = e.Seen.AppendShortTo(append(dst, version))
	dst = statecodec.AppendInt(dst, e.revision)
	dst = statecodec.AppendInt(dst, e.facts)
	dst = statecodec.AppendUint(dst, codeOfOutcome(e.shown))
	dst = statecodec.AppendUint(dst, uint64(len(e.told)))
	for i := range e.told {
		dst = statecodec.AppendText(dst, e.told[i].namespace)
		dst = statecodec.AppendText(dst, e.told[i].id)
	}
	dst = appendTimes(dst, e.firstAt, e.lastAt, e.firstReceived, e.lastReceived)
	dst = statecodec.AppendUint(dst, uint64(assuranceRank(e.assurance))) //nolint:gosec // 1 to 4
	dst = statecodec.AppendBool(dst, e.uncorrelated)
	dst = statecodec.AppendText(dst, e.status.Text)
	dst = statecodec.AppendUint(dst, codeOfName(e.status.Name))
	dst = statecodec.AppendTime(dst, e.status.At)
	for i := range e.outcomes {
		dst = appendTimes(dst, e.outcomes[i].first, e.outcomes[i].last, e.outcomes[i].received)
	}
	return e.appendMarked(dst)
}

func (e *Entity) appendMarked(dst []byte) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(e.stamps)))
	for i := range e.stamps {
		dst = statecodec.AppendInt(dst, e.stamps[i].at)
		dst = statecodec.AppendText(dst, e.stamps[i].id)
	}
	for i := range e.texts {
		dst = appendMark(dst, &e.texts[i], statecodec.AppendText)
	}
	dst = appendMark(dst, &e.phone, appendPhone)
	dst = appendMark(dst, &e.plan, appendPlan)
	dst = appendMark(dst, &e.cost, statecodec.AppendInt)
	dst = appendMark(dst, &e.created, statecodec.AppendTime)
	dst = appendMark(dst, &e.awaited, statecodec.AppendBool)
	dst = statecodec.AppendUint(dst, uint64(len(e.slots)))
	for i := range e.slots {
		dst = statecodec.AppendText(dst, e.slots[i].name)
		dst = appendMark(dst, &e.slots[i].id, statecodec.AppendText)
	}
	dst = statecodec.AppendUint(dst, uint64(len(e.attempts)))
	for i := range e.attempts {
		a := &e.attempts[i]
		dst = statecodec.AppendText(dst, a.id)
		dst = statecodec.AppendUint(dst, codeOfName(a.name))
		dst = statecodec.AppendTime(dst, a.processedAt)
		dst = statecodec.AppendBool(dst, a.code.Set)
		if a.code.Set {
			dst = statecodec.AppendInt(dst, int64(a.code.Value))
		}
		dst = appendMark(dst, &a.channel, statecodec.AppendText)
		dst = appendMark(dst, &a.external, statecodec.AppendText)
		dst = appendMark(dst, &a.err, statecodec.AppendText)
		dst = appendMark(dst, &a.cost, statecodec.AppendInt)
	}
	return dst
}

// compact drops the stamps that no value refers to: usually all but one or two.
func (e *Entity) compact() {
	e.places = sized(e.places[:0], len(e.stamps)+1)
	place := e.places
	e.marks(func(by *int) { place[*by] = 1 })
	kept := e.stamps[:0]
	for i, s := range e.stamps {
		if place[i+1] != 0 {
			kept = append(kept, s)
			place[i+1] = len(kept)
		}
	}
	place[0] = 0
	e.stamps = kept
	e.marks(func(by *int) { *by = place[*by] })
}

// marks visits the mark of every value.
func (e *Entity) marks(visit func(by *int)) {
	for i := range e.texts {
		visit(&e.texts[i].by)
	}
	for _, by := range [...]*int{&e.phone.by, &e.plan.by, &e.cost.by, &e.created.by, &e.awaited.by} {
		visit(by)
	}
	for i := range e.slots {
		visit(&e.slots[i].id.by)
	}
	for i := range e.attempts {
		a := &e.attempts[i]
		for _, by := range [...]*int{&a.channel.by, &a.external.by, &a.err.by, &a.cost.by} {
			visit(by)
		}
	}
}

func appendMark[T any](dst []byte, m *marked[T], appendValue func([]byte, T) []byte) []byte {
	dst = statecodec.AppendUint(dst, uint64(m.by)) //nolint:gosec // an index
	if m.by == 0 {
		return dst
	}
	return appendValue(dst, m.value)
}

func readMark[T any](e *Entity, r *statecodec.Reader, m *marked[T], read func(*statecodec.Reader) T) {
	by := r.Uint()
	if by == 0 || by > uint64(len(e.stamps)) {
		return
	}
	m.by = int(by) //nolint:gosec // bounded by the stamps
	m.value = read(r)
}

func appendTimes(dst []byte, times ...time.Time) []byte {
	for _, at := range times {
		dst = statecodec.AppendTime(dst, at)
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

func readPlan(r *statecodec.Reader) []Step {
	plan := make([]Step, r.Len())
	for i := range plan {
		plan[i] = Step{Channel: text(r), TimeoutSec: int32(r.Int())} //nolint:gosec // written from an int32
	}
	return plan
}

func appendPhone(dst []byte, p avro.Phone) []byte {
	dst = statecodec.AppendText(dst, p.Country.Value)
	dst = statecodec.AppendUint(dst, uint64(len(p.Pseudonyms)))
	for i := range p.Pseudonyms {
		dst = statecodec.AppendText(dst, p.Pseudonyms[i].KeyID)
		dst = statecodec.AppendText(dst, p.Pseudonyms[i].HMAC)
	}
	return dst
}

func readPhone(r *statecodec.Reader) avro.Phone {
	p := avro.Phone{Country: some(text(r))}
	p.Pseudonyms = make([]avro.Pseudonym, r.Len())
	for i := range p.Pseudonyms {
		p.Pseudonyms[i] = avro.Pseudonym{KeyID: text(r), HMAC: text(r)}
	}
	return p
}

// text reads a string.
func text(r *statecodec.Reader) string { return r.Text() }

// some is the text, or null where it is empty.
func some(s string) avro.Optional[string] { return avro.Optional[string]{Value: s, Set: s != ""} }

// The enums as numbers; new symbols go to the end.

func codeOfName(v avro.AttemptStatus) uint64 {
	switch v {
	case avro.AttemptStatusNew:
		return 1
	case avro.AttemptStatusInProgress:
		return 2
	case avro.AttemptStatusSuccess:
		return 3
	case avro.AttemptStatusFailed:
		return 4
	case avro.AttemptStatusError:
		return 5
	default:
		return 0
	}
}

func nameOf(code uint64) avro.AttemptStatus {
	switch code {
	case 1:
		return avro.AttemptStatusNew
	case 2:
		return avro.AttemptStatusInProgress
	case 3:
		return avro.AttemptStatusSuccess
	case 4:
		return avro.AttemptStatusFailed
	case 5:
		return avro.AttemptStatusError
	default:
		return avro.AttemptStatusUnknown
	}
}

func codeOfOutcome(v avro.VerificationOutcome) uint64 {
	switch v {
	case avro.VerificationOutcomePending:
		return 1
	case avro.VerificationOutcomeExpired:
		return 2
	case avro.VerificationOutcomeSuccess:
		return 3
	case avro.VerificationOutcomeFailed:
		return 4
	case avro.VerificationOutcomeError:
		return 5
	default:
		return 0
	}
}

func outcomeOf(code uint64) avro.VerificationOutcome {
	switch code {
	case 1:
		return avro.VerificationOutcomePending
	case 2:
		return avro.VerificationOutcomeExpired
	case 3:
		return avro.VerificationOutcomeSuccess
	case 4:
		return avro.VerificationOutcomeFailed
	case 5:
		return avro.VerificationOutcomeError
	default:
		return avro.VerificationOutcomeUnknown
	}
}

func assuranceOf(rank uint64) avro.Assurance {
	for _, a := range [...]avro.Assurance{avro.AssuranceSharedSecret, avro.AssuranceSignedID, avro.AssuranceSignedBody} {
		if uint64(assuranceRank(a)) == rank { //nolint:gosec // 1 to 4
			return a
		}
	}
	return avro.AssuranceUnknown
}
