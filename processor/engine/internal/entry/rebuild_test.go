package entry_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/stage"
)

// TestRebuildFormats: what each format of a rebuild's entry says.
func TestRebuildFormats(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value string
		want  entry.Rebuild
		err   error
	}{
		"1":     {"0100" + "01" + "d00f" + "c801" + "02", entry.Rebuild{Until: 1000, Accounted: 100, Revisions: 1}, nil},
		"2":     {"0100" + "02" + "d00f" + "c801" + "02" + "04" + "0e" + "c801", entry.Rebuild{Until: 1000, Accounted: 100, Revisions: 1, Missing: []int64{7, 100}}, nil},
		"later": {"0100" + "03" + "d00f" + "c801" + "02", entry.Rebuild{}, stage.ErrNewerState},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, value := test.want.ChangelogEntry()
			if test.err == nil && hex.EncodeToString(value) != test.value {
				t.Errorf("written %x, want %s", value, test.value)
			}
			stored, err := hex.DecodeString(test.value)
			if err != nil {
				t.Fatal(err)
			}
			got, found, err := entry.ParseRebuild(key, stored)
			if !found || !errors.Is(err, test.err) {
				t.Fatalf("found %v, error %v", found, err)
			}
			if diff := cmp.Diff(test.want, got); test.err == nil && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, found, _ := entry.ParseRebuild([]byte("another"), stored); found {
				t.Error("an entry of another key is a rebuild")
			}
		})
	}
}
