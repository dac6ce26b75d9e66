package engine

import "fmt"

// Cause says in a word why a record can never be handled. It is a header of the
// dead letter and a label of a metric.
type Cause string

// The causes.
const (
	// CauseUndecodable: the bytes are not what the provider documents.
	CauseUndecodable Cause = "undecodable"
	// CauseUnknownType: an event type this version does not know; replay it once
	// a version does.
	CauseUnknownType Cause = "unknown_type"
	// CauseSchemaMismatch: a field has another type than documented.
	CauseSchemaMismatch Cause = "schema_mismatch"
	// CauseOutOfRange: a value that the output's type cannot hold.
	CauseOutOfRange Cause = "out_of_range"
	// CauseTooLarge: an output or state entry over max.message.bytes.
	CauseTooLarge Cause = "too_large"
	// CauseUnknownSource: the processor does not know the record's source, or not the
	// settings under which it was taken; replay it once it does.
	CauseUnknownSource Cause = "unknown_source"
	// CauseStale: older by the provider's own time than the deduplication span,
	// of an entity that does not know it.
	CauseStale Cause = "stale"
)

// PermanentError says that a record can never be handled: it goes to the dead
// letters, in the same transaction. Every other error of a stage is transient.
type PermanentError struct {
	Cause Cause
	// Detail says where and what, without a value of the record: it is written
	// into a header and into logs ("data.history[2].status: not an integer").
	Detail string
}

// Error implements error.
func (e *PermanentError) Error() string { return string(e.Cause) + ": " + e.Detail }

// Permanentf makes a *PermanentError. The arguments must not hold a value of the
// record: names, positions and types only.
func Permanentf(cause Cause, format string, args ...any) error {
	return &PermanentError{Cause: cause, Detail: fmt.Sprintf(format, args...)}
}
