package entity

import (
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Text returns a text as an optional one; an empty text is null.
func Text[T ~string](s T) avro.Optional[T] { return avro.Optional[T]{Value: s, Set: s != ""} }

// Time returns a time as an optional one; the zero time is null.
func Time(at time.Time) avro.Optional[time.Time] {
	return avro.Optional[time.Time]{Value: at, Set: !at.IsZero()}
}

// TimeOf returns an instant as an optional time; 0 is null.
func TimeOf(at statecodec.Instant) avro.Optional[time.Time] {
	return avro.Optional[time.Time]{Value: at.Time(), Set: at != 0}
}
