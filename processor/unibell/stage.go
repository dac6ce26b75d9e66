package unibell

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Name is the stage's name: of its consumer group, its topics, its metrics.
const Name = schemas.FamilyUnibell

// callSize is room for a usual fact.
const callSize = 768

// Stage is the unibell stage, a stage.Stage and a stage.WatermarkReporter.
type Stage struct {
	config Config
	blocks block.Rule
}

var _ erasure.Eraser = (*Stage)(nil)

// New returns the stage; the settings must be valid.
func New(config Config) *Stage {
	return &Stage{config: config, blocks: config.Privacy.Blocks(config.Retention)}
}

// Apply deduplicates a fact and sends it to the unibell-call stage.
func (s *Stage) Apply(tx stage.Tx, in *stage.Input, decoded stage.Event) error {
	e, ok := decoded.(*event)
	if !ok {
		return fmt.Errorf("unibell: an event of type %T", decoded)
	}
	tx.AdvanceWatermark(e.call.ReceivedAt)
	key := append(tx.Buffer(len(e.key)), e.key...)
	stored, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read a Unibell call: %w", err)
	}
	state, err := parse(stored)
	if err != nil {
		return err
	}
	trace := raw.Trace(in.Headers)
	known, err := entity.Observe(tx, &state.window, &entity.Occurrence{
		Key: key, State: key, Origin: e.call.Origin, ReceivedAt: e.call.ReceivedAt, ID: e.call.EventID, EventID: e.call.EventID, By: avro.KnownByCallStatus,
		EventTime: e.call.StatusAt.Or(e.call.CallCreatedAt.Value), AcceptStale: e.source.AcceptStale, Trace: trace,
	}, dedupe.Policy{Span: s.config.Span, Keep: s.config.Retention})
	if err != nil || known.Repeated {
		return err
	}
	state.made = state.made || e.call.ReferenceMade
	if e.call.ReceivedAt.After(state.last) {
		state.last = e.call.ReceivedAt
	}
	if err := s.decideBlock(tx, e, &state); err != nil {
		return err
	}
	value := statecodec.AppendBool(statecodec.AppendTime(append(tx.Buffer(256), entryVersion), state.last), state.made)
	tx.Put(key, state.decision.AppendTo(state.window.AppendTo(value)), state.last.Add(s.config.Retention+time.Millisecond))
	return e.send(tx, key, &state, trace)
}

// decideBlock decides on the block of the number that calls, once as long as it is the same.
func (s *Stage) decideBlock(tx stage.Tx, e *event, state *entry) (err error) {
	if e.number.Full == "" {
		return nil
	}
	state.decision, err = s.blocks.DecideOnce(tx, &state.decision, &e.number, e.call.ReceivedAt)
	return err
}

// send emits the fact, and, if it has both ids, the binding of the request id to the
// reference.
func (e *event) send(tx stage.Tx, key []byte, state *entry, trace []stage.Header) error {
	call := e.call  // a decoded event is not changed: the round may be done again
	if state.made { // by ingest, as far as is known now
		call.ReferenceMade, call.CorrelationIDs = true, nil
	}
	decision := &state.decision
	if e.number.Full == "" {
		decision = &block.Decision{}
	}
	call.SourceAddr.Value = entity.WithBlock(call.SourceAddr.Value, decision)
	if err := entity.Emit(tx, schemas.DecodedUnibellCall, key, &call, callSize, trace); err != nil {
		return err
	}
	e.faults.Count(tx)
	input := avro.UnibellInput{
		Kind: avro.UnibellInputKindFact, Call: avro.Some(call), VerificationID: call.VerificationID,
		RequestKey: entity.Text(e.requestKey), StatusCallback: e.source.StatusCallback, Namespace: entity.Text(e.source.Namespace),
		FullBlock: entity.Text(decision.Full), Area: entity.Text(decision.AreaCode()),
		NumberHash: avro.Optional[int64]{Value: int64(decision.Hash), Set: decision.Hash != 0}, //nolint:gosec // bits
	}
	if err := entity.Emit(tx, schemas.InternalUnibell, key, &input, callSize, trace); err != nil {
		return err
	}
	if !e.both {
		return nil
	}
	input.Kind = avro.UnibellInputKindBinding
	return entity.Emit(tx, schemas.InternalUnibell, append(tx.Buffer(len(e.requestKey)), e.requestKey...), &input, callSize, trace)
}

// OnTimer deletes the state of a key whose time is over.
func (s *Stage) OnTimer(tx stage.Tx, key []byte) error {
	switch {
	case dedupe.IsEntry(key):
		tx.Delete(key)
		return nil
	case block.IsEntry(key):
		return s.blocks.OnTimer(tx, key)
	}
	return entity.Delete(tx, key)
}

// ReportWatermark sends the partition's watermark to the unibell-call stage.
func (s *Stage) ReportWatermark(tx stage.Tx, partition int32, watermark time.Time) error {
	return entity.EmitWatermark(tx, schemas.InternalUnibell, Name, s.config.CallPartitions, &avro.UnibellInput{
		Kind: avro.UnibellInputKindClock, UpstreamStage: avro.Some(Name), UpstreamPartition: avro.Some(partition), Clock: avro.Some(watermark),
	})
}

// Erase deletes the state of a reference or request id, and sends the erasure on to the
// stage that keeps the verification.
func (s *Stage) Erase(tx stage.Tx, r *erasure.Request) error {
	stored, err := tx.Get(r.Key)
	if err != nil {
		return fmt.Errorf("read a Unibell call: %w", err)
	}
	state, err := parse(stored)
	if err != nil {
		return err
	}
	if err := s.blocks.Forget(tx, &state.decision.Number); err != nil {
		return err
	}
	if err := entity.Delete(tx, bytes.Clone(r.Key)); err != nil {
		return err
	}
	input := avro.UnibellInput{Kind: avro.UnibellInputKindErasure, VerificationID: avro.Some(string(r.Key))}
	return entity.Emit(tx, schemas.InternalUnibell, r.Key, &input, 128, r.Headers)
}
