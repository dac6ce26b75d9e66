package avro_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestDecodeOrigin: every decoded schema begins with its origin.
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
		var want avro.Origin
		switch decoded := r.(type) {
		case *avro.LOX24VerifyCode:
			want = decoded.Origin
		case *avro.LOX24SMS:
			want = decoded.Origin
		case *avro.UAPAYPayment:
			want = decoded.Origin
		case *avro.VoximplantAccountCallback:
			want = decoded.Origin
		case *avro.UnibellCall:
			want = decoded.Origin
		default:
			t.Fatalf("no origin is known of %T", r)
		}
		got, err := avro.DecodeOrigin(b)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: DecodeOrigin() = %v (-want +got):\n%s", r.Schema(), err, diff)
		}
	}
	if found == 0 {
		t.Error("no decoded schema")
	}
	if _, err := avro.DecodeOrigin([]byte{2}); err == nil {
		t.Error("DecodeOrigin() of cut bytes = nil")
	}
}
