package store_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/stage"
)

// TestStoreReadsThePreviousFormat: a store without a format key is that of the
// release before there was one; what it holds is read.
func TestStoreReadsThePreviousFormat(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	s := openStore(t, dir, store.DefaultConfig())
	if err := errors.Join(s.PutEntry(1, []byte("key"), []byte("value"), noon(0)), s.SetFormat(nil), s.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // as found, and as upgraded
		s = openStore(t, dir, store.DefaultConfig())
		if value, err := s.Reader(1)([]byte("key")); err != nil || string(value) != "value" {
			t.Errorf("read = %q, %v, want what the previous release wrote", value, err)
		}
		if due, err := s.DueKeys(1, noon(time.Hour)); err != nil || len(due) != 1 {
			t.Errorf("due = %v, %v, want its deadline", due, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStoreRefusesALaterFormat: and leaves it alone, for the later release.
func TestStoreRefusesALaterFormat(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	s := openStore(t, dir, store.DefaultConfig())
	if err := errors.Join(s.PutEntry(1, []byte("key"), []byte("value"), noon(0)), s.SetFormat([]byte{9}), s.Close()); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir, ".sst")
	_, err := store.Open(dir, store.DefaultConfig(), slog.New(slog.DiscardHandler))
	if !errors.Is(err, stage.ErrNewerState) {
		t.Fatalf("Open() = %v, want ErrNewerState", err)
	}
	for _, want := range []string{"format 9", "up to 2", "run the release that wrote it"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Open() = %q, want it to say %q", err, want)
		}
	}
	if after := listing(t, dir, ".sst"); before != after || before == "" {
		t.Errorf("the store had %s and has %s: it was touched", before, after)
	}
	if aside, err := filepath.Glob(dir + ".broken-*"); err != nil || len(aside) > 0 {
		t.Errorf("set aside: %v, %v, want it left where it is", aside, err)
	}
}

func listing(t *testing.T, dir, suffix string) string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, suffix) {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}
