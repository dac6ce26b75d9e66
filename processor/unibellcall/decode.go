package unibellcall

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// event is a decoded input.
type event struct{ avro.UnibellInput }

// Times implements stage.Timed; they are zero for an input that is not a fact.
func (e *event) Times() stage.Times {
	if !e.Call.Set {
		return stage.Times{}
	}
	call := &e.Call.Value
	return stage.Times{Origin: call.Origin.Provider, Event: call.StatusAt.Value, Ingested: call.ReceivedAt}
}

// Decode parses the input. A record that the unibell stage cannot have written is a
// permanent error.
func (*Stage) Decode(in *stage.Input) (stage.Event, error) {
	_, body, err := wire.Parse(in.Value)
	if err != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "unibell input: not in wire format")
	}
	input := &event{}
	if err := input.DecodeAvro(body); err != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "unibell input: not of this version's schema")
	}
	fault := ""
	switch {
	case input.Kind == avro.UnibellInputKindUnknown:
		return nil, stage.Permanentf(stage.CauseUnknownType, "unibell input: a kind this version does not know")
	case input.Kind == avro.UnibellInputKindClock:
		if !input.UpstreamStage.Set || !input.UpstreamPartition.Set || !input.Clock.Set {
			fault = "a watermark without stage, partition or time"
		}
	case len(in.Key) == 0 || bytes.IndexByte(in.Key, 0) >= 0:
		fault = "no key"
	case !input.Call.Set && input.Kind != avro.UnibellInputKindErasure:
		fault = "no fact"
	case input.Kind == avro.UnibellInputKindBinding && input.VerificationID.Value == "":
		fault = "a binding without a verification"
	}
	if fault != "" {
		return nil, stage.Permanentf(stage.CauseSchemaMismatch, "unibell input: %s", fault)
	}
	return input, nil
}
