package journey

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/insights"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/watermark"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Name is the stage's name: of its consumer group, its topics, its metrics.
const Name = "journey"

// snapshotSize is the buffer size for a usual snapshot.
const snapshotSize = 640

// Stage is the journey stage, a stage.Stage.
type Stage struct {
	config Config
	// events and aggregates are pools for reuse.
	events, aggregates sync.Pool
}

// New returns the stage; the settings must be valid.
func New(config Config) *Stage { return &Stage{config: config} }

// event holds the times of an input's fact; Apply sets them.
type event struct{ dates stage.Times }

// Times implements stage.Timed; they are zero for an input that is not a fact.
func (e *event) Times() stage.Times { return e.dates }

// Decode does not decode the input, because thousands of inputs wait to be applied, and a
// decoded one takes four times the memory. Apply decodes it.
func (s *Stage) Decode(*stage.Input) (stage.Event, error) {
	e, ok := s.events.Get().(*event)
	if !ok {
		e = &event{}
	}
	e.dates = stage.Times{}
	return e, nil
}

// Recycle implements stage.Recycler.
func (s *Stage) Recycle(used stage.Event) {
	if e, ok := used.(*event); ok {
		s.events.Put(e)
	}
}

// Apply handles a watermark, a member, a removal or an erasure.
func (s *Stage) Apply(tx stage.Tx, in *stage.Input, decoded stage.Event) error {
	e, ok := decoded.(*event)
	if !ok {
		return fmt.Errorf("journey: an event of type %T", decoded)
	}
	b := s.aggregate(tx, in.Key)
	defer s.done(b)
	input := &b.input
	if err := read(in, input); err != nil {
		return err
	}
	e.dates = datesOf(input)
	switch input.Kind {
	case avro.JourneyInputKindClock:
		return watermark.Observe(tx, s.config.Upstreams, input.UpstreamStage.Value, input.UpstreamPartition.Value, input.Clock.Value)
	case avro.JourneyInputKindErasure:
		return s.erase(b, in)
	default:
		return s.applyMember(b, in)
	}
}

// applyMember applies a record about a member.
func (s *Stage) applyMember(b *aggregate, in *stage.Input) error {
	before, err := b.open()
	if err != nil {
		return err
	}
	facts, members := b.facts(), b.members()
	had := s.contributed(b, &b.was)
	changed, err := b.apply(&b.input)
	if err != nil || !changed {
		return err
	}
	s.count(b, had)
	change := b.input.ChangedBy
	if b.input.Kind == avro.JourneyInputKindRemoval {
		change.Cause = avro.ChangeCauseRemoval
	}
	certain := members == 0 || facts != b.facts()
	return s.save(b, before, &change, certain, in.Headers)
}

// OnTimer sets missing when a deadline has passed, or ends the journey.
func (s *Stage) OnTimer(tx stage.Tx, key []byte) error {
	if watermark.IsEntry(key) || len(key) == 0 || key[0] != mainKey {
		return errors.New("journey: a deadline of an entry that has none")
	}
	b := s.aggregate(tx, key[1:])
	defer s.done(b)
	before, err := b.open()
	if err != nil {
		return err
	}
	return s.save(b, before, &avro.Change{Cause: avro.ChangeCauseDeadline}, false, nil)
}

// ReportWatermark sends the partition's watermark to the insights stage.
func (s *Stage) ReportWatermark(tx stage.Tx, partition int32, at time.Time) error {
	return insights.ReportWatermark(tx, Name, partition, s.config.InsightsPartitions, at)
}

// aggregate returns the aggregate of a journey; the caller opens it.
func (s *Stage) aggregate(tx stage.Tx, key []byte) *aggregate {
	b, ok := s.aggregates.Get().(*aggregate)
	if !ok {
		b = &aggregate{}
	}
	b.tx, b.key, b.retention = tx, key, s.config.Retention
	return b
}

// open reads the journey and returns its state entry.
func (b *aggregate) open() (before []byte, err error) {
	before, err = b.tx.Get(appendMainKey(b.tx.Buffer(len(b.key)+1), b.key))
	if err == nil {
		err = b.read(before)
	}
	if err != nil {
		return nil, fmt.Errorf("read a journey: %w", err)
	}
	return before, nil
}

