package journey

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/processor/clock"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Name is the stage's name: of its consumer group, its topics, its metrics.
const Name = "journey"

// snapshotSize is room for a usual snapshot.
const snapshotSize = 640

// Stage is the journey stage, an engine.Stage.
type Stage struct {
	config Config
	// inputs and books are memory to be used again.
	inputs, books sync.Pool
}

// New returns the stage; the settings must be valid.
func New(config Config) *Stage { return &Stage{config: config} }

// Decode reads the input. What the stages before cannot have written is a
// permanent error.
func (s *Stage) Decode(in *engine.Input) (engine.Event, error) {
	_, body, err := wire.Parse(in.Value)
	if err != nil {
		return nil, engine.Permanentf(engine.CauseUndecodable, "journey input: not in wire format")
	}
	input, ok := s.inputs.Get().(*avro.JourneyInput)
	if !ok {
		input = &avro.JourneyInput{}
	}
	if err := input.DecodeShared(body); err != nil {
		return nil, engine.Permanentf(engine.CauseUndecodable, "journey input: not of this version's schema")
	}
	if fault := faultOf(input, len(in.Key)); fault != "" {
		return nil, engine.Permanentf(engine.CauseSchemaMismatch, "journey input: %s", fault)
	}
	if input.Kind == avro.JourneyInputKindUnknown {
		return nil, engine.Permanentf(engine.CauseUnknownType, "journey input: a kind this version does not know")
	}
	return input, nil
}

// Recycle implements engine.Recycler.
func (s *Stage) Recycle(event engine.Event) {
	if input, ok := event.(*avro.JourneyInput); ok {
		s.inputs.Put(input)
	}
}

// faultOf says what an input lacks that its kind needs.
func faultOf(in *avro.JourneyInput, keySize int) string {
	switch in.Kind {
	case avro.JourneyInputKindClock:
		if !in.UpstreamStage.Set || !in.UpstreamPartition.Set || !in.Clock.Set {
			return "a clock without stage, partition or time"
		}
		return ""
	case avro.JourneyInputKindVerification:
		if !in.Verification.Set {
			return "a verification without its state"
		}
	case avro.JourneyInputKindPayment:
		if !in.Payment.Set {
			return "a payment without its state"
		}
	default:
	}
	known := in.Kind != avro.JourneyInputKindUnknown
	switch {
	case known && (keySize == 0 || in.CorrelationID == ""):
		return "no correlation id"
	case known && in.MemberID.Value == "":
		return "no member id"
	case known && in.Kind != avro.JourneyInputKindRemoval && in.Kind != avro.JourneyInputKindErasure && (!in.MemberRevision.Set || !in.ReceivedAt.Set):
		return "a member without revision or received_at"
	default:
		return ""
	}
}

// Apply notes a clock or a member.
func (s *Stage) Apply(tx engine.Tx, in *engine.Input, event engine.Event) error {
	input, ok := event.(*avro.JourneyInput)
	if !ok {
		return fmt.Errorf("journey: an event of type %T", event)
	}
	if input.Kind == avro.JourneyInputKindClock {
		return clock.Observe(tx, s.config.Upstreams, input.UpstreamStage.Value, input.UpstreamPartition.Value, input.Clock.Value)
	}
	if input.Kind == avro.JourneyInputKindErasure {
		return s.erase(tx, in, input)
	}
	before, b, err := s.open(tx, in.Key)
	if err != nil {
		return err
	}
	defer s.done(b)
	facts, members := b.facts(), b.members()
	changed, err := b.tell(input)
	if err != nil || !changed {
		return err
	}
	change := input.ChangedBy
	if input.Kind == avro.JourneyInputKindRemoval {
		change.Cause = avro.ChangeCauseRemoval
	}
	surely := members == 0 || facts != b.facts()
	return s.settle(b, before, &change, surely, in.Headers)
}

// Expire makes the claim whose deadline is over, or ends the journey.
func (s *Stage) Expire(tx engine.Tx, key []byte) error {
	if clock.IsEntry(key) || len(key) == 0 || key[0] != mainKey {
		return errors.New("journey: a deadline of an entry that has none")
	}
	before, b, err := s.open(tx, key[1:])
	if err != nil {
		return err
	}
	defer s.done(b)
	return s.settle(b, before, &avro.Change{Cause: avro.ChangeCauseDeadline}, false, nil)
}

