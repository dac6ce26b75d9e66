package engine

import "fmt"

// The errors whose kinds are tested below are private: they never leave a worker.

// ErrorKind is the word for an error on spans.
func ErrorKind(err error) string { return errorKind(err) }

// FatalError is an error that ends a worker.
func FatalError(text string) error { return &fatalError{fmt.Errorf("%w: %s", errRejoin, text)} }
