package jsonscan

import "bytes"

// NewLoose returns a scanner that parses the structure of objects and arrays but does
// not validate values that it skips: it accepts bytes that are not UTF-8, raw control
// characters, unknown escapes, words and numbers that JSON does not have, any depth,
// and a byte order mark before the text. It reads valid JSON exactly as New's scanner
// does. Bytes and Text may return invalid UTF-8.
func NewLoose(data []byte) *Scanner {
	s := &Scanner{}
	s.ResetLoose(data)
	return s
}

// ResetLoose sets the scanner to the beginning of data, in the mode of NewLoose.
func (s *Scanner) ResetLoose(data []byte) {
	s.Reset(data)
	s.loose = true
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		s.pos = len("\ufeff")
	}
}

// IsObject reports whether a text is one object for a loose scanner: its brackets and
// quotes match, and nothing follows.
func IsObject(data []byte) bool {
	s := NewLoose(data)
	if s.Kind() != Object {
		return false
	}
	s.skipLoose()
	return s.End() == nil
}

// skipLoose skips any value, with constant memory however deep the value is.
func (s *Scanner) skipLoose() {
	if s.err != nil {
		return
	}
	s.space()
	switch {
	case s.at('"'):
		s.pos = s.stringEnd(s.pos + 1)
	case s.at('{'), s.at('['):
		s.skipBrackets()
	default:
		begin := s.pos
		for s.pos < len(s.data) && bytes.IndexByte([]byte(",]} \t\r\n"), s.data[s.pos]) < 0 {
			s.pos++
		}
		if s.pos == begin {
			s.fail(ErrSyntax, "want a value")
		}
	}
}

// skipBrackets skips an object or array up to its closing bracket.
func (s *Scanner) skipBrackets() {
	open := 0
	for s.pos < len(s.data) && s.err == nil {
		c := s.data[s.pos]
		s.pos++
		switch c {
		case '"':
			s.pos = s.stringEnd(s.pos)
		case '{', '[':
			open++
		case '}', ']':
			open--
			if open == 0 {
				return
			}
		}
	}
	s.fail(ErrSyntax, "the text ends inside an object or array")
}

// stringEnd returns the position behind the closing quote of a string whose text begins
// at i.
func (s *Scanner) stringEnd(i int) int {
	for {
		i = passPlain(s.data, i)
		switch {
		case i >= len(s.data):
			s.fail(ErrSyntax, "the text ends inside a string")
			return len(s.data)
		case s.data[i] == '"':
			return i + 1
		case s.data[i] == '\\':
			i++
		}
		i++
	}
}

// looseText reads a string whose text begins at start. One with an escape that JSON
// does not know is returned as it is written.
func (s *Scanner) looseText(start int) []byte {
	if s.pos = s.stringEnd(start); s.err != nil {
		return nil
	}
	written := s.data[start : s.pos-1]
	if bytes.IndexByte(written, '\\') < 0 {
		return written
	}
	// The decoded character is never longer than its escape.
	out, again := make([]byte, 0, len(written)), Scanner{data: written}
	for again.pos < len(written) {
		if written[again.pos] != '\\' {
			out = append(out, written[again.pos])
			again.pos++
			continue
		}
		var ok bool
		if out, ok = again.escape(out); !ok {
			return written
		}
	}
	return out
}
