package unibell

import (
	"slices"
	"strconv"
	"unicode"

	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// The provider's words for a request it does not take ([D] docs.unibell.tech
// page 73).
const (
	StatusRequiredJSON  = "requiredJsonError"
	StatusInvalidScheme = "invalidSchemeError"
	StatusInvalidData   = "invalidDataError"
)

// Fault is a request that need not reach the provider, in the provider's words.
type Fault struct { //nolint:errname // It is an answer that travels as an error.
	// Status is one of the Status constants.
	Status string `json:"status"`
	// Text says what is wrong with which field. That of Cyrillic is the provider's
	// ([S] 000), the others are ours.
	Text string `json:"error"`
}

// Error implements error.
func (f *Fault) Error() string { return f.Status + ": " + f.Text }

// Request is a Call Back request of one of our callers.
type Request struct {
	// Body is what is recorded and sent: the caller's bytes, with the reference
	// filled in where there was none.
	Body []byte
	// Reference is never empty.
	Reference string
	// ReferenceMade says that the caller sent no reference.
	ReferenceMade bool
}

// scan is what a request says, and where.
type scan struct {
	fields             map[string]string
	referenceFrom      int // where an empty reference's value begins and ends
	referenceTo        int
	repeated, wrongRow string
}

// ReadRequest checks a request and fills in the reference made by newReference
// where the caller sent none, or an empty one. Unknown fields pass. The error is
// a *Fault.
func ReadRequest(body []byte, newReference func() string) (Request, error) {
	s := jsonscan.New(body)
	if s.Kind() != jsonscan.Object {
		return Request{}, &Fault{Status: StatusRequiredJSON, Text: "The body must be a JSON object"}
	}
	f := scan{fields: make(map[string]string, 4)}
	f.read(s)
	if s.End() != nil {
		return Request{}, &Fault{Status: StatusRequiredJSON, Text: "The body must be JSON"}
	}
	if err := f.check(); err != nil {
		return Request{}, err
	}
	if reference := f.fields["reference"]; reference != "" {
		return Request{Body: body, Reference: reference}, nil
	}
	reference := newReference()
	return Request{Body: f.insert(body, reference), Reference: reference, ReferenceMade: true}, nil
}

func (f *scan) read(s *jsonscan.Scanner) {
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			return
		}
		name := string(key)
		switch name {
		case "reference", "sourceAddr", "destAddr", "code":
		default:
			s.Skip()
			continue
		}
		if _, again := f.fields[name]; again {
			f.repeated = name
		}
		f.value(name, s)
	}
}

func (f *scan) value(name string, s *jsonscan.Scanner) {
	switch s.Kind() {
	case jsonscan.String, jsonscan.Number:
		text := s.Text()
		f.fields[name] = string(text)
		if name == "reference" && len(text) == 0 {
			f.referenceFrom, f.referenceTo = s.Offset()-len(`""`), s.Offset()
		}
	case jsonscan.Null:
		s.Null()
		f.fields[name] = ""
		if name == "reference" {
			f.referenceFrom, f.referenceTo = s.Offset()-len("null"), s.Offset()
		}
	default:
		f.wrongRow = name
		s.Skip()
	}
}

// check refuses what the provider documents as wrong, and numbers that cannot be
// what it documents as right: 7XXXXXXXXXX, with or without a plus.
func (f *scan) check() error {
	switch {
	case f.repeated != "":
		return &Fault{Status: StatusInvalidScheme, Text: "Field " + f.repeated + " must not be repeated"}
	case f.wrongRow != "":
		return &Fault{Status: StatusInvalidScheme, Text: "Field " + f.wrongRow + " must be a string"}
	}
	for _, name := range []string{"sourceAddr", "destAddr"} {
		addr := f.fields[name]
		switch {
		case addr == "":
			return &Fault{Status: StatusInvalidData, Text: "Field " + name + " is required"}
		case cyrillic(addr):
			return &Fault{Status: StatusInvalidData, Text: "Field " + name + " must not contain Cyrillic"}
		case !russian(addr):
			return &Fault{Status: StatusInvalidData, Text: "Field " + name + " must be a phone number in the format 7XXXXXXXXXX"}
		}
	}
	if f.fields["code"] == "" {
		return &Fault{Status: StatusInvalidData, Text: "Field code is required"}
	}
	return nil
}

// insert puts the reference where an empty one stood, or first. The body is an
// object with fields, so that a comma may follow.
func (f *scan) insert(body []byte, reference string) []byte {
	quoted := strconv.Quote(reference)
	if f.referenceTo > 0 {
		return slices.Concat(body[:f.referenceFrom], []byte(quoted), body[f.referenceTo:])
	}
	brace := slices.Index(body, '{') + 1
	return slices.Concat(body[:brace], []byte(`"reference":`+quoted+`,`), body[brace:])
}

func cyrillic(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Cyrillic, r) {
			return true
		}
	}
	return false
}

func russian(addr string) bool {
	const length = 11
	if addr != "" && addr[0] == '+' {
		addr = addr[1:]
	}
	if len(addr) != length || addr[0] != '7' {
		return false
	}
	for i := range len(addr) {
		if addr[i] < '0' || addr[i] > '9' {
			return false
		}
	}
	return true
}
