package avro_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/schemas/codec"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// TestAppendAvroEqualsGoavro holds the promise of the package for every schema:
// the same bytes as goavro, and what is written can be read.
func TestAppendAvroEqualsGoavro(t *testing.T) {
	t.Parallel()
	for _, r := range records() {
		t.Run(r.Schema(), func(t *testing.T) {
			t.Parallel()
			s := tree(t, r.Schema())
			judge, err := codec.New().Named(r.Schema())
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(t *rapid.T) { checkBytes(t, s, judge, empty(r)) })
		})
	}
}

func checkBytes(t *rapid.T, s *schema.Schema, judge *codec.Codec, r record) {
	draw(t, s, reflect.ValueOf(r).Elem())
	got, err := r.AppendAvro([]byte("before"))
	if err != nil {
		t.Fatalf("AppendAvro(%+v) = %v", r, err)
	}
	got, ok := bytes.CutPrefix(got, []byte("before"))
	if !ok {
		t.Fatal("AppendAvro() wrote over what was there")
	}
	want, err := judge.Encode(nil, native(s, reflect.ValueOf(r).Elem()))
	if err != nil {
		t.Fatalf("goavro: %v", err)
	}
	// goavro writes the entries of a map in any order.
	if !bytes.Equal(got, want) && (len(got) != len(want) || !manyEntries(reflect.ValueOf(r).Elem())) {
		t.Fatalf("AppendAvro() = %x\n          want %x", got, want)
	}
	if _, err := judge.Native(got); err != nil {
		t.Fatalf("goavro cannot read what was written: %v", err)
	}
	back := empty(r)
	if err := back.DecodeAvro(want); err != nil {
		t.Fatalf("DecodeAvro() = %v", err)
	}
	if diff := cmp.Diff(r, back, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("DecodeAvro(AppendAvro(r)) (-want +got):\n%s", diff)
	}
}

// manyEntries tells whether a record has a map of two entries or more.
func manyEntries(v reflect.Value) bool {
	for _, f := range v.Fields() {
		if f.Kind() == reflect.Map && f.Len() > 1 {
			return true
		}
	}
	return false
}
