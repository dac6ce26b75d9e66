// Package avro is the Go side of the .avsc files: one struct per Avro record,
// one named string per vocabulary, with append encoders and decoders.
//
//	.avsc ──go generate──► *_gen.go      struct ─AppendAvro─► bytes ─DecodeAvro─► struct
//
// AppendAvro writes exactly the bytes that goavro would write, without
// reflection, maps or allocation; it checks every value and names the field, never
// the value. DecodeAvro takes any bytes: it ends in a value or an error.
//
// A vocabulary's zero value is written as UNKNOWN. A value of it that this version does not
// know is read and written as it is, so that a later version may add values. Times have milliseconds
// and are UTC; the zero time is refused, for it would be read as the year 1.
package avro

import (
	"bytes"
	"encoding/json"
)

//go:generate go run ../internal/gen -avsc ../avsc -out .

// Optional is a value of the union ["null", T].
type Optional[T any] struct {
	Value T
	// Set is false for null.
	Set bool
}

// Some returns an Optional that is not null.
func Some[T any](v T) Optional[T] { return Optional[T]{Value: v, Set: true} }

// Or returns the value, or other if it is null.
func (o Optional[T]) Or(other T) T {
	if o.Set {
		return o.Value
	}
	return other
}

// MarshalJSON writes the value or null.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if !o.Set {
		return []byte("null"), nil
	}
	return json.Marshal(o.Value)
}

// UnmarshalJSON reads the value or null.
func (o *Optional[T]) UnmarshalJSON(b []byte) error {
	*o = Optional[T]{}
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	o.Set = true
	return json.Unmarshal(b, &o.Value)
}
