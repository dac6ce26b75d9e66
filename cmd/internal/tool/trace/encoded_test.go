package trace

// This test opens the package: encoded decides which batches are decoded at all, and its fault would be
// a case that is not found.

import (
	"bytes"
	"encoding/base64"
	"testing"

	"pgregory.net/rapid"
)

// TestEncoded: a text in base64 that has an id has one of its encodings, wherever the id lies in it.
func TestEncoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringN(MinSearch, 40, -1).Draw(t, "id")
		before, after := rapid.String().Draw(t, "before"), rapid.String().Draw(t, "after")
		text := base64.RawURLEncoding.EncodeToString([]byte(before + id + after))
		for _, needle := range encoded(id) {
			if bytes.Contains([]byte(text), needle) {
				return
			}
		}
		t.Fatalf("%q has none of the encodings of %q", text, id)
	})
}
