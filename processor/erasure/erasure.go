package erasure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Request is a parsed erasure.
type Request struct {
	// Key is the entity's.
	Key []byte
	// Received is the time of the request.
	Received time.Time
	// Journeys are keys of journeys that may have the entity as a member, in addition
	// to those in its state.
	Journeys []string
	// Rows are names of rows in the entity's fact topic, in addition to those in its state.
	Rows []string
	// Change identifies the erasure as the cause of changes.
	Change avro.Change
	// Headers are the record's, to be passed on.
	Headers []stage.Header
}

// Eraser is a stage that can delete an entity.
type Eraser interface {
	// Erase deletes the entity's state and snapshot, and sends the erasure to the
	// stages downstream. An entity that does not exist is no error.
	Erase(tx stage.Tx, r *Request) error
}

// Accept returns a stage that handles erasures if stage is an Eraser, and else stage
// itself. The result implements the same optional interfaces as stage.
func Accept(wrapped stage.Stage) stage.Stage {
	eraser, ok := wrapped.(Eraser)
	if !ok {
		return wrapped
	}
	accepting := &accepting{Stage: wrapped, eraser: eraser}
	if reporter, ok := wrapped.(stage.WatermarkReporter); ok {
		return &reporting{accepting, reporter}
	}
	return accepting
}

// accepting is a stage that handles erasures.
type accepting struct {
	stage.Stage

	eraser Eraser
}

// reporting is an accepting stage that also reports its watermark.
type reporting struct {
	*accepting
	stage.WatermarkReporter
}

// Decode implements stage.Stage.
func (a *accepting) Decode(in *stage.Input) (stage.Event, error) {
	if !Is(in) {
		return a.Stage.Decode(in)
	}
	r, err := Read(in)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Apply implements stage.Stage.
func (a *accepting) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	r, ok := event.(*Request)
	if !ok {
		return a.Stage.Apply(tx, in, event)
	}
	tx.AdvanceWatermark(r.Received)
	return a.eraser.Erase(tx, r)
}

// Recycle implements stage.Recycler.
func (a *accepting) Recycle(event stage.Event) {
	if inner, ok := a.Stage.(stage.Recycler); ok {
		if _, own := event.(*Request); !own {
			inner.Recycle(event)
		}
	}
}

// Is reports whether a raw record is an erasure. Only a record without a value can be
// one, so the check of a webhook costs nothing.
func Is(in *stage.Input) bool {
	return len(in.Value) == 0 && kindOf(in.Headers) == raw.KindErasure
}

func kindOf(headers []stage.Header) string {
	for i := range headers {
		if headers[i].Key == raw.HeaderKind {
			return string(headers[i].Value)
		}
	}
	return ""
}

// Read parses an erasure from a raw record, or from a record that a stage derived from
// one.
func Read(in *stage.Input) (*Request, error) {
	envelope, err := raw.Parse(in.Headers)
	if err != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "%v", err)
	}
	r := &Request{
		Key: in.Key, Received: envelope.ReceivedAt, Headers: in.Headers,
		Change: avro.Change{
			Cause: avro.ChangeCauseRemoval, Topic: avro.Some(in.Topic), Partition: avro.Some(in.Partition), Offset: avro.Some(in.Offset),
		},
	}
	if len(r.Key) == 0 {
		return nil, stage.Permanentf(stage.CauseSchemaMismatch, "an erasure without a key")
	}
	for i := range in.Headers {
		var list *[]string
		switch in.Headers[i].Key {
		case raw.HeaderErasureJourneys:
			list = &r.Journeys
		case raw.HeaderErasureRows:
			list = &r.Rows
		default:
			continue
		}
		if err := json.Unmarshal(in.Headers[i].Value, list); err != nil {
			return nil, stage.Permanentf(stage.CauseUndecodable, "%s is no list", in.Headers[i].Key)
		}
	}
	return r, nil
}

// Tell sends the removal of the entity to the given journeys and those of the request.
func (r *Request) Tell(tx stage.Tx, journeys []string) error {
	journeys = slices.Concat(journeys, r.Journeys)
	slices.Sort(journeys)
	for _, journey := range slices.Compact(journeys) {
		if journey == "" {
			continue
		}
		input := avro.JourneyInput{
			Kind: avro.JourneyInputKindErasure, CorrelationID: journey, MemberID: avro.Some(string(r.Key)),
			ReceivedAt: avro.Some(r.Received), ChangedBy: r.Change,
		}
		value, err := input.AppendAvro(wire.AppendPlaceholder(tx.Buffer(256)))
		if err != nil {
			return fmt.Errorf("encode an erasure for a journey: %w", err)
		}
		tx.Emit(stage.Output{Topic: schemas.InternalJourney, Key: []byte(journey), Entity: bytes.Clone(r.Key), Value: value})
	}
	return nil
}
