package proof_test

import (
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/ingest/proof"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	var s proof.Secrets
	s.Add("none", "")
	s.Add("old", "one")
	s.Add("new", "two")
	if s.Len() != 2 {
		t.Errorf("%d secrets: an empty one proves nothing", s.Len())
	}
	for credential, want := range map[string]string{"one": "old", "two": "new", "": "", "on": "", "one\n": "", "onetwo": "", "ONE": ""} {
		if id, ok := s.Match(credential); id != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", credential, id, ok, want)
		}
	}
	var none proof.Secrets
	if _, ok := none.Match(""); ok {
		t.Error("no secret fits the empty credential")
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	const hashed = "lox24:sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for id, want := range map[string]string{"a": "lox24:a", "": hashed, strings.Repeat("x", 257): hashed} {
		if got := proof.Key("lox24", "lox24:", []byte(id), nil); got != want {
			t.Errorf("%.10q: %s, want %s", id, got, want)
		}
	}
}
