package unibell

import (
	"mime"
	"net/url"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
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

// fields are a body's fields as text, empty where absent or null.
type fields [fieldCount]string

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
	var met [fieldCount]bool
	repeated := false
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			break
		}
		i := index(string(key))
		switch {
		case i < 0:
			s.Skip()
			continue
		case met[i]:
			repeated = true
		}
		met[i] = true
		if !s.Null() {
			f[i] = string(s.Text())
		}
	}
	if err := s.End(); err != nil {
		return verification.Unreadable("", err)
	}
	if repeated {
		return errRepeated()
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
		switch {
		case i < 0:
		case len(list) > 1 || f[i] != "":
			return errRepeated()
		default:
			f[i] = list[0]
		}
	}
	return nil
}

// errRepeated refuses a body with a field twice: readers differ in which counts.
func errRepeated() error {
	return engine.Permanentf(engine.CauseUndecodable, "a field is there twice")
}

// timeOf reads a time, zero if it is absent or in no known form. The provider does
// not document one; a time without a zone is taken for UTC: an assumption.
func timeOf(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil && at.Year() > 1970 && at.Year() < 9999 {
			return at.UTC().Truncate(time.Millisecond)
		}
	}
	return time.Time{}
}
