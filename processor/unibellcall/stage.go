package unibellcall

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/processor/watermark"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Name is the stage's name: of its consumer group, its topics, its metrics.
const Name = schemas.FamilyUnibellCall

// inputSize is room for a usual fact.
const inputSize = 768

// Stage is the unibell-call stage, a stage.Stage and a stage.WatermarkReporter.
type Stage struct {
	config        Config
	verifications verification.Repository
}

// New returns the stage; the settings must be valid.
func New(config Config) *Stage {
	return &Stage{config: config, verifications: verification.Repository{MinWait: config.Wait, Retention: config.Retention, Metrics: config.Metrics, Insights: config.Insights}}
}

// Apply processes a watermark, a fact, or a binding.
func (s *Stage) Apply(tx stage.Tx, in *stage.Input, decoded stage.Event) error {
	e, ok := decoded.(*event)
	if !ok {
		return fmt.Errorf("unibell-call: an event of type %T", decoded)
	}
	input := &e.UnibellInput
	trace := raw.Trace(in.Headers)
	switch {
	case input.Kind == avro.UnibellInputKindClock:
		return watermark.Observe(tx, s.config.Upstreams, input.UpstreamStage.Value, input.UpstreamPartition.Value, input.Clock.Value)
	case input.Kind == avro.UnibellInputKindErasure:
		return s.erase(tx, in)
	case input.Kind == avro.UnibellInputKindBinding:
		return s.bind(tx, in.Key, input, trace)
	case input.VerificationID.Set:
		return s.apply(tx, in.Key, input, trace)
	default:
		return s.keep(tx, in.Key, input, trace)
	}
}

// apply merges a fact into the verification with the key.
func (s *Stage) apply(tx stage.Tx, key []byte, in *avro.UnibellInput, trace []stage.Header) error {
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read a verification: %w", err)
	}
	v, err := verification.Parse(entry)
	if err != nil {
		return err
	}
	call := &in.Call.Value
	f := factOf(in)
	s.verifications.Apply(v, &f)
	change := entity.ChangeBy(&call.Origin, call.EventID)
	return s.verifications.Save(tx, key, v, &change, trace)
}

// OnTimer handles a call without a status, a status without a reference, or the
// end of either.
func (s *Stage) OnTimer(tx stage.Tx, key []byte) error {
	if request, held := bytes.CutPrefix(key, []byte(holdPrefix)); held {
		return s.overdue(tx, request)
	}
	return s.verifications.OnTimer(tx, key)
}

// ReportWatermark sends the partition's watermark to the journey stage.
func (s *Stage) ReportWatermark(tx stage.Tx, partition int32, at time.Time) error {
	return entity.ReportWatermark(tx, Name, partition, s.config.JourneyPartitions, at)
}

// erase deletes the verification under the key and, if the key is a request id's, the
// held facts and the binding.
func (s *Stage) erase(tx stage.Tx, in *stage.Input) error {
	r, err := erasure.Read(in)
	if err != nil {
		return err
	}
	tx.Delete(holdKey(tx, bytes.Clone(r.Key)))
	return s.verifications.Erase(tx, r)
}
