// Package unibell reads what goes through ingest to and from Unibell: status
// callbacks, our callers' requests, and the provider's answers.
//
//	status (JSON or form)  ─► StatusKey ─► unibell:<source>:<reference>
//	                                       else unibell:<source>:request:<requestId>
//	request                ─► ReadRequest ─► the same bytes, the reference filled in
//
// Unibell documents no format, states or proof of its status callbacks ([NOT
// FOUND]), so both formats of its other callbacks are taken and the proof is a
// shared secret.
package unibell

import (
	"mime"
	"net/url"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// formType is the content type of Unibell's older status callbacks ([D]
// docs.unibell.tech page 1927).
const formType = "application/x-www-form-urlencoded"

// StatusKey returns the raw key of a status callback. A body that is neither a
// JSON object nor, by its content type, a form is refused; one that names
// neither reference nor requestId is keyed by its hash.
func StatusKey(source, contentType string, body []byte) (string, error) {
	read := statusJSON
	if media, _, err := mime.ParseMediaType(contentType); err == nil && media == formType {
		read = statusForm
	}
	reference, requestID, err := read(body)
	if err != nil {
		return "", err
	}
	return Key(source, reference, requestID, body), nil
}

// Key returns the raw key of a record that names a reference, else a requestId,
// else neither.
func Key(source string, reference, requestID, body []byte) string {
	if len(reference) == 0 && len(requestID) > 0 {
		return proof.Key(raw.ProviderUnibell, "unibell:"+source+":request:", requestID, body)
	}
	return proof.Key(raw.ProviderUnibell, "unibell:"+source+":", reference, body)
}

// statusForm reads a form. Of repeated fields the first counts.
func statusForm(body []byte) (reference, requestID []byte, err error) {
	values, parseErr := url.ParseQuery(string(body))
	if parseErr != nil || len(values) == 0 {
		return nil, nil, proof.Envelope("not_form", "the body is not a form")
	}
	return []byte(values.Get("reference")), []byte(values.Get("requestId")), nil
}

// statusJSON reads a JSON object.
func statusJSON(body []byte) (reference, requestID []byte, err error) {
	s := jsonscan.New(body)
	if s.Kind() != jsonscan.Object {
		return nil, nil, proof.Envelope("not_json_object", "the body is not a JSON object")
	}
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			break
		}
		kind := s.Kind()
		scalar := kind == jsonscan.String || kind == jsonscan.Number
		switch {
		case scalar && string(key) == "reference" && reference == nil:
			reference = s.Text()
		case scalar && string(key) == "requestId" && requestID == nil:
			requestID = s.Text()
		default:
			s.Skip()
		}
	}
	if scanErr := s.End(); scanErr != nil {
		return nil, nil, proof.Envelope("not_json", "the body is not JSON that can be read: "+scanErr.Error())
	}
	return reference, requestID, nil
}
