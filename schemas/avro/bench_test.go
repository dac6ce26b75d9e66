package avro_test

import (
	"reflect"
	"testing"

	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/codec"
)

// The two ways to write the same bytes: the generated encoder of the hot path, and
// goavro with the maps it asks for, made by reflection in this test; by hand they
// cost about half.

func BenchmarkAppendAvro(b *testing.B) {
	r, buf := verifyCode(), make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.AppendAvro(buf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGoavroEncode(b *testing.B) {
	r := verifyCode()
	judge, err := codec.New().Named(r.Schema())
	if err != nil {
		b.Fatal(err)
	}
	s, buf := tree(b, r.Schema()), make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := judge.Encode(buf, native(s, reflect.ValueOf(r).Elem())); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeAvro(b *testing.B) {
	body, err := verifyCode().AppendAvro(nil)
	if err != nil {
		b.Fatal(err)
	}
	var r avro.LOX24VerifyCode
	b.ReportAllocs()
	for b.Loop() {
		if err := r.DecodeAvro(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGoavroDecode(b *testing.B) {
	body, err := verifyCode().AppendAvro(nil)
	if err != nil {
		b.Fatal(err)
	}
	judge, err := codec.New().Named(verifyCode().Schema())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := judge.Native(body); err != nil {
			b.Fatal(err)
		}
	}
}
