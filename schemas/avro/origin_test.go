package avro_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestDecodeOrigin: every decoded schema begins with its origin and its event id.
func TestDecodeOrigin(t *testing.T) {
	t.Parallel()
	found := 0
	for _, r := range records() {
		if !strings.HasPrefix(r.Schema(), "decoded.") {
			continue
		}
		found++
		b, err := golden(t, r.Schema())
		if err != nil {
			t.Fatal(err)
		}
		if err := r.DecodeAvro(b); err != nil {
			t.Fatal(err)
		}
		fields := reflect.ValueOf(r).Elem()
		want, ok := reflect.TypeAssert[avro.Origin](fields.FieldByName("Origin"))
		if !ok {
			t.Fatalf("%s has no origin", r.Schema())
		}
		event := fields.FieldByName("EventID").String()
		got, err := avro.DecodeOrigin(b)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: DecodeOrigin() = %v (-want +got):\n%s", r.Schema(), err, diff)
		}
		fact, id, err := avro.DecodeFact(b)
		if diff := cmp.Diff(want, fact); err != nil || diff != "" || id != event {
			t.Errorf("%s: DecodeFact() = %q, %v, want %q (-want +got):\n%s", r.Schema(), id, err, event, diff)
		}
	}
	if found == 0 {
		t.Error("no decoded schema")
	}
	if _, err := avro.DecodeOrigin([]byte{2}); err == nil {
		t.Error("DecodeOrigin() of cut bytes = nil")
	}
	if _, _, err := avro.DecodeFact([]byte{2}); err == nil {
		t.Error("DecodeFact() of cut bytes = nil")
	}
}
