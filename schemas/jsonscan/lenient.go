package jsonscan

import (
	"bytes"
	"strconv"
)

// Reading is the result of a lenient reader. The lenient readers fail only where the
// text is not JSON: they skip an ambiguous or malformed value, and the caller decides
// whether it can go on without it.
type Reading byte

// The readings.
const (
	// Absent: null, an empty text, or an empty array or object in place of the other,
	// as PHP writes them.
	Absent Reading = iota
	// Read: the value is unambiguous, and was returned.
	Read
	// Unread: the value is of another type or ambiguous. It was skipped.
	Unread
)

// LenientInt64 reads an integer in any of its forms: 12, 12.0, 1.2e1 or "12".
func (s *Scanner) LenientInt64() (int64, Reading) {
	s.space()
	if n, end := positive(s.data, s.pos); s.err == nil && end > s.pos {
		s.pos = end
		return n, Read
	}
	text, reading := s.LenientNumber()
	if reading != Read {
		return 0, reading
	}
	n, ok := integral(text)
	if !ok {
		return 0, Unread
	}
	return n, Read
}

// LenientNumber reads a number, or a text that holds one, and returns it in the
// grammar of JSON. The result is not to be changed.
func (s *Scanner) LenientNumber() ([]byte, Reading) {
	switch s.Kind() {
	case Number:
		return found(s.NumberText())
	case String:
		text := bytes.TrimSpace(s.Bytes())
		if len(text) == 0 {
			return nil, Absent
		}
		text = canonical(text)
		inner := Scanner{data: text}
		inner.NumberText()
		if inner.End() != nil {
			return nil, Unread
		}
		return text, Read
	default:
		return nil, s.pastOther()
	}
}

// LenientText reads a text, or a number as it is written. The result is not to be
// changed.
func (s *Scanner) LenientText() ([]byte, Reading) {
	switch s.Kind() {
	case String:
		return found(s.Bytes())
	case Number:
		return found(s.NumberText())
	default:
		return nil, s.pastOther()
	}
}

// LenientBool reads true or false, also as 1, 0 or a text.
func (s *Scanner) LenientBool() (value bool, reading Reading) {
	switch s.Kind() {
	case Bool:
		return s.Bool(), Read
	case String, Number:
		text := bytes.TrimSpace(s.Text())
		switch {
		case len(text) == 0:
			return false, Absent
		case string(text) == "1" || bytes.EqualFold(text, []byte("true")):
			return true, Read
		case string(text) == "0" || bytes.EqualFold(text, []byte("false")):
			return false, Read
		default:
			return false, Unread
		}
	default:
		return false, s.pastOther()
	}
}

// LenientObject enters an object and returns Read. An empty array is an empty object:
// Absent, and nothing is entered.
func (s *Scanner) LenientObject() Reading {
	switch s.Kind() {
	case Object:
		s.BeginObject()
		return Read
	case Array:
		return s.emptyOr(s.BeginArray, s.NextItem)
	default:
		return s.pastText()
	}
}

// LenientArray enters an array and returns Read. An empty object is an empty array:
// Absent, and nothing is entered.
func (s *Scanner) LenientArray() Reading {
	switch s.Kind() {
	case Array:
		s.BeginArray()
		return Read
	case Object:
		return s.emptyOr(s.BeginObject, s.skipKey)
	default:
		return s.pastText()
	}
}

// emptyOr skips an array or object and returns Absent if it was empty, else Unread.
func (s *Scanner) emptyOr(begin, next func() bool) Reading {
	reading := Absent
	for begin(); next(); {
		s.Skip()
		reading = Unread
	}
	return reading
}

// pastText skips a value that is neither array nor object: an empty text is Absent.
func (s *Scanner) pastText() Reading {
	if s.Kind() != String {
		return s.pastOther()
	}
	if len(s.Bytes()) == 0 {
		return Absent
	}
	return Unread
}

// pastOther skips any value: null is Absent.
func (s *Scanner) pastOther() Reading {
	if s.err != nil || s.Null() {
		return Absent
	}
	s.Skip()
	return Unread
}

// found returns a text that was read.
func found(text []byte) ([]byte, Reading) {
	if len(text) == 0 {
		return nil, Absent
	}
	return text, Read
}

// canonical removes a plus sign and leading zeros, which JSON does not allow before a
// number and which do not change its value.
func canonical(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("+"))
	for len(text) > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9' {
		text = text[1:]
	}
	return text
}

// integral returns the value of a number in the grammar of JSON, if it is a whole
// number of 64 bits.
func integral(text []byte) (n int64, ok bool) {
	exponent := 0
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		e, err := strconv.Atoi(string(text[i+1:]))
		if err != nil {
			return 0, false
		}
		text, exponent = text[:i], e
	}
	whole, fraction, _ := bytes.Cut(text, []byte("."))
	fraction = bytes.TrimRight(fraction, "0")
	negative := whole[0] == '-'
	if negative {
		whole = whole[1:]
	}
	for _, part := range [][]byte{whole, fraction} {
		for _, c := range part {
			if n, ok = tenfold(n, int64(c-'0')); !ok {
				return 0, false
			}
		}
	}
	exponent -= len(fraction)
	for ; n != 0 && exponent < 0; exponent++ {
		if n%10 != 0 {
			return 0, false
		}
		n /= 10
	}
	for ; n != 0 && exponent > 0; exponent-- {
		if n, ok = tenfold(n, 0); !ok {
			return 0, false
		}
	}
	if negative {
		n = -n
	}
	return n, true
}

// tenfold returns 10n + digit, and false if that overflows 63 bits.
func tenfold(n, digit int64) (int64, bool) {
	const most = 1<<63 - 1
	if n > (most-digit)/10 {
		return 0, false
	}
	return 10*n + digit, true
}
