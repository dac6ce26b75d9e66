package lox24

import (
	"math"
	"time"
	"unsafe"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// reader reads values of the documented types and keeps the first fault that is
// not the scanner's own.
type reader struct {
	*jsonscan.Scanner
	// path is put before the scanner's own paths.
	path  string
	fault error
}

// keys are the known keys of an object met so far.
type keys uint32

// once notes the key number n: a known key that is there twice makes a body
// undecodable, for readers differ in which of the two counts.
func (k *keys) once(r *reader, n int, name string) {
	bit := keys(1) << n
	if *k&bit != 0 {
		r.fail(engine.CauseUndecodable, name+": the key is there twice")
	}
	*k |= bit
}

func (r *reader) fail(cause engine.Cause, detail string) {
	if r.fault == nil {
		r.fault = &engine.PermanentError{Cause: cause, Detail: detail}
	}
}

// done returns the first fault. The scanner's own end all reading, so that none
// of ours comes after one of them.
func (r *reader) done(err error) error {
	if r.fault == nil && err != nil {
		return verification.Unreadable(r.path, err)
	}
	return r.fault
}

// text reads a string or null, without copying: it is a part of the record, which
// outlives the event.
func (r *reader) text() string {
	text, _ := r.BytesOrNull()
	return view(text)
}

func view(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // a record's bytes are never changed
}

// optional reads a string or null.
func (r *reader) optional() avro.Optional[string] {
	text, set := r.BytesOrNull()
	return avro.Optional[string]{Value: view(text), Set: set}
}

// int64 reads an integer or null.
func (r *reader) int64() avro.Optional[int64] {
	n, set := r.Int64OrNull()
	return avro.Optional[int64]{Value: n, Set: set}
}

// int32 reads an integer or null.
func (r *reader) int32(name string) avro.Optional[int32] {
	n := r.int64()
	if n.Value < math.MinInt32 || n.Value > math.MaxInt32 {
		r.fail(engine.CauseOutOfRange, name+": the integer does not fit 32 bits")
		return avro.Optional[int32]{}
	}
	return avro.Optional[int32]{Value: int32(n.Value), Set: n.Set}
}

// time reads unix seconds or null.
func (r *reader) time(name string) avro.Optional[time.Time] {
	n := r.int64()
	const year10000 = 253402300800
	switch {
	case !n.Set:
		return avro.Optional[time.Time]{}
	case n.Value < 0 || n.Value >= year10000:
		r.fail(engine.CauseOutOfRange, name+": not a time in unix seconds")
		return avro.Optional[time.Time]{}
	}
	return avro.Some(time.Unix(n.Value, 0).UTC())
}

// bool reads a boolean or null.
func (r *reader) bool() avro.Optional[bool] {
	if r.Null() {
		return avro.Optional[bool]{}
	}
	return avro.Some(r.Bool())
}

// list enters an array; it returns false for null.
func (r *reader) list() bool { return !r.Null() && r.BeginArray() }
