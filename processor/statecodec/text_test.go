package statecodec_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

type room struct{ used int }

func (r *room) Buffer(n int) []byte { r.used++; return make([]byte, 0, n) }

func TestShortTexts(t *testing.T) {
	t.Parallel()
	const id = "0f47ac10-58cc-4372-a567-0e02b2c3d479"
	for name, c := range map[string]struct {
		text string
		size int
	}{
		"empty":                  {"", 1},
		"a word":                 {"telegram", 9},
		"a UUID":                 {id, 17},
		"a UUID and a tag":       {id + "\x00\x01\x02\x03\x04\x05", 23},
		"an entity's key":        {"lox24:" + id, 23},
		"a UUID in capitals":     {strings.ToUpper(id), 38},
		"a UUID without a dash":  {strings.Replace(id, "-", "_", 1), 38},
		"a UUID but for a digit": {id[:35] + "g", 38},
		"a hash":                 {strings.Repeat("0af3", 16), 34},
		"a hash in capitals":     {strings.Repeat("0AF3", 16), 66},
		"a short number":         {"331213", 7},
		"an odd number":          {"12345678901234567", 18},
		"two UUIDs":              {id + id, 54},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entry := statecodec.AppendText([]byte{1}, c.text)
			if len(entry)-1 != c.size {
				t.Errorf("%q takes %d bytes, want %d", c.text, len(entry)-1, c.size)
			}
			r, _ := statecodec.NewReader(entry, 1)
			r.Short(nil)
			if got := r.Text(); got != c.text || r.Done() != nil {
				t.Errorf("%q came back as %q: %v", c.text, got, r.Done())
			}
		})
	}
}

func TestShortTextsComeBack(t *testing.T) {
	t.Parallel()
	hex := rapid.StringMatching(`[0-9a-f]{14,40}`)
	uuid := rapid.StringMatching(`[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-fg]{4}-[0-9a-f]{12}`)
	some := rapid.OneOf(rapid.String(), hex, uuid)
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(some, 0, 3), func(s []string) string { return strings.Join(s, "") }), 1, 5).Draw(t, "texts")
		entry := []byte{1}
		for i, text := range texts {
			if i%2 == 0 {
				entry = statecodec.AppendText(entry, text)
			} else {
				entry = statecodec.AppendTextBytes(entry, []byte(text))
			}
		}
		r, _ := statecodec.NewReader(entry, 1)
		r.Short(&room{})
		for _, text := range texts {
			if got := string(r.TextBytes()); got != text {
				t.Fatalf("%q came back as %q", text, got)
			}
		}
		if err := r.Done(); err != nil {
			t.Fatal(err)
		}
		r, _ = statecodec.NewReader(entry[:rapid.IntRange(1, len(entry)-1).Draw(t, "cut")], 1)
		r.Short(&room{})
		for range texts {
			r.Text()
		}
		if err := r.Done(); !errors.Is(err, statecodec.ErrEntry) {
			t.Fatalf("Done() of a cut entry = %v, want ErrEntry", err)
		}
	})
}

// FuzzShortText: no entry makes a Reader panic.
func FuzzShortText(f *testing.F) {
	f.Add([]byte("\x01\x01\xff\xff"))
	f.Fuzz(func(t *testing.T, entry []byte) {
		r, _ := statecodec.NewReader(entry, 255)
		r.Short(nil)
		for r.Err() == nil && len(r.TextBytes()) > 0 {
		}
	})
}
