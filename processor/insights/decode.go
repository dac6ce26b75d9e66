package insights

import (
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// read decodes an input. An input that no upstream stage can have written is a permanent
// error.
func read(in *stage.Input, input *avro.InsightsInput) error {
	_, body, err := wire.Parse(in.Value)
	if err != nil {
		return stage.Permanentf(stage.CauseUndecodable, "insights input: not in wire format")
	}
	if err := input.DecodeAvro(body); err != nil {
		return stage.Permanentf(stage.CauseUndecodable, "insights input: not of this version's schema")
	}
	if fault := faultOf(input); fault != "" {
		return stage.Permanentf(stage.CauseSchemaMismatch, "insights input: %s", fault)
	}
	if input.Kind == avro.InsightsInputKindUnknown {
		return stage.Permanentf(stage.CauseUnknownType, "insights input: a kind this version does not know")
	}
	return nil
}

// faultOf returns the fault of an input that lacks a field of its kind.
func faultOf(in *avro.InsightsInput) string {
	switch {
	case in.Kind == avro.InsightsInputKindClock && (!in.UpstreamStage.Set || !in.UpstreamPartition.Set || !in.Clock.Set):
		return "a watermark without stage, partition or time"
	case in.Kind == avro.InsightsInputKindFunnel && !in.Funnel.Set:
		return "differences without their list"
	case in.Kind == avro.InsightsInputKindAccount && !in.Account.Set:
		return "an account without its state"
	case in.Kind == avro.InsightsInputKindProvider && !in.ProviderCounts.Set:
		return "a provider without its counts"
	default:
		return ""
	}
}
