package unibell

import (
	"encoding/json"

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
	// Text names the field and its fault. The text for a number with Cyrillic letters
	// is the provider's ([S] 000), the others are ours.
	Text string `json:"error"`
	// Reason is the value of the metric's label, snake_case.
	Reason string `json:"-"`
}

// Error implements error.
func (f *Fault) Error() string { return f.Status + ": " + f.Text }

// Request is a Call Back request of one of our callers.
type Request struct {
	// Body is recorded and sent to the provider. It is the caller's bytes, or, where
	// the reference was missing or a field was not one of the provider's four, a new
	// object of those four.
	Body []byte
	// Reference is never empty.
	Reference string
	// ReferenceMade says that the caller sent no reference.
	ReferenceMade bool
	// Dropped is how many fields were left out: the provider documents others on the
	// same path, which call other numbers.
	Dropped int
}

// sent is a request as it goes to the provider: the four documented fields ([S] 000).
//
//nolint:tagliatelle // the provider's names
type sent struct {
	Reference  string `json:"reference"`
	SourceAddr string `json:"sourceAddr"`
	DestAddr   string `json:"destAddr"`
	Code       string `json:"code"`
}

// scan holds the fields of a parsed request.
type scan struct {
	fields             map[string]string
	dropped            int
	repeated, wrongRow string
}

// ReadRequest checks a request against the rules and fills in the reference made by
// newReference where the caller sent none, or an empty one. The error is a *Fault.
func ReadRequest(body []byte, rules *Rules, newReference func() string) (Request, error) {
	s := jsonscan.New(body)
	if s.Kind() != jsonscan.Object {
		return Request{}, &Fault{Status: StatusRequiredJSON, Text: "The body must be a JSON object", Reason: reasonInvalid}
	}
	f := scan{fields: make(map[string]string, 4)}
	f.read(s)
	if s.End() != nil {
		return Request{}, &Fault{Status: StatusRequiredJSON, Text: "The body must be JSON", Reason: reasonInvalid}
	}
	if err := rules.check(&f); err != nil {
		return Request{}, err
	}
	r := Request{Body: body, Reference: f.fields["reference"], Dropped: f.dropped}
	if r.Reference == "" {
		r.Reference, r.ReferenceMade = newReference(), true
	}
	if !r.ReferenceMade && r.Dropped == 0 {
		return r, nil
	}
	var err error
	r.Body, err = json.Marshal(sent{
		Reference: r.Reference, SourceAddr: f.fields["sourceAddr"], DestAddr: f.fields["destAddr"], Code: f.fields["code"],
	})
	return r, err
}

func (f *scan) read(s *jsonscan.Scanner) {
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			return
		}
		switch name := string(key); name {
		case "reference", "sourceAddr", "destAddr", "code":
			if _, again := f.fields[name]; again {
				f.repeated = name
			}
			f.value(name, s)
		default:
			f.dropped++
			s.Skip()
		}
	}
}

func (f *scan) value(name string, s *jsonscan.Scanner) {
	switch s.Kind() {
	case jsonscan.String, jsonscan.Number:
		f.fields[name] = string(s.Text())
	case jsonscan.Null:
		s.Null()
		f.fields[name] = ""
	default:
		f.wrongRow = name
		s.Skip()
	}
}
