// Package unibell parses the messages that pass through ingest to and from Unibell: status
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
	"bytes"
	"mime"
	"net/url"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// formType is the content type of Unibell's older status callbacks ([D]
// docs.unibell.tech page 1927).
const formType = "application/x-www-form-urlencoded"

// maxFieldName bounds the names of a form's fields that are looked at, escapes included.
const maxFieldName = 64

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
		return proof.Key(raw.ProviderUnibell, "unibell:"+source+":"+raw.UnibellRequest(""), requestID, body)
	}
	return proof.Key(raw.ProviderUnibell, "unibell:"+source+":", []byte(raw.UnibellReference(string(reference))), body)
}

// statusForm parses a form without building a map, because only two of its fields
// matter. If a field is repeated the first value counts. An empty body is not a form.
func statusForm(body []byte) (reference, requestID []byte, err error) {
	isForm := false
	for rest := body; len(rest) > 0; {
		var pair []byte
		pair, rest, _ = bytes.Cut(rest, []byte("&"))
		isForm = isForm || len(pair) > 0
		name, value, _ := bytes.Cut(pair, []byte("="))
		if len(name) > maxFieldName {
			continue
		}
		switch field := fieldName(name); {
		case field == fieldReference && reference == nil:
			reference = unescaped(value)
		case field == fieldRequestID && requestID == nil:
			requestID = unescaped(value)
		}
	}
	if !isForm {
		return nil, nil, proof.Envelope("not_form", "the body is not a form")
	}
	return reference, requestID, nil
}

// The fields of a status form that the key is made of.
const (
	fieldReference = "reference"
	fieldRequestID = "requestId"
)

// fieldName returns a field's name if it is one of the two. A stranger's form may have a
// hundred thousand names, so none is copied that cannot be: both have one length.
func fieldName(name []byte) string {
	if len(name)-2*bytes.Count(name, []byte("%")) != len(fieldReference) {
		return ""
	}
	field, _ := url.QueryUnescape(string(name))
	return field
}

// unescaped returns a form's value; one with a wrong escape cannot be read and is empty.
func unescaped(value []byte) []byte {
	text, err := url.QueryUnescape(string(value))
	if err != nil {
		return []byte{}
	}
	return []byte(text)
}

// statusJSON parses a JSON object. If it is invalid where the two fields are, both are
// empty.
func statusJSON(body []byte) (reference, requestID []byte, err error) {
	s := jsonscan.NewLoose(body)
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
	switch scanErr := s.End(); {
	case scanErr == nil:
		return reference, requestID, nil
	case jsonscan.IsObject(body):
		return nil, nil, nil
	default:
		return nil, nil, proof.NotJSON(scanErr)
	}
}
