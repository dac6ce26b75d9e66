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
	FigureUnread  = "unread_fields"
	FigureRounded = "rounded_fields"
	FigureUnknown = "unknown_names"
)

// The kinds of names that providers choose.
const (
	KindEvent   = "event"
	KindStatus  = "status"
	KindChannel = "channel"
)

// unnamed replaces a name that does not have the form of a name.
const unnamed = "(unnamed)"

// Notes collects the tolerated faults of one record. The zero value is empty and ready
// to use.
type Notes struct{ list []note }

// note is the counter and the label of one tolerated fault.
type note struct{ figure, source string }

// Reset empties the notes and keeps their allocated memory.
func (n *Notes) Reset() { n.list = n.list[:0] }

// Unread notes that a field was left empty because its value is ambiguous or malformed.
// The name is a constant of the decoder.
func (n *Notes) Unread(field string) { n.add(FigureUnread, field) }

// Reading notes the field if it could not be read, and reports whether it was read.
func (n *Notes) Reading(reading jsonscan.Reading, field string) (read bool) {
	if reading == jsonscan.Unread {
		n.Unread(field)
	}
	return reading == jsonscan.Read
}

// Has reports whether a field was left empty.
func (n *Notes) Has(field string) bool { return slices.Contains(n.list, note{FigureUnread, field}) }

// Take replaces the notes by a copy of another's.
func (n *Notes) Take(other *Notes) { n.list = append(n.list[:0], other.list...) }

// Rounded notes that a decimal had more places than the schema has.
func (n *Notes) Rounded(field string) { n.add(FigureRounded, field) }

// Unknown notes a name of the provider that this version does not know.
func (n *Notes) Unknown(kind, name string) {
	if !IsName(name) {
		name = unnamed
	}
	n.add(FigureUnknown, kind+"/"+name)
}

// UnknownCode is Unknown for a number that stands for a status.
func (n *Notes) UnknownCode(kind string, code int32) {
	const most = 9999
	name := unnamed
	if code >= 0 && code <= most {
		name = strconv.Itoa(int(code))
	}
	n.add(FigureUnknown, kind+"/"+name)
}

// add notes each fault once per record, because a list may have the same fault in every
// item.
func (n *Notes) add(figure, source string) {
	if next := (note{figure, source}); !slices.Contains(n.list, next) {
		n.list = append(n.list, next)
	}
}

// Count adds the noted faults to the counters of the transaction. Call it only for a
// record that is a new fact.
func (n *Notes) Count(tx stage.Tx) {
	for i := range n.list {
		tx.Count(n.list[i].figure, n.list[i].source, 1)
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
