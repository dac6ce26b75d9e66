// Package failure has the errors that end a session or a worker, and names the kind of any
// error without its text.
package failure

import "errors"

var (
	// ErrRejoin ends a session that cannot continue, for example because the outcome of a
	// commit is unknown. A new session rejoins the group and restores from the changelog.
	ErrRejoin = errors.New("the session cannot go on")
	// ErrGroup means that joining the group fails; kgo keeps trying.
	ErrGroup = errors.New("the group cannot be joined")
	// ErrNotApplied wraps an error from applying a record or firing a timer.
	ErrNotApplied = errors.New("a batch could not be applied")
	// ErrInstanceTaken means that another process uses the same instance id.
	ErrInstanceTaken = errors.New("the instance id is another process's")
)

// fatalError is an error that a new session would meet again.
type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }
func (e *fatalError) Unwrap() error { return e.err }

// Fatal marks an error that a new session would meet again: it ends the worker.
func Fatal(err error) error { return &fatalError{err} }

// IsFatal reports whether an error is marked by Fatal.
func IsFatal(err error) bool {
	var fatal *fatalError
	return errors.As(err, &fatal)
}