func (s *Stage) open(tx engine.Tx, key []byte) (before []byte, b *book, err error) {
	before, err = tx.Get(appendMainKey(tx.Buffer(len(key)+1), key))
	if err != nil {
		return nil, nil, fmt.Errorf("read a journey: %w", err)
	}
	b, ok := s.books.Get().(*book)
	if !ok {
		b = &book{}
	}
	b.tx, b.key, b.retention = tx, key, s.config.Retention
	if err := b.read(before); err != nil {
		return nil, nil, fmt.Errorf("read a journey: %w", err)
	}
	return before, b, nil
}

// done keeps a book's memory for the next.
func (s *Stage) done(b *book) {
	b.tx, b.key = nil, nil
	s.books.Put(b)
}

// settle judges the journey, emits its snapshot if that changed, and stores it.
// surely says that it changed; otherwise it is compared with what is in before.
func (s *Stage) settle(b *book, before []byte, change *avro.Change, surely bool, headers []raw.Header) error {
	b.clock = later(b.clock, b.tx.Now())
	b.forget()
	if b.members() == 0 {
		return s.empty(b, before)
	}
	t := b.totals(b.retention, b.money, b.cost)
	b.money, b.cost = t.money, t.cost
	if !b.clock.Before(t.endsAt) {
		b.emit(nil, headers)
		return b.clear()
	}
	v := judge(&t, b.clock, &s.config)
	s.config.Figures.MoveJourney(b.tx, b.shown, v.outcome)
	b.shown = v.outcome
	snapshot := &b.told
	b.snapshot(snapshot, &t, &v)
	if !surely {
		same, err := s.same(before, snapshot)
		if err != nil {
			return err
		}
		surely = !same
	}
	if surely {
		if b.revision == 0 {
			b.revision = engine.FirstRevision(b.tx)
		}
		b.revision++
		snapshot.Revision, snapshot.ChangedBy, snapshot.ProcessedAt = b.revision, *change, b.tx.WallClock()
		value, err := snapshot.AppendAvro(wire.AppendPlaceholder(b.tx.Buffer(snapshotSize + memberSize*len(b.listed))))
		if err != nil {
			return fmt.Errorf("encode a journey: %w", err)
		}
		b.emit(value, headers)
	}
	deadline := t.endsAt
	if b.clock.Before(v.deadline) {
		deadline = earlier(v.deadline, deadline)
	}
	b.store(deadline)
	return nil
}

// empty ends the snapshot of a journey that its last member left. The entry stays
// while there are departures to remember.
func (s *Stage) empty(b *book, before []byte) error {
	old, err := parseJourney(before)
	if err != nil {
		return err
	}
	if old.members() > 0 {
		b.emit(nil, nil)
	}
	s.config.Figures.MoveJourney(b.tx, b.shown, "")
	b.shown = ""
	if len(b.gone) == 0 {
		return b.clear()
	}
	var deadline time.Time
	for i := range b.gone {
		deadline = earlier(deadline, b.gone[i].endsAt)
	}
	b.store(deadline)
	return nil
}

// same says whether the snapshot is the one last emitted, which is what the entry
// before amounted to when it was stored.
func (s *Stage) same(before []byte, snapshot *avro.JourneySnapshot) (bool, error) {
	old, err := parseJourney(before)
	if err != nil || old.members() == 0 {
		return false, err
	}
	t := old.totals(s.config.Retention, nil, nil)
	v := judge(&t, old.clock, &s.config)
	var was avro.JourneySnapshot
	old.snapshot(&was, &t, &v)
	is := *snapshot
	was.ProcessedAt, is.ProcessedAt, is.Revision = time.Unix(0, 0), time.Unix(0, 0), was.Revision
	a, errA := was.AppendAvro(nil)
	b, errB := is.AppendAvro(nil)
	return errA == nil && errB == nil && bytes.Equal(a, b), nil
}

// emit produces the snapshot, or its end where value is nil.
func (b *book) emit(value []byte, headers []raw.Header) {
	b.tx.Emit(engine.Output{Topic: schemas.EnrichedJourneys, Key: b.key, Value: value, Headers: traceOf(headers)})
}

func (b *book) store(deadline time.Time) {
	size := 96 + memberSize*len(b.listed)
	b.tx.Put(appendMainKey(b.tx.Buffer(len(b.key)+1), b.key), b.appendTo(b.tx.Buffer(size)), deadline)
}

// traceOf keeps the W3C trace context, so that a trace goes on to the journey.
func traceOf(headers []raw.Header) []raw.Header {
	var trace []raw.Header
	for _, h := range headers {
		if h.Key == raw.HeaderTraceparent || h.Key == raw.HeaderTracestate {
			trace = append(trace, h)
		}
	}
	return trace
}
