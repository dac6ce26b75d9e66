package avro_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestTextsAreLookedAtWhole puts a byte that is not UTF-8 into every place of texts of
// all short lengths, for they are looked at by words, the last of which overlap.
func TestTextsAreLookedAtWhole(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		clean := strings.Repeat("x", n)
		d := avro.Duplicate{EntityID: clean, ReceivedAt: someTime, Record: at(), FirstReceivedAt: someTime, First: at(), ProcessedAt: someTime}
		b, err := d.AppendAvro(nil)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		var again avro.Duplicate
		if err := again.DecodeAvro(b); err != nil || again.EntityID != clean {
			t.Fatalf("%d bytes came back as %d, %v", n, len(again.EntityID), err)
		}
		for i := range n {
			d.EntityID = clean[:i] + "\xff" + clean[i+1:]
			if _, err := d.AppendAvro(nil); !errors.Is(err, avro.ErrUTF8) {
				t.Errorf("byte %d of %d is not UTF-8: AppendAvro() = %v", i, n, err)
			}
			broken := append([]byte(nil), b...)
			broken[bytes.Index(b, []byte(clean))+i] = 0xff
			if err := again.DecodeAvro(broken); !errors.Is(err, avro.ErrUTF8) {
				t.Errorf("byte %d of %d is not UTF-8: DecodeAvro() = %v", i, n, err)
			}
			d.EntityID = clean[:i] + "é" + clean[i+1:]
			b, err := d.AppendAvro(nil)
			if err == nil {
				err = again.DecodeAvro(b)
			}
			if err != nil || again.EntityID != d.EntityID {
				t.Errorf("a letter of two bytes at %d of %d: %v", i, n, err)
			}
		}
	}
}

func at() avro.RecordPosition {
	return avro.RecordPosition{Topic: "raw.lox24.v1"}
}
