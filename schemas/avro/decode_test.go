package avro_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestDecodeAvroCutAnywhere: a body that ends anywhere is refused, and one that
// goes on is.
func TestDecodeAvroCutAnywhere(t *testing.T) {
	t.Parallel()
	b, err := verifyCode().AppendAvro(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		if err := new(avro.LOX24VerifyCode).DecodeAvro(b[:i]); err == nil {
			t.Errorf("DecodeAvro() of the first %d of %d bytes = nil", i, len(b))
		}
	}
	if err := new(avro.LOX24VerifyCode).DecodeAvro(append(b, 0)); !errors.Is(err, avro.ErrTrailing) {
		t.Errorf("DecodeAvro() of one byte more = %v, want %v", err, avro.ErrTrailing)
	}
}

// TestDecodeAvroRefuses: what a count or a length claims is believed only as far
// as there are bytes.
func TestDecodeAvroRefuses(t *testing.T) {
	t.Parallel()
	long := func(v int64) []byte { return binary.AppendVarint(nil, v) }
	// An Origin-less record begins with a string: its length is the first long.
	tests := map[string]struct {
		body   []byte
		reason error
	}{
		"nothing":              {nil, avro.ErrShort},
		"a negative length":    {long(-1), avro.ErrRange},
		"a huge length":        {long(1 << 60), avro.ErrShort},
		"a number of 11 bytes": {[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, avro.ErrRange},
		"not UTF-8":            {append(long(1), 0xff), avro.ErrUTF8},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := new(avro.Duplicate).DecodeAvro(test.body); !errors.Is(err, test.reason) {
				t.Errorf("DecodeAvro() = %v, want %v", err, test.reason)
			}
		})
	}
}

// FuzzDecodeAvro: any bytes end in a record or an error, and a record read is
// one that can be written.
func FuzzDecodeAvro(f *testing.F) {
	for i, r := range records() {
		f.Add(uint8(i), []byte{})
		f.Add(uint8(i), []byte{0xff, 0xff, 0xff, 0xff, 0x7f})
		if b, err := golden(f, r.Schema()); err == nil {
			f.Add(uint8(i), b)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		all := records()
		r := all[int(which)%len(all)]
		if r.DecodeAvro(b) != nil {
			return
		}
		again, err := r.AppendAvro(nil)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if err := empty(r).DecodeAvro(again); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}
