package jsonscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Words with eight equal bytes, for checking eight bytes at a time.
const (
	ones  = 0x0101010101010101
	highs = ones << 7
)

// plain returns how many of the eight bytes of a word, the lowest first, stand for
// themselves in a string: 8 if none is a quote, a backslash, a control character or
// a part of a longer UTF-8 sequence.
func plain(word uint64) int {
	quote, backslash := word^('"'*ones), word^('\\'*ones)
	// In each term the lowest set high bit is correct, because a borrow only goes up.
	other := (quote-ones)&^quote | (backslash-ones)&^backslash | (word-0x20*ones)&^word | word
	return bits.TrailingZeros64(other&highs) / 8
}

// passPlain returns the first position from i on whose byte does not stand for itself.
func passPlain(data []byte, i int) int {
	for len(data)-i >= 8 {
		n := plain(binary.LittleEndian.Uint64(data[i:]))
		i += n
		if n < 8 {
			return i
		}
	}
	for i < len(data) && data[i] >= 0x20 && data[i] < utf8.RuneSelf && data[i] != '"' && data[i] != '\\' {
		i++
	}
	return i
}

// quoted reads a string whose opening quote is next. Most strings have no
// escape and are returned as a part of the data.
func (s *Scanner) quoted() []byte {
	start := s.pos + 1
	end := passPlain(s.data, start)
	if end < len(s.data) && s.data[end] == '"' {
		s.pos = end + 1
		return s.data[start:end]
	}
	return s.quotedFrom(start, end)
}

// quotedFrom is quoted for a string that begins at start and is plain only up to at.
func (s *Scanner) quotedFrom(start, at int) []byte {
	if s.loose {
		return s.looseText(start)
	}
	s.pos = at
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			text := s.data[start:s.pos]
			if !utf8.Valid(text) {
				s.fail(ErrSyntax, "a string is not UTF-8")
				return nil
			}
			s.pos++
			return text
		case c == '\\':
			return s.escaped(start)
		case c < 0x20:
			s.fail(ErrSyntax, "a control character inside a string")
			return nil
		}
		s.pos = passPlain(s.data, s.pos+1)
	}
	s.fail(ErrSyntax, "the text ends inside a string")
	return nil
}

// pass skips a string whose opening quote is next. It checks the syntax unless the
// scanner is loose.
func (s *Scanner) pass() {
	if s.loose {
		s.skipLoose()
		return
	}
	start := s.pos + 1
	s.pos = passPlain(s.data, start)
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			// Escapes always decode to valid UTF-8, so checking the written bytes is
			// enough.
			if !utf8.Valid(s.data[start:s.pos]) {
				s.fail(ErrSyntax, "a string is not UTF-8")
				return
			}
			s.pos++
			return
		case c == '\\':
			var room [utf8.UTFMax]byte
			if _, ok := s.escape(room[:0]); !ok {
				s.fail(ErrSyntax, "an escape that JSON does not know")
				return
			}
			s.pos = passPlain(s.data, s.pos)
		case c < 0x20:
			s.fail(ErrSyntax, "a control character inside a string")
			return
		default:
			s.pos = passPlain(s.data, s.pos+1)
		}
	}
	s.fail(ErrSyntax, "the text ends inside a string")
}

// escaped reads on from the first backslash of the string begun at start.
func (s *Scanner) escaped(start int) []byte {
	out := append(make([]byte, 0, 2*(s.pos-start)+16), s.data[start:s.pos]...)
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				s.fail(ErrSyntax, "a string is not UTF-8")
				return nil
			}
			s.pos++
			return out
		case c < 0x20:
			s.fail(ErrSyntax, "a control character inside a string")
			return nil
		case c != '\\':
			out = append(out, c)
			s.pos++
		default:
			var ok bool
			if out, ok = s.escape(out); !ok {
				s.fail(ErrSyntax, "an escape that JSON does not know")
				return nil
			}
			from := s.pos
			s.pos = passPlain(s.data, from)
			out = append(out, s.data[from:s.pos]...)
		}
	}
	s.fail(ErrSyntax, "the text ends inside a string")
	return nil
}

// escape reads one escape sequence.
func (s *Scanner) escape(out []byte) ([]byte, bool) {
	if s.pos+1 >= len(s.data) {
		return nil, false
	}
	c := s.data[s.pos+1]
	s.pos += 2
	switch c {
	case '"', '\\', '/':
		return append(out, c), true
	case 'b':
		return append(out, '\b'), true
	case 'f':
		return append(out, '\f'), true
	case 'n':
		return append(out, '\n'), true
	case 'r':
		return append(out, '\r'), true
	case 't':
		return append(out, '\t'), true
	case 'u':
		r, ok := s.hex4()
		if !ok {
			return nil, false
		}
		if utf16.IsSurrogate(r) {
			r = s.surrogate(r)
		}
		return utf8.AppendRune(out, r), true
	}
	return nil, false
}

// surrogate reads the second half of a surrogate pair; half a pair becomes U+FFFD, as
// in the standard library.
func (s *Scanner) surrogate(first rune) rune {
	before := s.pos
	if s.pos+1 < len(s.data) && s.data[s.pos] == '\\' && s.data[s.pos+1] == 'u' {
		s.pos += 2
		if second, ok := s.hex4(); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r
			}
		}
	}
	s.pos = before
	return utf8.RuneError
}

func (s *Scanner) hex4() (rune, bool) {
	if s.pos+4 > len(s.data) {
		return 0, false
	}
	var r rune
	for _, c := range s.data[s.pos : s.pos+4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	s.pos += 4
	return r, true
}
