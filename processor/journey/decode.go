package journey

import (
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// read decodes an input. An input that no upstream stage can have written is a permanent error.
func read(in *stage.Input, input *avro.JourneyInput) error {
	_, body, err := wire.Parse(in.Value)
	if err != nil {
		return stage.Permanentf(stage.CauseUndecodable, "journey input: not in wire format")
	}
	if err := input.DecodeShared(body); err != nil {
		return stage.Permanentf(stage.CauseUndecodable, "journey input: not of this version's schema")
	}
	if fault := faultOf(input, len(in.Key)); fault != "" {
		return stage.Permanentf(stage.CauseSchemaMismatch, "journey input: %s", fault)
	}
	if input.Kind == avro.JourneyInputKindUnknown {
		return stage.Permanentf(stage.CauseUnknownType, "journey input: a kind this version does not know")
	}
	return nil
}

// datesOf returns the times of an input's fact; a watermark and a change by a deadline have none.
func datesOf(in *avro.JourneyInput) stage.Times {
	if in.ChangedBy.Cause != avro.ChangeCauseRecord || !in.ReceivedAt.Set {
		return stage.Times{}
	}
	// Only known providers are used, because they become a metric label.
	provider, ok := schemas.ProviderOfKey(in.MemberID.Value)
	if !ok {
		return stage.Times{}
	}
	return stage.Times{Origin: provider.ID, Event: in.LastEventAt.Value, Ingested: in.ReceivedAt.Value}
}

// faultOf returns the fault of an input that lacks a field of its kind.
func faultOf(in *avro.JourneyInput, keySize int) string {
	switch in.Kind {
	case avro.JourneyInputKindClock:
		if !in.UpstreamStage.Set || !in.UpstreamPartition.Set || !in.Clock.Set {
			return "a watermark without stage, partition or time"
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
	case avro.JourneyInputKindMilestone:
		if !in.Milestone.Set {
			return "milestones without their list"
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
