package tolerance

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// The names of the counters. The source of a count is the field's name, or the kind and
// the name with a slash between them.
const (
	CounterUnread  = "unread_fields"
	CounterRounded = "rounded_fields"
	CounterUnknown = "unknown_names"
)

// The kinds of names that providers choose.
const (
	KindEvent   = "event"
	KindStatus  = "status"
	KindChannel = "channel"
)

// unnamed replaces a name that does not have the form of a name.
const unnamed = "(unnamed)"

// Faults collects the tolerated faults of one record. The zero value is empty and ready
// to use.
type Faults struct{ list []fault }

// fault is the counter and the label of one tolerated fault.
type fault struct{ counter, label string }

// Reset empties the list and keeps its memory.
func (f *Faults) Reset() { f.list = f.list[:0] }

// Unread records that a field was left empty because its value is ambiguous or malformed.
// The name is a constant of the decoder.
func (f *Faults) Unread(field string) { f.add(CounterUnread, field) }

// Reading records the field if it could not be read, and reports whether it was read.
func (f *Faults) Reading(reading jsonscan.Reading, field string) (read bool) {
	if reading == jsonscan.Unread {
		f.Unread(field)
	}
	return reading == jsonscan.Read
}

// Has reports whether a field was left empty.
func (f *Faults) Has(field string) bool { return slices.Contains(f.list, fault{CounterUnread, field}) }

// Take replaces the faults by a copy of another's.
func (f *Faults) Take(other *Faults) { f.list = append(f.list[:0], other.list...) }

// Rounded records that a decimal had more places than the schema has.
func (f *Faults) Rounded(field string) { f.add(CounterRounded, field) }

// Named returns a name that a log line or a dead letter may show: a provider's name of the
// form of a name, else (unnamed).
func Named(name string) string {
	if !IsName(name) {
		return unnamed
	}
	return name
}

// Unknown records a name of the provider that this version does not know.
func (f *Faults) Unknown(kind, name string) {
	f.add(CounterUnknown, kind+"/"+Named(name))
}

// UnknownCode is Unknown for a number that stands for a status.
func (f *Faults) UnknownCode(kind string, code int32) {
	const most = 9999
	name := unnamed
	if code >= 0 && code <= most {
		name = strconv.Itoa(int(code))
	}
	f.add(CounterUnknown, kind+"/"+name)
}

// add records each fault once per record, because a list may have the same fault in every
// item.
func (f *Faults) add(counter, label string) {
	if next := (fault{counter, label}); !slices.Contains(f.list, next) {
		f.list = append(f.list, next)
	}
}

// Count adds the faults to the counters of the transaction. Call it only for a
// record that is a new fact.
func (f *Faults) Count(tx stage.Tx) {
	for i := range f.list {
		tx.Count(f.list[i].counter, f.list[i].label, 1)
	}
}

// IsName reports whether a text looks like a name that a provider gives to a field, an
// event or a status, and not like a value: letters, digits, underscores, dots and
// hyphens, a letter first, fewer than seven digits, not too long.
func IsName(text string) bool {
	const longest, mostDigits = 64, 6
	if text == "" || len(text) > longest || !isLetter(text[0]) {
		return false
	}
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case !isLetter(c) && !strings.ContainsRune("_.-", rune(c)):
			return false
		}
	}
	return digits <= mostDigits
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
