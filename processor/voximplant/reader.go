package voximplant

import (
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// reader parses the fields of a callback, in every unambiguous form.
type reader struct {
	*jsonscan.Scanner

	cb         *callback
	pseudonyms *privacy.Pseudonymiser
	// field is the name of the field being read; inPayload is set if it is one of the
	// type's own, not of the callback.
	field     string
	inPayload bool
}

// end returns the scanner's error; path is the place of the value that was read.
func (r *reader) end(path string) error {
	if err := r.End(); err != nil {
		return entity.Unreadable(path, err)
	}
	return nil
}

// repeats are the keys of an object met so far.
type repeats []string

// again adds a key, and reports whether it occurred before.
func (r *repeats) again(key string) bool {
	if slices.Contains(*r, key) {
		return true
	}
	*r = append(*r, key)
	return false
}

// repeated records the field if its key occurs twice: the last value counts.
func (r *reader) repeated(again bool) {
	if again {
		r.unread()
	}
}

// object reads an object's fields; field returns false for one it does not know. Null
// is the same as absent, and so is a value that is not an object, which is also noted.
func (r *reader) object(field func(key string) bool) {
	if !r.read(r.LenientObject()) {
		return
	}
	outer := r.field
	var met repeats
	for {
		key, more := r.NextKey()
		if !more {
			r.field = outer
			return
		}
		name := string(key)
		repeated := met.again(name)
		if r.field = name; r.Null() {
			continue
		}
		if field(name) {
			r.field = name
			r.repeated(repeated)
			continue
		}
		r.unknown(r.cb.decoded.Type + "." + name)
		r.Skip()
	}
}

// list reads an array of objects; items that are not objects are left out.
func list[T any](r *reader, read func(*reader, *T)) []T {
	items := []T{}
	if !r.read(r.LenientArray()) {
		return items
	}
	for r.NextItem() {
		if r.Kind() != jsonscan.Object {
			r.read(r.LenientObject())
			continue
		}
		var item T
		read(r, &item)
		items = append(items, item)
	}
	return items
}

// each reads an array of texts.
func (r *reader) each(take func(text string)) {
	if !r.read(r.LenientArray()) {
		return
	}
	for r.NextItem() {
		if text, reading := r.LenientText(); r.read(reading) {
			take(string(text))
		}
	}
}

// read records the field if it could not be read, and reports whether it was read.
func (r *reader) read(reading jsonscan.Reading) bool {
	if reading == jsonscan.Unread {
		r.unread()
	}
	return reading == jsonscan.Read
}

// unread records that the field is left empty.
func (r *reader) unread() { r.cb.faults.Unread(r.path()) }

// path returns the field's name for the counters: type and field, or for a base field
// the field alone. Only known fields are read, so the names are bounded.
func (r *reader) path() string {
	if !r.inPayload || r.field == r.cb.decoded.Type {
		return r.field
	}
	return r.cb.decoded.Type + "." + r.field
}

func (r *reader) text(into *avro.Optional[string]) {
	if text, reading := r.LenientText(); r.read(reading) {
		*into = avro.Some(r.pseudonyms.Word(r.cb.source, string(text)))
	}
}

// exposed reads a text that leaves only if the source's configuration allows it.
func (r *reader) exposed(into *avro.Optional[string]) {
	var text avro.Optional[string]
	r.text(&text)
	if text.Set && r.cb.source.Exposes(r.field) {
		*into = text
	}
}

// id reads an integer.
func (r *reader) id(into *avro.Optional[int64]) {
	if n, reading := r.LenientInt64(); r.read(reading) {
		*into = avro.Some(n)
	}
}

func (r *reader) flag(into *avro.Optional[bool]) {
	if value, reading := r.LenientBool(); r.read(reading) {
		*into = avro.Some(value)
	}
}

// money reads a decimal. Digits beyond the schema's scale, such as those of a binary
// fraction, are rounded and counted.
func (r *reader) money(into *avro.Optional[avro.Decimal]) {
	text, reading := r.LenientNumber()
	if !r.read(reading) {
		return
	}
	value, rounded, err := avro.RoundDecimal(string(text))
	if err != nil {
		r.unread()
		return
	}
	if rounded {
		r.cb.faults.Rounded(r.path())
	}
	*into = avro.Some(value)
}

// timestamp reads a time. The provider's times are UTC without a zone [SDK].
func (r *reader) timestamp(into *avro.Optional[time.Time]) {
	if at, reading := r.LenientTime(); r.read(reading) {
		*into = avro.Some(at)
	}
}

// date reads a day, UTC.
func (r *reader) date(into *avro.Optional[time.Time]) {
	const day = 24 * time.Hour
	r.timestamp(into)
	if into.Set {
		into.Value = into.Value.Truncate(day)
	}
}

// phone reads a phone number and keeps its public parts. It returns the number for the rule on
// blocks.
func (r *reader) phone(into *avro.Optional[avro.Phone]) (n block.Number) {
	if text, reading := r.LenientText(); r.read(reading) {
		into.Set = true
		into.Value, n = r.pseudonyms.NumberOf(r.cb.source, string(text), r.cb.envelope.ReceivedAt)
	}
	return n
}

// status records a status that this version does not know.
func (r *reader) status(text string, known bool) {
	if text != "" && !known {
		r.cb.faults.Unknown(tolerance.KindStatus, text)
	}
}

func (r *reader) pseudonym(text string) avro.Phone {
	return r.pseudonyms.PhoneOf(r.cb.source, text, r.cb.envelope.ReceivedAt)
}

// digits returns the digits of a number, which identify a caller id whatever its
// notation.
func digits(text string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, text)
}
