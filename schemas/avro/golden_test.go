package avro_test

import (
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/codec"
)

var update = flag.Bool("update", false, "write missing golden bytes; those that are there are never changed")

// version is the newest released version of a schema, of which package avro has
// the types. The golden bytes of the earlier ones stay, and package codec goes on
// reading them.
func version(name string) string {
	released, _ := schemas.Released(name) // an error is version 0, which has no file
	return strconv.Itoa(len(released))
}

func goldenPath(name string) string {
	return filepath.Join("..", "testdata", "golden", name, version(name)+".hex")
}

func golden(tb testing.TB, name string) ([]byte, error) {
	tb.Helper()
	text, err := os.ReadFile(goldenPath(name))
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
}

// TestGoldenBytes: what this version writes and reads does not change, and
// goavro reads the same from it.
func TestGoldenBytes(t *testing.T) {
	t.Parallel()
	cache := codec.New()
	for _, r := range records() {
		t.Run(r.Schema(), func(t *testing.T) {
			t.Parallel()
			if *update {
				writeGolden(t, empty(r))
			}
			b, err := golden(t, r.Schema())
			if err != nil {
				t.Fatalf("%v (run with -update to write the missing)", err)
			}
			if err := r.DecodeAvro(b); err != nil {
				t.Fatalf("DecodeAvro() = %v", err)
			}
			again, err := r.AppendAvro(nil)
			if err != nil || hex.EncodeToString(again) != hex.EncodeToString(b) {
				t.Errorf("AppendAvro() = %x, %v, want %x", again, err, b)
			}
			judge, err := cache.Named(r.Schema())
			if err != nil {
				t.Fatal(err)
			}
			got, err := judge.JSON(nil, b)
			if err != nil {
				t.Fatal(err)
			}
			checkJSON(t, r.Schema(), string(got))
		})
	}
}

// checkJSON compares with the JSON that stands beside the golden bytes.
func checkJSON(t *testing.T, name, got string) {
	t.Helper()
	path := strings.TrimSuffix(goldenPath(name), ".hex") + ".json"
	if _, err := os.Stat(path); *update && os.IsNotExist(err) {
		if err := os.WriteFile(path, []byte(got+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.TrimSpace(string(want)) {
		t.Errorf("JSON() = %s\n    want %s", got, want)
	}
}

// writeGolden writes the bytes of a record with every field set, once.
func writeGolden(t *testing.T, r record) {
	t.Helper()
	path := goldenPath(r.Schema())
	if _, err := os.Stat(path); err == nil {
		return
	}
	fill(tree(t, r.Schema()), reflect.ValueOf(r).Elem(), new(int64))
	b, err := r.AppendAvro(nil)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := hex.EncodeToString(b); line != ""; {
		n := min(len(line), 120)
		text.WriteString(line[:n] + "\n")
		line = line[n:]
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
