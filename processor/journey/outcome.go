package journey

import (
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// evaluation is the result of the rules for a journey at a time.
type evaluation struct {
	outcome avro.JourneyOutcome
	missing avro.JourneyMissing
	// deadline is the time from which on the awaited fact is missing; 0: none is awaited.
	deadline statecodec.Instant
	// late is how long after its deadline the awaited fact was received; 0: in time, or not
	// received yet.
	late time.Duration
}

// evaluate implements the rules in the package comment.
func evaluate(t *totals, now statecodec.Instant, c *Config) evaluation {
	v := evaluation{missing: avro.JourneyMissingNone}
	verified, taken := t.succeeded > 0, t.held+t.paid+t.refundedWhole+t.releasedWhole > 0
	payBy, verifyBy := t.verifiedReceived.Add(c.PaymentDeadline), t.takenReceived.Add(c.VerificationDeadline)
	switch {
	case verified && taken && t.takenReceived.Before(t.verifiedReceived):
		v.late = max(0, t.verifiedReceived.Sub(verifyBy))
	case verified && taken:
		v.late = max(0, t.takenReceived.Sub(payBy))
	case verified:
		v.await(payBy, now, avro.JourneyMissingPayment)
	case taken && t.unknown == 0:
		v.await(verifyBy, now, avro.JourneyMissingVerification)
	}
	v.outcome = outcome(t, v.missing != avro.JourneyMissingNone)
	return v
}

func (v *evaluation) await(deadline, now statecodec.Instant, missing avro.JourneyMissing) {
	v.deadline = deadline
	if !now.Before(deadline) {
		v.missing = missing
	}
}

// outcome returns the first outcome that holds. overdue is set if the deadline has passed.
func outcome(t *totals, overdue bool) avro.JourneyOutcome {
	verified := t.succeeded > 0
	switch {
	case t.paid > 0:
		return paidOutcome(t, overdue)
	case t.held > 0:
		return avro.JourneyOutcomeHeld
	case t.refundedWhole > 0:
		return avro.JourneyOutcomeRefunded
	case t.releasedWhole > 0:
		return avro.JourneyOutcomeReleased
	case verified && overdue:
		return avro.JourneyOutcomeVerifiedNotPaid
	case t.refused > 0 && t.waiting == 0:
		return avro.JourneyOutcomeRefused
	case verified || t.waiting > 0 || t.pending > 0:
		return avro.JourneyOutcomeInProgress
	case t.expired > 0:
		return avro.JourneyOutcomeVerificationExpired
	case t.failed > 0:
		return avro.JourneyOutcomeVerificationFailed
	default:
		return avro.JourneyOutcomeUnknown
	}
}

func paidOutcome(t *totals, overdue bool) avro.JourneyOutcome {
	switch {
	case t.succeeded > 0:
		return avro.JourneyOutcomeComplete
	case t.unknown > 0:
		return avro.JourneyOutcomeUnknown
	case overdue:
		return avro.JourneyOutcomePaidNotVerified
	default:
		return avro.JourneyOutcomeInProgress
	}
}

// The codes of the outcomes in state entries, none first; new ones are appended.

func codeOfOutcome(outcome avro.JourneyOutcome) uint64 {
	switch outcome {
	case avro.JourneyOutcomeUnknown:
		return 1
	case avro.JourneyOutcomeInProgress:
		return 2
	case avro.JourneyOutcomeComplete:
		return 3
	case avro.JourneyOutcomeVerifiedNotPaid:
		return 4
	case avro.JourneyOutcomePaidNotVerified:
		return 5
	case avro.JourneyOutcomeVerificationExpired:
		return 6
	case avro.JourneyOutcomeVerificationFailed:
		return 7
	case avro.JourneyOutcomeRefused:
		return 8
	case avro.JourneyOutcomeRefunded:
		return 9
	case avro.JourneyOutcomeHeld:
		return 10
	case avro.JourneyOutcomeReleased:
		return 11
	default:
		return 0
	}
}

// outcomeOfCode returns no outcome for a code of a later release.
func outcomeOfCode(code uint64) avro.JourneyOutcome {
	switch code {
	case 1:
		return avro.JourneyOutcomeUnknown
	case 2:
		return avro.JourneyOutcomeInProgress
	case 3:
		return avro.JourneyOutcomeComplete
	case 4:
		return avro.JourneyOutcomeVerifiedNotPaid
	case 5:
		return avro.JourneyOutcomePaidNotVerified
	case 6:
		return avro.JourneyOutcomeVerificationExpired
	case 7:
		return avro.JourneyOutcomeVerificationFailed
	case 8:
		return avro.JourneyOutcomeRefused
	case 9:
		return avro.JourneyOutcomeRefunded
	case 10:
		return avro.JourneyOutcomeHeld
	case 11:
		return avro.JourneyOutcomeReleased
	default:
		return ""
	}
}
