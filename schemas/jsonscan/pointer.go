package jsonscan

import (
	"strconv"
	"strings"
)

// Lookup returns the value at a JSON pointer (RFC 6901) in a JSON text, as text: a
// string unquoted, a number as written. It finds nothing at true, false, null, an
// object or an array, nor in a text that is not one complete JSON value, because a
// truncated text may have lost the end of the value. If a key occurs twice the last one
// counts, as for most JSON parsers.
func Lookup(text, pointer string) (value string, found bool) {
	s := New([]byte(text))
	value, found = s.lookup(strings.TrimPrefix(pointer, "/"), pointer != "")
	if s.End() != nil {
		return "", false
	}
	return value, found
}

// lookup reads the next value to its end and returns the value at the rest of the
// pointer in it. deeper is set if there is a rest.
func (s *Scanner) lookup(pointer string, deeper bool) (value string, found bool) {
	switch kind := s.Kind(); {
	case deeper && kind == Object:
		token, rest, more := strings.Cut(pointer, "/")
		token = unescape(token)
		for s.BeginObject(); ; {
			key, another := s.NextKey()
			if !another {
				return value, found
			}
			if string(key) == token {
				value, found = s.lookup(rest, more)
			} else {
				s.Skip()
			}
		}
	case deeper && kind == Array:
		token, rest, more := strings.Cut(pointer, "/")
		i := 0
		for s.BeginArray(); s.NextItem(); i++ {
			if token == strconv.Itoa(i) {
				value, found = s.lookup(rest, more)
			} else {
				s.Skip()
			}
		}
		return value, found
	case !deeper && kind == String:
		return s.String(), true
	case !deeper && kind == Number:
		return string(s.NumberText()), true
	}
	s.Skip()
	return "", false
}

// unescape reads a pointer's token: ~1 stands for / and ~0 for ~.
func unescape(token string) string {
	if !strings.Contains(token, "~") {
		return token
	}
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}