// done puts an aggregate back into the pool.
func (s *Stage) done(b *aggregate) {
	b.tx, b.key = nil, nil
	s.aggregates.Put(b)
}

// save evaluates the journey, emits its snapshot if that changed, and stores it. Unless it
// is certain to have changed, it is compared with that of the state entry before.
func (s *Stage) save(b *aggregate, before []byte, change *avro.Change, certain bool, headers []stage.Header) error {
	b.evaluatedAt = statecodec.Later(b.evaluatedAt, statecodec.InstantOf(b.tx.Watermark()))
	b.forget()
	if b.members() == 0 {
		return s.empty(b, before)
	}
	t := &b.sum
	b.totals(t, b.retention)
	if !b.evaluatedAt.Before(t.endsAt) {
		b.emit(nil, headers)
		return b.clear()
	}
	v := evaluate(t, b.evaluatedAt, &s.config)
	s.config.Metrics.MoveJourney(b.tx, b.counted, v.outcome)
	b.counted = v.outcome
	snapshot := &b.snapshotBuffer
	b.snapshot(snapshot, statecodec.View(b.key), t, &v)
	if !certain {
		same, err := s.same(before, snapshot)
		if err != nil {
			return err
		}
		certain = !same
	}
	if certain {
		b.revision = entity.NextRevision(b.tx, b.revision)
		snapshot.Revision, snapshot.ChangedBy, snapshot.ProcessedAt = b.revision, *change, b.tx.WallClock()
		value, err := snapshot.AppendAvro(wire.AppendPlaceholder(b.tx.Buffer(snapshotSize + memberSize*len(b.listed))))
		if err != nil {
			return fmt.Errorf("encode a journey: %w", err)
		}
		b.emit(value, headers)
	}
	deadline := t.endsAt
	if b.evaluatedAt.Before(v.deadline) {
		deadline = statecodec.Earlier(v.deadline, deadline)
	}
	b.store(deadline)
	return nil
}

// empty emits the tombstone of a journey without members. Its entry is kept while it holds
// tombstones.
func (s *Stage) empty(b *aggregate, before []byte) error {
	old, err := parseJourney(before)
	if err != nil {
		return err
	}
	if old.members() > 0 {
		b.emit(nil, nil)
	}
	s.config.Metrics.MoveJourney(b.tx, b.counted, "")
	b.counted = ""
	if len(b.tombstones) == 0 {
		return b.clear()
	}
	var deadline statecodec.Instant
	for i := range b.tombstones {
		deadline = statecodec.Earlier(deadline, b.tombstones[i].endsAt)
	}
	b.store(deadline)
	return nil
}

// same reports whether the snapshot equals the last one emitted, which it recomputes from the
// state entry before.
func (s *Stage) same(before []byte, snapshot *avro.JourneySnapshot) (bool, error) {
	old, err := parseJourney(before)
	if err != nil || old.members() == 0 {
		return false, err
	}
	var t totals
	old.totals(&t, s.config.Retention)
	v := evaluate(&t, old.evaluatedAt, &s.config)
	var was avro.JourneySnapshot
	old.snapshot(&was, snapshot.JourneyID, &t, &v)
	is := *snapshot
	was.ProcessedAt, is.ProcessedAt, is.Revision = time.Unix(0, 0), time.Unix(0, 0), was.Revision
	a, errA := was.AppendAvro(nil)
	b, errB := is.AppendAvro(nil)
	return errA == nil && errB == nil && bytes.Equal(a, b), nil
}

// emit emits the snapshot, or a tombstone if value is nil.
func (b *aggregate) emit(value []byte, headers []stage.Header) {
	b.tx.Emit(stage.Output{Topic: schemas.EnrichedJourneys, Key: b.key, Value: value, Headers: raw.Trace(headers)})
}

func (b *aggregate) store(deadline statecodec.Instant) {
	size := 96 + memberSize*len(b.listed)
	b.tx.Put(appendMainKey(b.tx.Buffer(len(b.key)+1), b.key), b.appendTo(b.tx.Buffer(size)), deadline.Time())
}
