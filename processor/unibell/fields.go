package unibell

import (
	"mime"
	"net/url"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// The fields that are read. The code that is spoken is none of them, nor are imsi,
// vlr and hlr.
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

// fields are a body's fields as text, empty where absent or null, or where two values
// stand for one field.
type fields struct {
	text [fieldCount]string
	met  [fieldCount]bool
	// unread are the fields whose value has no one meaning.
	unread [fieldCount]bool
}

// put takes a value of a field. Two names for one thing, or one name twice, are fine
// where the values are equal.
func (f *fields) put(i int, text string) {
	if f.met[i] && f.text[i] != text {
		f.unread[i] = true
	}
	if f.met[i] = true; f.unread[i] {
		text = ""
	}
	f.text[i] = text
}

// check notes the fields that are not texts or have two values. In a status callback
// such a field is an error if it identifies the fact.
func (f *fields) check(callback bool, notes *tolerance.Notes) error {
	for i, name := range names() {
		switch {
		case !f.unread[i]:
		case i <= status && callback:
			return engine.Permanentf(engine.CauseSchemaMismatch, "%s: not a text, or there with two values", name)
		default:
			notes.Unread(name)
		}
	}
	return nil
}

// index returns the place of a field by the provider's name of it, -1 if it is
// none of those read. [S] 000; [D] pages 1927 (SMS callback), 3515 (flash call)
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
		return verification.Unreadable("", err)
	}
	return nil
}

func (f *fields) readForm(body []byte) error {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return engine.Permanentf(engine.CauseUndecodable, "not a form")
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

// timeOf reads a time, zero if it is absent or has no one meaning. The provider does not
// document its form; a time without a zone is taken for UTC: an assumption.
func (f *fields) timeOf(i int, notes *tolerance.Notes) time.Time {
	at, reading := jsonscan.TimeOf(f.text[i])
	notes.Reading(reading, names()[i])
	return at
}
