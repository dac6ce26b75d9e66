package jsonscan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrSyntax is wrapped by errors about bytes that are not JSON according to RFC 8259.
var ErrSyntax = errors.New("not valid JSON")

// ErrType is wrapped by errors about a value of another type than the requested one.
var ErrType = errors.New("unexpected JSON type")

// ErrRange is wrapped by errors about numbers that the requested type cannot hold.
var ErrRange = errors.New("number out of range")

// Error reports where a text differs from the caller's expectation. It has places and
// types, never a value of the text, so that it can be logged.
type Error struct {
	// Kind is ErrSyntax, ErrType or ErrRange.
	Kind error
	// Path is the place as keys and indexes, "data.history[2].status"; empty for
	// the whole text. Keys are cut at 64 bytes.
	Path string
	// Offset is the position of the scanner, in bytes.
	Offset int
	// Detail names the expected and the actual type.
	Detail string
}

// Error implements error.
func (e *Error) Error() string {
	where := e.Path
	if where == "" {
		where = "value"
	}
	return fmt.Sprintf("%s: %s at byte %d: %s", e.Kind, where, e.Offset, e.Detail)
}

// Unwrap returns Kind.
func (e *Error) Unwrap() error { return e.Kind }

// fail records the first error; later ones are consequences of it.
func (s *Scanner) fail(kind error, detail string) {
	if s.err == nil {
		s.err = &Error{Kind: kind, Path: s.path(), Offset: s.pos, Detail: detail}
	}
}

// path renders the place from the frames of the open objects and arrays.
func (s *Scanner) path() string {
	var b strings.Builder
	for i := range s.depth {
		f := &s.frames[i]
		switch {
		case f.array && f.count > 0:
			b.WriteString("[" + strconv.Itoa(f.count-1) + "]")
		case !f.array && f.count > 0:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(printable(s.keyAt(f.key)))
		}
	}
	return b.String()
}

// keyAt returns the key whose opening quote is at a position and that was read before.
func (s *Scanner) keyAt(pos int) []byte {
	again := Scanner{data: s.data, pos: pos}
	return again.quoted()
}

// printable cuts a key to 64 bytes and replaces its control characters, for log lines.
func printable(key []byte) string {
	const limit = 64
	if len(key) > limit {
		key = key[:limit]
	}
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == '\uFFFD' {
			return '?'
		}
		return r
	}, string(key))
}
