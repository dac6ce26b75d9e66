package verification_test

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/verification"
)

// firstFormat is an entry as it was written before texts were short.
//
//go:embed testdata/format1.hex
var firstFormat string

// TestFirstFormat: an entry of the first format is read, and written in the present
// one, shorter and with nothing lost.
func TestFirstFormat(t *testing.T) {
	t.Parallel()
	old, err := hex.DecodeString(strings.TrimSpace(firstFormat))
	if err != nil {
		t.Fatal(err)
	}
	first, err := verification.Parse(old)
	if err != nil {
		t.Fatal(err)
	}
	entry := first.AppendTo(nil)
	if entry[0] != 2 || len(entry) > len(old)*3/4 {
		t.Errorf("format %d, %d bytes instead of %d", entry[0], len(entry), len(old))
	}
	second, err := verification.Parse(entry)
	if err != nil {
		t.Fatal(err)
	}
	if again := second.AppendTo(nil); !bytes.Equal(entry, again) {
		t.Errorf("written again it differs:\n%q\n%q", entry, again)
	}
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	if diff := cmp.Diff(first, second, all); diff != "" {
		t.Errorf("(-first +present)\n%s", diff)
	}
}
