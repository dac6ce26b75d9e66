package lox24

import (
	"math"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// reader parses values in every unambiguous form. An ambiguous or malformed value is
// left empty and noted; the first fault that is not the scanner's own is kept.
type reader struct {
	*jsonscan.Scanner
	// ids replaces ids that may not leave the restricted topics by pseudonyms.
	ids    *privacy.Pseudonymiser
	source *source.Source
	// faults are the event's.
	faults *tolerance.Faults
	// path is put before the scanner's own paths.
	path  string
	fault error
}

// keys are the known keys of an object met so far.
type keys uint32

// once marks the key number n, on which the fact depends. If the key occurs twice the
// body is undecodable, because parsers differ in which of the two counts.
func (k *keys) once(r *reader, n int, name string) {
	if k.again(n) {
		r.fail(stage.CauseUndecodable, name+": the key is there twice")
	}
}

// last marks the key number n, on which the fact does not depend. If the key occurs
// twice the last value counts, and the field is noted.
func (k *keys) last(r *reader, n int, name string) {
	if k.again(n) {
		r.faults.Unread(name)
	}
}

func (k *keys) again(n int) (met bool) {
	bit := keys(1) << n
	met = *k&bit != 0
	*k |= bit
	return met
}

func (r *reader) fail(cause stage.Cause, detail string) {
	if r.fault == nil {
		r.fault = &stage.PermanentError{Cause: cause, Detail: detail}
	}
}

// done returns the first fault. After a scanner's error nothing is read any more, so a
// fault of ours is always earlier.
func (r *reader) done(err error) error {
	if r.fault == nil && err != nil {
		return entity.Unreadable(r.path, err)
	}
	return r.fault
}

// text reads a text without copying it: it is a part of the record, which outlives the
// event. It is empty if there is none.
func (r *reader) text(name string) string {
	text, reading := r.LenientText()
	r.faults.Reading(reading, name)
	return statecodec.View(text)
}

// optional is text with null for an empty text.
func (r *reader) optional(name string) avro.Optional[string] {
	text := r.text(name)
	return avro.Optional[string]{Value: text, Set: text != ""}
}

// id reads a provider's id in the form in which it may leave.
func (r *reader) id(name string) string { return r.ids.ID(r.source, r.text(name)) }

// optionalID is id with null for an empty one.
func (r *reader) optionalID(name string) avro.Optional[string] {
	id := r.id(name)
	return avro.Optional[string]{Value: id, Set: id != ""}
}

// int64 reads an integer.
func (r *reader) int64(name string) avro.Optional[int64] {
	n, reading := r.LenientInt64()
	return avro.Optional[int64]{Value: n, Set: r.faults.Reading(reading, name)}
}

// int32 reads an integer of 32 bits.
func (r *reader) int32(name string) avro.Optional[int32] {
	n := r.int64(name)
	if n.Value < math.MinInt32 || n.Value > math.MaxInt32 {
		r.faults.Unread(name)
		return avro.Optional[int32]{}
	}
	return avro.Optional[int32]{Value: int32(n.Value), Set: n.Set}
}

// time reads a time.
func (r *reader) time(name string) avro.Optional[time.Time] {
	at, reading := r.LenientTime()
	return avro.Optional[time.Time]{Value: at, Set: r.faults.Reading(reading, name)}
}

// bool reads a boolean.
func (r *reader) bool(name string) avro.Optional[bool] {
	value, reading := r.LenientBool()
	return avro.Optional[bool]{Value: value, Set: r.faults.Reading(reading, name)}
}

// list enters an array; it returns false if there is none.
func (r *reader) list(name string) bool { return r.faults.Reading(r.LenientArray(), name) }

// object enters an object; it returns false if there is none.
func (r *reader) object(name string) bool { return r.faults.Reading(r.LenientObject(), name) }

// data enters the object that an event of a known name must have.
func (r *reader) data() bool {
	entered := r.object("data")
	if !entered {
		r.fail(stage.CauseSchemaMismatch, "data: missing, or no object")
	}
	return entered
}

// channel reads a channel's name.
func (r *reader) channel(name string) (text string, kind avro.Channel) {
	text = r.ids.Word(r.source, r.text(name))
	kind = verification.KindOf(text)
	if kind == avro.ChannelUnknown && text != "" {
		r.faults.Unknown(tolerance.KindChannel, text)
	}
	return text, kind
}

// status normalises a status.
func (r *reader) status(code int32) avro.AttemptStatus {
	name := statusName(code)
	if name == avro.AttemptStatusUnknown {
		r.faults.UnknownCode(tolerance.KindStatus, code)
	}
	return name
}
