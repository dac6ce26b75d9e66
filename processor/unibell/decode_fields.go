package unibell

import (
	"mime"
	"net/url"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// The fields that are read. The spoken code is not among them, nor are imsi, vlr and
// hlr.
const (
	reference = iota
	requestID
	status
	sourceAddr
	destAddr
	errorText
	errorCode
	networkError
	createdAt
	statusAt
	fieldCount
)

// names are the provider's names of the fields, for counts.
func names() [fieldCount]string {
	return [fieldCount]string{
		"reference", "requestId", "status", "sourceAddr", "destAddr", "error", "errorCode", "networkErrCode", "createdDateTime", "statusDateTime",
	}
}

// fields are a body's fields as text; a field is empty if it is absent, null or has two
// values.
type fields struct {
	text [fieldCount]string
	met  [fieldCount]bool
	// unread marks the fields that are not a text or have two values.
	unread [fieldCount]bool
}

// put sets a field. A field may occur twice, or under two names, if the values are
// equal.
func (f *fields) put(i int, text string) {
	if f.met[i] && f.text[i] != text {
		f.unread[i] = true
	}
	if f.met[i] = true; f.unread[i] {
		text = ""
	}
	f.text[i] = text
}

// validate records the fields that are not texts or have two values. In a status callback
// such a field is an error if it identifies the fact.
func (f *fields) validate(callback bool, faults *tolerance.Faults) error {
	for i, name := range names() {
		switch {
		case !f.unread[i]:
		case i <= status && callback:
			return stage.Permanentf(stage.CauseSchemaMismatch, "%s: not a text, or there with two values", name)
		default:
			faults.Unread(name)
		}
	}
	return nil
}

// index returns the index of a field by the provider's name for it, or -1 if the field
// is not read. [S] 000; [D] pages 1927 (SMS callback), 3515 (flash call)
func index(name string) int {
	switch name {
	case "reference":
		return reference
	case "requestId":
		return requestID
	case "status":
		return status
	case "sourceAddr", "number":
		return sourceAddr
	case "destAddr":
		return destAddr
	case "error", "errorReason":
		return errorText
	case "errorCode":
		return errorCode
	case "networkErrCode":
		return networkError
	case "createdDateTime":
		return createdAt
	case "statusDateTime":
		return statusAt
	default:
		return -1
	}
}

// read reads a body by its content type.
func (f *fields) read(contentType string, body []byte) error {
	const form = "application/x-www-form-urlencoded"
	if media, _, err := mime.ParseMediaType(contentType); err == nil && media == form {
		return f.readForm(body)
	}
	return f.readJSON(body)
}

func (f *fields) readJSON(body []byte) error {
	s := jsonscan.New(body)
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			break
		}
		i := index(string(key))
		if i < 0 {
			s.Skip()
			continue
		}
		text, reading := s.LenientText()
		if reading == jsonscan.Unread {
			f.unread[i] = true
		}
		if reading != jsonscan.Absent {
			f.put(i, string(text))
		}
	}
	if err := s.End(); err != nil {
		return entity.Unreadable("", err)
	}
	return nil
}

func (f *fields) readForm(body []byte) error {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return stage.Permanentf(stage.CauseUndecodable, "not a form")
	}
	for name, list := range values {
		i := index(name)
		for _, text := range list {
			if i >= 0 && text != "" {
				f.put(i, text)
			}
		}
	}
	return nil
}

// timeOf parses a time; it is zero if it is absent or ambiguous. The provider does not
// document the format; that a time without a zone is UTC is an assumption.
func (f *fields) timeOf(i int, faults *tolerance.Faults) time.Time {
	at, reading := jsonscan.TimeOf(f.text[i])
	faults.Reading(reading, names()[i])
	return at
}
