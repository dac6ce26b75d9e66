package standard

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Name is the stage's name.
const Name = raw.ProviderStandard

// usualSize is the usual size of a decoded record and of a state entry, in bytes.
const usualSize = 512

// Stage is the stage. Make it with New.
type Stage struct{ config Config }

var (
	_ stage.Stage             = (*Stage)(nil)
	_ stage.WatermarkReporter = (*Stage)(nil)
	_ erasure.Eraser          = (*Stage)(nil)
)

// New returns the stage; the settings must be valid.
func New(config Config) *Stage { return &Stage{config: config} }

// Apply adds an event to those of its correlation id, or emits a duplicate if it is a repeat.
func (s *Stage) Apply(tx stage.Tx, in *stage.Input, decoded stage.Event) error {
	e, ok := decoded.(*event)
	if !ok {
		return fmt.Errorf("standard: an event of type %T", decoded)
	}
	d := &e.decoded
	tx.AdvanceWatermark(d.ReceivedAt)
	key := append(tx.Buffer(len(e.key)), e.key...)
	stored, err := tx.Get(key)
	if err != nil {
		return err
	}
	state, err := parse(stored)
	if err != nil {
		return err
	}
	trace := raw.Trace(in.Headers)
	// A sender may try again for more than the deduplication span, so ids are kept with the
	// entity.
	known, err := entity.Observe(tx, &state.window, &entity.Occurrence{
		Key: key, State: key, Origin: d.Origin, ReceivedAt: d.ReceivedAt, ID: e.id, EventID: d.EventID, By: avro.KnownByEventID,
		EventTime: d.EventAt.Value, AcceptStale: e.source.AcceptStale, Trace: trace,
	}, dedupe.Policy{Span: s.config.Retention, Keep: dedupe.WithEntity})
	if err != nil {
		return err
	}
	state.received(d.ReceivedAt)
	if !known.Repeated {
		if err := entity.Emit(tx, schemas.DecodedStandardEvent, key, d, usualSize, trace); err != nil {
			return err
		}
		e.faults.Count(tx)
		state.add(e)
		if err := s.emit(tx, key, state, e, trace); err != nil {
			return err
		}
	}
	tx.Put(key, state.appendTo(tx.Buffer(usualSize)), s.end(state))
	return nil
}

func (s *Stage) end(e *entry) time.Time { return e.lastReceived.Time().Add(s.config.Retention) }

// emit sends the events to their journeys.
func (s *Stage) emit(tx stage.Tx, key []byte, state *entry, e *event, trace []stage.Header) error {
	state.revision = entity.NextRevision(tx, state.revision)
	var journeys entity.Journeys
	if !journeys.Replace(append(journeys.Next(), state.ids...)) {
		return nil
	}
	d := &e.decoded
	journeys.Input = avro.JourneyInput{
		MemberID: avro.Some(string(key)), MemberRevision: avro.Some(state.revision), MemberFacts: avro.Some(state.facts),
		Assurance: state.assurance, FirstEventAt: entity.TimeOf(state.firstAt), LastEventAt: entity.TimeOf(state.lastAt),
		ReceivedAt: avro.Some(state.lastReceived.Time()), ExpiresAt: avro.Some(s.end(state)),
		ChangedBy: entity.ChangeBy(&d.Origin, d.EventID),
	}
	state.member(d.Origin.Source, &journeys.Input.Milestone.Value, d.Origin.Provider)
	return journeys.Emit(tx, avro.JourneyInputKindMilestone, trace)
}

// OnTimer deletes the state of a correlation id whose time is over. Its journeys keep it as a
// member until they end.
func (*Stage) OnTimer(tx stage.Tx, key []byte) error {
	if dedupe.IsEntry(key) {
		tx.Delete(key)
		return nil
	}
	return entity.Delete(tx, key)
}

// ReportWatermark sends the partition's watermark to the journey stage.
func (s *Stage) ReportWatermark(tx stage.Tx, partition int32, watermark time.Time) error {
	return entity.ReportWatermark(tx, Name, partition, s.config.JourneyPartitions, watermark)
}

// Erase deletes the events of a correlation id: their state and their membership of journeys.
func (*Stage) Erase(tx stage.Tx, r *erasure.Request) error {
	stored, err := tx.Get(r.Key)
	if err != nil {
		return err
	}
	state, err := parse(stored)
	if err != nil {
		return err
	}
	var journeys entity.Journeys
	if err := entity.Delete(tx, bytes.Clone(r.Key)); err != nil {
		return err
	}
	return r.Tell(tx, journeys.Keys(state.ids))
}
