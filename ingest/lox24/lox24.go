// Package lox24 parses a LOX24 webhook as far as ingest needs: whether it is an event's
// envelope, and the id of the verification, which becomes the record's key.
//
//	body ─► Key ─► lox24:<data.id>
//
// LOX24 signs nothing ([D] doc.lox24.eu names no signature, its own Symfony
// bridge ignores the secret), so the proof is a secret in the URL or a header,
// which package ingest compares.
package lox24

import (
	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Key returns the raw key of an event. A body that is not an object is refused. One
// without a usable data.id, or with several, is keyed by its hash; so is one in which
// invalid JSON hides data.id: it is authentic all the same, and the processor decides
// how to handle it.
func Key(body []byte) (string, error) {
	s := jsonscan.NewLoose(body)
	if s.Kind() != jsonscan.Object {
		return "", proof.Envelope("not_json_object", "the body is not a JSON object")
	}
	var id []byte
	seen := 0
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			break
		}
		if string(key) == "data" && s.Kind() == jsonscan.Object {
			var n int
			id, n = dataID(s)
			seen += n
			continue
		}
		s.Skip()
	}
	err := s.End()
	if err != nil && !jsonscan.IsObject(body) {
		return "", proof.NotJSON(err)
	}
	if err != nil || seen != 1 {
		id = nil
	}
	return proof.Key(raw.ProviderLOX24, "lox24:", id, body), nil
}

// dataID reads the data object and returns its id and how many ids it had.
func dataID(s *jsonscan.Scanner) (id []byte, seen int) {
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			return id, seen
		}
		if string(key) == "id" {
			seen++
			if k := s.Kind(); k == jsonscan.String || k == jsonscan.Number {
				id = s.Text()
				continue
			}
		}
		s.Skip()
	}
}
