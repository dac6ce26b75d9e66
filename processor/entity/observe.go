package entity

import (
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Occurrence is a raw record that reports a fact of an entity.
type Occurrence struct {
	// Key is the key of the entity's records. State is the key of its state entry.
	Key, State []byte
	// Origin is the position of the record and its source. ReceivedAt is its receipt.
	Origin     avro.Origin
	ReceivedAt time.Time
	// EventID is the id of the fact as records show it. ID identifies the fact within the
	// entity by the rule By; it is short-lived and copied.
	EventID, ID string
	By          avro.KnownBy
	// Tag is stored with the id of a new fact: see dedupe.Event.
	Tag []byte
	// EventTime is the latest time in the fact by the provider's clock; zero: it has none.
	EventTime time.Time
	// Forgotten is set for a fact without a time whose id may have been forgotten.
	Forgotten bool
	// AcceptStale accepts a fact however old it is.
	AcceptStale bool
	// Attempt is the number of the delivery attempt.
	Attempt avro.Optional[int32]
	// Trace is the record's trace context.
	Trace []stage.Header
}

// Observe looks a fact up among those of its entity and remembers it if it is new. It emits
// a duplicate for a repeat and returns a permanent error for a stale fact.
func Observe(tx stage.Tx, window *dedupe.Window, o *Occurrence, policy dedupe.Policy) (dedupe.Result, error) {
	known, err := window.Observe(tx, o.State, &dedupe.Event{
		ID: o.ID, Tag: o.Tag, EventTime: o.EventTime, Forgotten: o.Forgotten, AcceptStale: o.AcceptStale,
		Here: dedupe.Position{Partition: o.Origin.Partition, Offset: o.Origin.Offset, ReceivedAt: o.ReceivedAt},
	}, policy)
	if err != nil || !known.Repeated {
		return known, err
	}
	d := Duplicate(o, known.First)
	return known, emitDuplicate(tx, o.Key, &d, o.Trace)
}

// lostOffset is the offset of a first record that is gone and whose place its repeat has.
const lostOffset = -1

// Duplicate returns the duplicate record of a repeat. A record may come to the offset of the
// one that it repeats, where a topic lost its end: then the first has no offset.
func Duplicate(o *Occurrence, first dedupe.Position) avro.Duplicate {
	from := &o.Origin
	d := avro.Duplicate{
		Provider: from.Provider, Source: from.Source, EventID: o.EventID, KnownBy: o.By, AttemptNumber: o.Attempt,
		ReceivedAt: o.ReceivedAt, Record: avro.RecordPosition{Topic: from.Topic, Partition: from.Partition, Offset: from.Offset},
		FirstReceivedAt: first.ReceivedAt, First: avro.RecordPosition{Topic: from.Topic, Partition: first.Partition, Offset: first.Offset},
	}
	if d.First.Partition == d.Record.Partition && d.First.Offset == d.Record.Offset {
		d.First.Offset = lostOffset
	}
	return d
}
