package jsonscan

import "bytes"

// MaxDepth is how deeply objects and arrays may be nested. The providers' own
// bodies reach 7.
const MaxDepth = 32

// Kind is the type of the next value, as its first byte shows it.
type Kind byte

// The kinds.
const (
	Invalid Kind = iota
	Object
	Array
	String
	Number
	Bool
	Null
)

// Scanner reads one JSON text. Make it with New; it is not safe for use by
// several goroutines.
type Scanner struct {
	data  []byte
	pos   int
	err   error
	depth int
	loose bool
	// frames are the open objects and arrays. The slice begins in shallow and moves to
	// the heap when that is full.
	frames  []frame
	shallow [8]frame
}

// frame is an open object or array.
type frame struct {
	key   int // where the key read last begins, of an object
	count int // keys or items begun
	array bool
}

// New returns a scanner at the beginning of data, which must not change while
// the scanner or anything it returned is in use.
func New(data []byte) *Scanner {
	s := &Scanner{}
	s.Reset(data)
	return s
}

// Reset sets the scanner to the beginning of data, in the mode of New. It also makes
// the zero Scanner usable.
func (s *Scanner) Reset(data []byte) {
	*s = Scanner{data: data}
	s.frames = s.shallow[:]
}

// Err returns the first error, an *Error, or nil.
func (s *Scanner) Err() error { return s.err }

// End checks that the text ends here and returns the first error.
func (s *Scanner) End() error {
	if s.err == nil {
		s.space()
		if s.pos < len(s.data) {
			s.fail(ErrSyntax, "something follows the value")
		}
	}
	return s.err
}

// Offset returns the position in the data, for cutting out raw values.
func (s *Scanner) Offset() int { return s.pos }

// Kind looks at the next value without reading it.
func (s *Scanner) Kind() Kind {
	if s.err != nil {
		return Invalid
	}
	s.space()
	if s.pos >= len(s.data) {
		return Invalid
	}
	switch c := s.data[s.pos]; {
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == '"':
		return String
	case c == 't' || c == 'f':
		return Bool
	case c == 'n':
		return Null
	case c == '-' || c >= '0' && c <= '9':
		return Number
	}
	return Invalid
}

// BeginObject enters an object. It returns false if the next value is none.
func (s *Scanner) BeginObject() bool { return s.begin(Object, "an object") }

// BeginArray enters an array. It returns false if the next value is none.
func (s *Scanner) BeginArray() bool { return s.begin(Array, "an array") }

func (s *Scanner) begin(kind Kind, wanted string) bool {
	if !s.want(kind, wanted) {
		return false
	}
	if s.depth == MaxDepth {
		s.fail(ErrSyntax, "nested too deeply")
		return false
	}
	s.pos++
	if s.depth == len(s.frames) {
		s.frames = append(s.frames, frame{})
	}
	s.frames[s.depth] = frame{array: kind == Array}
	s.depth++
	return true
}

// NextKey reads the next key of the innermost open object and stops before its value.
// At the object's end it closes the object and returns false. The key is unescaped and
// valid as long as the data.
func (s *Scanner) NextKey() (key []byte, more bool) {
	if key, ok := s.plainKey(); ok {
		return key, true
	}
	if !s.next('}', false) {
		return nil, false
	}
	if s.pos >= len(s.data) || s.data[s.pos] != '"' {
		s.fail(ErrSyntax, "want a key in quotes")
		return nil, false
	}
	at := s.pos
	key = s.quoted()
	s.space()
	if s.err == nil && (s.pos >= len(s.data) || s.data[s.pos] != ':') {
		s.fail(ErrSyntax, "want a colon after the key")
	}
	if s.err != nil {
		return nil, false
	}
	s.pos++
	f := &s.frames[s.depth-1]
	f.key = at
	f.count++
	return key, true
}

// plainKey is the fast path of NextKey, for a key without escapes and without white
// space around it. Otherwise it reads nothing.
func (s *Scanner) plainKey() (key []byte, ok bool) {
	if s.err != nil || s.depth == 0 || s.frames[s.depth-1].array {
		return nil, false
	}
	f, begin := &s.frames[s.depth-1], s.pos
	if f.count > 0 {
		if begin >= len(s.data) || s.data[begin] != ',' {
			return nil, false
		}
		begin++
	}
	if begin >= len(s.data) || s.data[begin] != '"' {
		return nil, false
	}
	end := passPlain(s.data, begin+1)
	if len(s.data)-end < 2 || s.data[end] != '"' || s.data[end+1] != ':' {
		return nil, false
	}
	f.key = begin
	f.count++
	s.pos = end + 2
	return s.data[begin+1 : end], true
}

// NextItem stops before the next item of the innermost open array. At the array's end
// it closes the array and returns false.
func (s *Scanner) NextItem() bool {
	if !s.next(']', true) {
		return false
	}
	s.frames[s.depth-1].count++
	return true
}

// next passes the comma between members, or the closing byte.
func (s *Scanner) next(closing byte, array bool) bool {
	if s.err != nil {
		return false
	}
	if s.depth == 0 || s.frames[s.depth-1].array != array {
		s.fail(ErrSyntax, "no such object or array is open")
		return false
	}
	f := &s.frames[s.depth-1]
	s.space()
	if s.pos >= len(s.data) {
		s.fail(ErrSyntax, "the text ends inside an object or array")
		return false
	}
	c := s.data[s.pos]
	if c == closing {
		s.pos++
		s.depth--
		return false
	}
	if f.count > 0 {
		if c != ',' {
			s.fail(ErrSyntax, "want a comma or the end of the object or array")
			return false
		}
		s.pos++
		s.space()
	}
	return true
}

// want checks the kind of the next value.
func (s *Scanner) want(kind Kind, wanted string) bool {
	if s.err != nil {
		return false
	}
	got := s.Kind()
	if got == kind {
		return true
	}
	switch {
	case got == Invalid && s.pos == 0 && bytes.HasPrefix(s.data, []byte("\xef\xbb\xbf")):
		s.fail(ErrSyntax, "the text begins with a byte order mark")
	case got == Invalid:
		s.fail(ErrSyntax, "want a value")
	default:
		s.fail(ErrType, "want "+wanted+", got "+got.String())
	}
	return false
}

// space passes white space, of which the providers write none.
func (s *Scanner) space() {
	if s.pos < len(s.data) && s.data[s.pos] <= ' ' {
		s.pos = passSpace(s.data, s.pos)
	}
}

func passSpace(data []byte, i int) int {
	for i < len(data) {
		switch data[i] {
		case ' ', '\t', '\n', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

// literal reads one of the three words.
func (s *Scanner) literal(word string) bool {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
		s.fail(ErrSyntax, "want true, false or null")
		return false
	}
	s.pos += len(word)
	return true
}

// String returns the kind's name in JSON's words.
func (k Kind) String() string {
	switch k {
	case Object:
		return "an object"
	case Array:
		return "an array"
	case String:
		return "a string"
	case Number:
		return "a number"
	case Bool:
		return "a boolean"
	case Null:
		return "null"
	default:
		return "nothing"
	}
}
