package avro_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestDecodeFact: every decoded schema begins with its origin, its event id and its receipt.
func TestDecodeFact(t *testing.T) {
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
		var want avro.Fact
		for i, v := range []reflect.Value{reflect.ValueOf(&want.Origin), reflect.ValueOf(&want.EventID), reflect.ValueOf(&want.ReceivedAt)} {
			v.Elem().Set(fields.Field(i))
		}
		got, err := avro.DecodeFact(b)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: DecodeFact() = %v (-want +got):\n%s", r.Schema(), err, diff)
		}
	}
	if found == 0 {
		t.Error("no decoded schema")
	}
	if _, err := avro.DecodeFact([]byte{2}); err == nil {
		t.Error("DecodeFact() of cut bytes = nil")
	}
}
