package stage

import (
	"errors"
	"fmt"
)

// ErrNewerState means that a later release wrote the state in a format that this release
// cannot read. A stage or a codec returns it instead of a wrong value; the engine ends,
// because only the later release can continue.
var ErrNewerState = errors.New("the state was written by a later release")

// Cause is a short reason why a record can never be processed. It is a header of the
// dead letter and a metric label.
type Cause string

// The causes that every stage may have; a stage may define others.
const (
	// CauseUndecodable: the bytes do not match the sender's documentation.
	CauseUndecodable Cause = "undecodable"
	// CauseUnknownType: this release does not know the event type; replay the record
	// once a release does.
	CauseUnknownType Cause = "unknown_type"
	// CauseSchemaMismatch: a field has another type than documented.
	CauseSchemaMismatch Cause = "schema_mismatch"
	// CauseOutOfRange: a value does not fit the output's type.
	CauseOutOfRange Cause = "out_of_range"
	// CauseTooLarge: an output or a state entry exceeds max.message.bytes.
	CauseTooLarge Cause = "too_large"
	// CauseStale: the event time is older than the deduplication window, and the
	// entity's state does not contain the event.
	CauseStale Cause = "stale"
)

// Causes returns the causes above.
func Causes() []Cause {
	return []Cause{CauseUndecodable, CauseUnknownType, CauseSchemaMismatch, CauseOutOfRange, CauseTooLarge, CauseStale}
}

// PermanentError means that a record can never be processed: the engine sends it to the
// dead-letter topic in the same transaction. Every other error of a stage is transient.
type PermanentError struct {
	Cause Cause
	// Detail describes where and why, without any value of the record, because it is
	// written to a header and to logs ("data.history[2].status: not an integer").
	Detail string
}

// Error implements error.
func (e *PermanentError) Error() string { return string(e.Cause) + ": " + e.Detail }

// Permanentf returns a *PermanentError. The arguments must not contain a value of the
// record: only names, positions and types.
func Permanentf(cause Cause, format string, args ...any) error {
	return &PermanentError{Cause: cause, Detail: fmt.Sprintf(format, args...)}
}
