package unibellcall

import (
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// attemptOf returns the id of the attempt that a fact belongs to. A call is an attempt:
// request and answer have the id that ingest gave the caller's request. A status has
// the provider's request id, or none.
func attemptOf(c *avro.UnibellCall) string {
	if c.Kind == avro.UnibellCallKindStatus {
		return verification.LooseAttempt(c.CallRequestID.Value)
	}
	return c.Origin.RequestID
}

// timeOf is when a fact happened.
func timeOf(c *avro.UnibellCall) time.Time { return c.StatusAt.Or(c.ReceivedAt) }

// factOf translates a fact about a call into one about its verification.
func factOf(in *avro.UnibellInput) verification.Fact {
	c := &in.Call.Value
	origin, at := &c.Origin, timeOf(c)
	name := statusOf(c)
	f := verification.Fact{
		At: at, EventID: c.EventID, ReceivedAt: c.ReceivedAt, Provider: raw.ProviderUnibell, Source: origin.Source,
		Namespace: in.Namespace.Value, Assurance: origin.Assurance,
		ProviderID: c.CallRequestID.Value, Status: verification.Status{Text: c.StatusRaw.Value, Name: name, At: at}, Outcome: outcomeOf(c),
		Plan: []verification.Step{{Channel: verification.ChannelCall}}, Awaited: avro.Some(in.StatusCallback), Uncorrelated: c.ReferenceMade,
	}
	attempt := verification.Attempt{
		ID: attemptOf(c), Channel: verification.ChannelCall, Name: name, ProcessedAt: at, ExternalID: c.CallRequestID.Value, Error: c.Error.Value,
	}
	if c.Kind == avro.UnibellCallKindRequest {
		f.CreatedAt, f.Phone, f.Block = c.ReceivedAt, c.SourceAddr, decisionOf(in)
	}
	if f.Outcome == avro.VerificationOutcomeSuccess {
		f.DeliveredChannel = verification.ChannelCall
	}
	f.Attempts = []verification.Attempt{attempt}
	for i, id := range c.CorrelationIDs {
		f.Correlation = append(f.Correlation, verification.Correlation{Slot: strconv.Itoa(i), ID: id})
	}
	return f
}

// decisionOf returns the decision of the unibell stage on the number's block.
func decisionOf(in *avro.UnibellInput) (p block.Decision) {
	phone := &in.Call.Value.SourceAddr.Value
	p.Full, p.Area, p.Hash = in.FullBlock.Value, len(in.Area.Value), uint64(in.NumberHash.Value) //nolint:gosec // bits
	p.Public, p.AsOf = len(phone.Block.Value), statecodec.InstantOf(phone.BlockAsOf.Value)
	return p
}

// statusOf returns the call's status according to the fact.
func statusOf(c *avro.UnibellCall) avro.AttemptStatus {
	if c.Kind == avro.UnibellCallKindRequest {
		return avro.AttemptStatusNew
	}
	switch c.Status.Value {
	case avro.CallStatusAccepted, avro.CallStatusPending:
		return avro.AttemptStatusInProgress
	case avro.CallStatusDelivered:
		return avro.AttemptStatusSuccess
	case avro.CallStatusRefused, avro.CallStatusFailed:
		return avro.AttemptStatusFailed
	case avro.CallStatusUnreachable:
		if neverReached(c) {
			return avro.AttemptStatusError
		}
		return avro.AttemptStatusUnknown
	default:
		return avro.AttemptStatusUnknown
	}
}

// outcomeOf returns the outcome that the fact reports, empty if none.
func outcomeOf(c *avro.UnibellCall) avro.VerificationOutcome {
	switch statusOf(c) {
	case avro.AttemptStatusSuccess:
		return avro.VerificationOutcomeSuccess
	case avro.AttemptStatusFailed:
		return avro.VerificationOutcomeFailed
	case avro.AttemptStatusError:
		return avro.VerificationOutcomeError
	default:
		return ""
	}
}

// neverReached reports whether the provider cannot have placed the call.
func neverReached(c *avro.UnibellCall) bool {
	return c.Unreachable.Value == "refused" || c.Unreachable.Value == "dns"
}
