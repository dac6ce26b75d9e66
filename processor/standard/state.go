package standard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// The bounds of an entity: the first of its types and of its journeys, in their order. Since
// they only grow, one that is beyond the bound once is so for ever, in whatever order the
// events come.
const (
	maxTypes    = 32
	maxJourneys = 16
)

// entry is the state of the events of one source and correlation id.
type entry struct {
	window          dedupe.Window
	revision, facts int64
	lastReceived    statecodec.Instant
	firstAt, lastAt statecodec.Instant
	assurance       avro.Assurance
	ids             []entity.JourneyID
	types           []eventType
}

// eventType counts the events of a type. Times are 0 if none has one.
type eventType struct {
	name            string
	firstAt, lastAt statecodec.Instant
	events          int64
}

// add adds an event that was not seen before.
func (e *entry) add(ev *event) {
	d := &ev.decoded
	at := statecodec.InstantOf(d.EventAt.Value)
	e.facts++
	e.firstAt, e.lastAt = statecodec.Earlier(e.firstAt, at), statecodec.Later(e.lastAt, at)
	e.assurance = entity.Weaker(e.assurance, d.Origin.Assurance)
	for _, id := range d.CorrelationIDs {
		next := entity.JourneyID{Namespace: ev.source.Namespace, ID: id}
		if i, found := slices.BinarySearchFunc(e.ids, next, entity.JourneyID.Compare); !found {
			e.ids = slices.Insert(e.ids, i, next)
		}
	}
	e.ids = e.ids[:min(len(e.ids), maxJourneys)]
	i, found := slices.BinarySearchFunc(e.types, d.EventType.Value, func(t eventType, name string) int { return strings.Compare(t.name, name) })
	if !found {
		e.types = slices.Insert(e.types, i, eventType{name: d.EventType.Value})
	}
	t := &e.types[i]
	t.events++
	t.firstAt, t.lastAt = statecodec.Earlier(t.firstAt, at), statecodec.Later(t.lastAt, at)
	e.types = e.types[:min(len(e.types), maxTypes)]
}

// member fills in the journey's part of the events.
func (e *entry) member(source string, m *avro.MilestoneMember, provider string) {
	m.Provider, m.Source, m.Milestones = provider, source, m.Milestones[:0]
	for i := range e.types {
		t := &e.types[i]
		m.Milestones = append(m.Milestones, avro.Milestone{
			Source: source, Type: t.name, FirstAt: entity.TimeOf(t.firstAt), LastAt: entity.TimeOf(t.lastAt), Events: t.events,
		})
	}
}

// entryVersion is the format of the state entry.
const entryVersion = 1

func parse(b []byte) (*entry, error) {
	e := &entry{}
	if b == nil {
		return e, nil
	}
	r, _ := statecodec.NewReader(b, entryVersion)
	e.window.ReadFrom(r)
	e.revision, e.facts = r.Int(), r.Int()
	e.lastReceived, e.firstAt, e.lastAt = r.Instant(), r.Instant(), r.Instant()
	e.assurance = entity.AssuranceOf(r.Uint())
	e.ids = make([]entity.JourneyID, r.Len())
	for i := range e.ids {
		e.ids[i] = entity.JourneyID{Namespace: r.Text(), ID: r.Text()}
	}
	e.types = make([]eventType, r.Len())
	for i := range e.types {
		e.types[i] = eventType{name: r.Text(), firstAt: r.Instant(), lastAt: r.Instant(), events: r.Int()}
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read the events of a correlation id: %w", err)
	}
	return e, nil
}

func (e *entry) appendTo(dst []byte) []byte {
	dst = e.window.AppendTo(append(dst, entryVersion))
	dst = statecodec.AppendInt(statecodec.AppendInt(dst, e.revision), e.facts)
	for _, at := range [...]statecodec.Instant{e.lastReceived, e.firstAt, e.lastAt} {
		dst = statecodec.AppendInstant(dst, at)
	}
	dst = statecodec.AppendUint(dst, entity.AssuranceCode(cmp.Or(e.assurance, avro.AssuranceUnknown)))
	dst = statecodec.AppendUint(dst, uint64(len(e.ids)))
	for _, id := range e.ids {
		dst = statecodec.AppendString(statecodec.AppendString(dst, id.Namespace), id.ID)
	}
	dst = statecodec.AppendUint(dst, uint64(len(e.types)))
	for i := range e.types {
		t := &e.types[i]
		dst = statecodec.AppendInstant(statecodec.AppendInstant(statecodec.AppendString(dst, t.name), t.firstAt), t.lastAt)
		dst = statecodec.AppendInt(dst, t.events)
	}
	return dst
}

// received notes the receipt of a record, a repeat or not.
func (e *entry) received(at time.Time) {
	e.lastReceived = statecodec.Later(e.lastReceived, statecodec.InstantOf(at))
}
