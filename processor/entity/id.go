package entity

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxID is the maximum length of an id; the providers' are UUIDs and MD5s.
const maxID = 256

// NoID is the error text for an id that ValidID refuses.
const NoID = "missing, too long, or not of characters that can be seen"

// ValidID reports whether a text can be an id, and so a part of a key; the rule is the
// same for all providers. An id is Unicode text of at most 256 bytes that is not blank
// and has only visible characters. It has no control, format or bidirectional
// characters, which a terminal would interpret, and no U+FFFD, which replaces invalid
// bytes: two different ids would become one.
func ValidID(id string) bool {
	const del = 0x7f
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		if c := id[i]; c <= ' ' || c >= del {
			// Not one of the providers' own, which are ASCII without white space.
			return strings.TrimSpace(id) != "" && !strings.ContainsFunc(id, func(r rune) bool { return r == utf8.RuneError || !unicode.IsGraphic(r) })
		}
	}
	return true
}
