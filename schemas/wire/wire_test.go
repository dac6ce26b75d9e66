package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tributary-hq/tributary/schemas/wire"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	value := append(wire.AppendPlaceholder(nil), "body"...)
	wire.Put(value, 0xfeedbeef)
	if want := append([]byte{0, 0xfe, 0xed, 0xbe, 0xef}, "body"...); !bytes.Equal(value, want) {
		t.Fatalf("Put() made %x, want %x", value, want)
	}
	if other := append(wire.Append(nil, 0xfeedbeef), "body"...); !bytes.Equal(value, other) {
		t.Errorf("Append() made %x, want %x", other, value)
	}
	id, body, err := wire.Parse(value)
	if id != 0xfeedbeef || string(body) != "body" || err != nil {
		t.Errorf("Parse() = %x, %q, %v", id, body, err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, value := range map[string][]byte{
		"nothing": nil, "too short": {0, 0, 0, 1}, "another magic": {1, 0, 0, 0, 1, 2}, "json": []byte(`{"a":1}`),
	} {
		if _, _, err := wire.Parse(value); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("Parse() of %s = %v, want %v", name, err, wire.ErrFormat)
		}
	}
	if _, body, err := wire.Parse([]byte{0, 0, 0, 0, 1}); err != nil || len(body) != 0 {
		t.Errorf("Parse() of an empty body = %q, %v", body, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte{0, 0, 0, 0, 1})
	f.Add([]byte{0, 255, 255, 255, 255, 7, 8})
	f.Fuzz(func(t *testing.T, value []byte) {
		id, body, err := wire.Parse(value)
		if err != nil {
			if !errors.Is(err, wire.ErrFormat) {
				t.Fatalf("Parse() = %v, want %v", err, wire.ErrFormat)
			}
			return
		}
		if again := append(wire.Append(nil, id), body...); !bytes.Equal(again, value) {
			t.Fatalf("Parse(%x) lost something: %x", value, again)
		}
	})
}
