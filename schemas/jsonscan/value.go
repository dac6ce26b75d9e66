package jsonscan

import (
	"strconv"
)

// String reads a string and copies it.
func (s *Scanner) String() string { return string(s.Bytes()) }

// Bytes reads a string. The result is unescaped, valid UTF-8, and may be a part
// of the data: it is not to be changed.
func (s *Scanner) Bytes() []byte {
	s.space()
	if s.err == nil && s.at('"') {
		return s.quoted()
	}
	s.want(String, "a string")
	return nil
}

// BytesOrNull is Bytes for a string that may be null; set is false for null.
func (s *Scanner) BytesOrNull() (text []byte, set bool) {
	s.space()
	if s.err == nil && s.at('n') {
		return nil, !s.literal("null")
	}
	return s.Bytes(), true
}

// RawString reads a string and returns its bytes unparsed, quotes included: for texts
// that are rarely used. The bytes are valid JSON; another scanner can decode them.
func (s *Scanner) RawString() []byte {
	if !s.want(String, "a string") {
		return nil
	}
	start := s.pos
	s.pass()
	if s.err != nil {
		return nil
	}
	return s.data[start:s.pos]
}

// Bool reads true or false.
func (s *Scanner) Bool() bool {
	if !s.want(Bool, "a boolean") {
		return false
	}
	if s.data[s.pos] == 't' {
		return s.literal("true")
	}
	s.literal("false")
	return false
}

// Null reads null and returns true if it is next; otherwise it reads nothing.
func (s *Scanner) Null() bool {
	s.space()
	return s.err == nil && s.at('n') && s.literal("null")
}

// Int64OrNull is Int64 for an integer that may be null; set is false for null.
func (s *Scanner) Int64OrNull() (n int64, set bool) {
	s.space()
	if s.err == nil && s.at('n') {
		return 0, !s.literal("null")
	}
	return s.Int64(), true
}

// Int64 reads an integer. 12.0 and 1e3 are ErrType: the providers write none.
func (s *Scanner) Int64() int64 {
	s.space()
	if n, end := positive(s.data, s.pos); s.err == nil && end > s.pos {
		s.pos = end
		return n
	}
	return s.anyInt64()
}

// positive parses an integer of up to 18 digits that does not begin with 0, as nearly
// all are. For any other value it returns end == begin.
func positive(data []byte, begin int) (n int64, end int) {
	const most = 18
	i := begin
	for i < len(data) && data[i]-'0' <= 9 {
		n = n*10 + int64(data[i]-'0')
		i++
	}
	if i == begin || data[begin] == '0' || i-begin > most || i < len(data) && (data[i] == '.' || data[i] == 'e' || data[i] == 'E') {
		return 0, begin
	}
	return n, i
}

// anyInt64 is the slow path of Int64: all other integers, and the error for anything
// else.
func (s *Scanner) anyInt64() int64 {
	text := s.NumberText()
	if s.err != nil {
		return 0
	}
	n, rangeOK, ok := parseInt(text)
	switch {
	case !ok:
		s.fail(ErrType, "want an integer, got a fraction or an exponent")
	case !rangeOK:
		s.fail(ErrRange, "the integer does not fit 64 bits")
	default:
		return n
	}
	return 0
}

// NumberText reads a number and returns it as written, a part of the data.
func (s *Scanner) NumberText() []byte {
	if !s.want(Number, "a number") {
		return nil
	}
	start := s.pos
	if s.data[s.pos] == '-' {
		s.pos++
	}
	leadingZero := s.pos < len(s.data) && s.data[s.pos] == '0'
	n := s.digits()
	ok := n == 1 || n > 1 && !leadingZero
	if ok && s.at('.') {
		s.pos++
		ok = s.digits() > 0
	}
	if ok && (s.at('e') || s.at('E')) {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		ok = s.digits() > 0
	}
	if !ok {
		s.fail(ErrSyntax, "not a number as JSON writes it")
		return nil
	}
	return s.data[start:s.pos]
}

// Text reads a string or a number as text: for ids that providers write as
// either. The result is not to be changed.
func (s *Scanner) Text() []byte {
	if s.Kind() == Number {
		return s.NumberText()
	}
	return s.Bytes()
}

// Skip skips any value. It checks the syntax unless the scanner is loose.
func (s *Scanner) Skip() {
	if s.loose {
		s.skipLoose()
		return
	}
	switch s.Kind() {
	case Object:
		for s.BeginObject(); s.skipKey(); {
			s.Skip()
		}
	case Array:
		for s.BeginArray(); s.NextItem(); {
			s.Skip()
		}
	case String:
		s.pass()
	case Number:
		s.NumberText()
	case Bool:
		s.Bool()
	case Null:
		s.literal("null")
	default:
		s.fail(ErrSyntax, "want a value")
	}
}

func (s *Scanner) skipKey() bool {
	_, more := s.NextKey()
	return more
}

// Raw reads any value and returns its bytes as they stand in the data.
func (s *Scanner) Raw() []byte {
	s.space()
	start := s.pos
	s.Skip()
	if s.err != nil {
		return nil
	}
	return s.data[start:s.pos]
}

func (s *Scanner) at(c byte) bool { return s.pos < len(s.data) && s.data[s.pos] == c }

// digits passes decimal digits and returns how many there were.
func (s *Scanner) digits() int {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos - start
}

// parseInt reads an integer of at most 18 digits without allocation and leaves
// longer ones to strconv. ok is false if text is no integer.
func parseInt(text []byte) (n int64, rangeOK, ok bool) {
	const quick = 18
	digits := text
	negative := digits[0] == '-'
	if negative {
		digits = digits[1:]
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false, false
		}
		if len(digits) <= quick {
			n = n*10 + int64(c-'0')
		}
	}
	if len(digits) > quick {
		n, err := strconv.ParseInt(string(text), 10, 64)
		return n, err == nil, true
	}
	if negative {
		n = -n
	}
	return n, true, true
}
