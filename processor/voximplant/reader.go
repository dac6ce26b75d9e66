package voximplant

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// The provider's times are UTC and have no zone [SDK].
const (
	timestampLayout = "2006-01-02 15:04:05"
	dateLayout      = "2006-01-02"
)

// reader reads fields of a callback. Its first error sticks, as the scanner's does.
type reader struct {
	*jsonscan.Scanner

	cb         *callback
	pseudonyms *privacy.Pseudonymiser
	// field is the name of the field being read, for errors.
	field string
	err   error
}

// end returns the first error; path is the place of what was read.
func (r *reader) end(path string) error {
	if err := r.End(); err != nil {
		return verification.Unreadable(path, err)
	}
	if permanent := new(engine.PermanentError); errors.As(r.err, &permanent) {
		if path != "" {
			return engine.Permanentf(permanent.Cause, "%s.%s", path, permanent.Detail)
		}
	}
	return r.err
}

func (r *reader) fail(cause engine.Cause, detail string) {
	if r.err == nil {
		r.err = engine.Permanentf(cause, "%s: %s", r.field, detail)
	}
}

// object reads an object's fields; field returns false for one it does not know.
// Null is the same as absent.
func (r *reader) object(field func(key string) bool) {
	r.BeginObject()
	for {
		key, more := r.NextKey()
		if !more {
			return
		}
		name := string(key)
		if r.field = name; r.Null() || field(name) {
			continue
		}
		r.unknown(r.cb.decoded.Type + "." + name)
		r.Skip()
	}
}

// list reads an array of objects.
func list[T any](r *reader, read func(*reader, *T)) []T {
	items := []T{}
	for r.BeginArray(); r.NextItem(); {
		var item T
		read(r, &item)
		items = append(items, item)
	}
	return items
}

func (r *reader) text(into *avro.Optional[string]) {
	if text := r.String(); text != "" {
		*into = avro.Some(text)
	}
}

// exposed reads text that leaves only where the source's configuration allows it.
func (r *reader) exposed(into *avro.Optional[string]) {
	if text := r.String(); text != "" && r.cb.source.Exposes(r.field) {
		*into = avro.Some(text)
	}
}

// id reads an integer that may be written as text.
func (r *reader) id(into *avro.Optional[int64]) {
	text := r.Text()
	if r.Err() != nil || len(text) == 0 {
		return
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		r.fail(engine.CauseOutOfRange, "the integer does not fit 64 bits")
	case err != nil:
		r.fail(engine.CauseSchemaMismatch, "want an integer")
	default:
		*into = avro.Some(n)
	}
}

func (r *reader) flag(into *avro.Optional[bool]) { *into = avro.Some(r.Bool()) }

// money reads a decimal, a number or text, exactly; it is refused where the
// schema's decimal would have to round it.
func (r *reader) money(into *avro.Optional[avro.Decimal]) {
	text := r.Text()
	if r.Err() != nil || len(text) == 0 {
		return
	}
	number := jsonscan.New(text)
	number.NumberText()
	if number.End() != nil {
		r.fail(engine.CauseSchemaMismatch, "want a decimal number")
		return
	}
	value, err := avro.ParseDecimal(string(text))
	if err != nil {
		r.fail(engine.CauseOutOfRange, "more digits than the schema's decimal has")
		return
	}
	*into = avro.Some(value)
}

func (r *reader) timestamp(into *avro.Optional[time.Time]) { r.time(timestampLayout, into) }

func (r *reader) date(into *avro.Optional[time.Time]) { r.time(dateLayout, into) }

// time reads a time; empty text is null [SDK].
func (r *reader) time(layout string, into *avro.Optional[time.Time]) {
	text := r.String()
	if text == "" {
		return
	}
	at, err := time.ParseInLocation(layout, text, time.UTC)
	if err != nil || at.IsZero() {
		r.fail(engine.CauseSchemaMismatch, "want "+layout)
		return
	}
	*into = avro.Some(at)
}

// phone reads a number, of which only the pseudonym is kept.
func (r *reader) phone(into *avro.Optional[avro.Phone]) {
	if text := string(r.Text()); text != "" {
		*into = avro.Some(r.pseudonym(text))
	}
}

func (r *reader) pseudonym(text string) avro.Phone {
	return r.pseudonyms.Phone(text, r.cb.envelope.ReceivedAt)
}

// digits is a number as it tells caller ids apart.
func digits(text string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, text)
}
