package verification

import "github.com/tributary-hq/tributary/schemas/avro"

// The values of states as numbers; new values get the next one.

func codeOfName(v avro.AttemptStatus) uint64 {
	switch v {
	case avro.AttemptStatusNew:
		return 1
	case avro.AttemptStatusInProgress:
		return 2
	case avro.AttemptStatusSuccess:
		return 3
	case avro.AttemptStatusFailed:
		return 4
	case avro.AttemptStatusError:
		return 5
	default:
		return 0
	}
}

func nameOf(code uint64) avro.AttemptStatus {
	switch code {
	case 1:
		return avro.AttemptStatusNew
	case 2:
		return avro.AttemptStatusInProgress
	case 3:
		return avro.AttemptStatusSuccess
	case 4:
		return avro.AttemptStatusFailed
	case 5:
		return avro.AttemptStatusError
	default:
		return avro.AttemptStatusUnknown
	}
}

func codeOfOutcome(v avro.VerificationOutcome) uint64 {
	switch v {
	case avro.VerificationOutcomePending:
		return 1
	case avro.VerificationOutcomeExpired:
		return 2
	case avro.VerificationOutcomeSuccess:
		return 3
	case avro.VerificationOutcomeFailed:
		return 4
	case avro.VerificationOutcomeError:
		return 5
	default:
		return 0
	}
}

func outcomeOf(code uint64) avro.VerificationOutcome {
	switch code {
	case 1:
		return avro.VerificationOutcomePending
	case 2:
		return avro.VerificationOutcomeExpired
	case 3:
		return avro.VerificationOutcomeSuccess
	case 4:
		return avro.VerificationOutcomeFailed
	case 5:
		return avro.VerificationOutcomeError
	default:
		return avro.VerificationOutcomeUnknown
	}
}
