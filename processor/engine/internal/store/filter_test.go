package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// TestFilterNeverDeniesAnEntry: whatever is there is found, with a filter that is full,
// before, while and after the keys are read, and in a store that is opened again.
func TestFilterNeverDeniesAnEntry(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := store.DefaultConfig()
	config.FilterBytes = 1 << 10 // for 819 keys
	const n = 3000
	key := func(i int) []byte { return fmt.Appendf(nil, "key %d", i) }
	check := func(s *store.Store, when string, from, to int) {
		t.Helper()
		for i := range n {
			value, err := s.Reader(int32(i % 3))(key(i))
			if err != nil {
				t.Fatal(err)
			}
			if want := i >= from && i < to; (value != nil) != want {
				t.Fatalf("%s: entry %d is there: %v, want %v", when, i, value != nil, want)
			}
		}
	}
	put := func(s *store.Store, from, to int) {
		t.Helper()
		for i := from; i < to; i++ {
			if err := s.PutEntry(int32(i%3), key(i), []byte("value"), time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := openStore(t, dir, config)
	if !s.FilterReady() {
		t.Error("an empty store needs no scan")
	}
	put(s, 0, 500)
	check(s, "few", 0, 500)
	put(s, 500, 2000) // the filter is made anew meanwhile, more than once
	check(s, "more than it is made for", 0, 2000)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openStore(t, dir, config)
	s.ScanAfter(100)
	if s.FilterReady() {
		t.Error("a store with state is not known before it was read")
	}
	put(s, 2000, 2300)
	check(s, "opened again", 0, 2300)
	if !s.FilterReady() {
		t.Error("many look-ups found nothing, and no scan was made")
	}
	put(s, 2300, 2500)
	check(s, "after the scan", 0, 2500)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFilterKnowsWhatIsNew: the filter denies nearly all keys that were never written,
// in a new store and in one whose keys were read; without one nothing is denied.
func TestFilterKnowsWhatIsNew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := store.DefaultConfig()
	denied := func(s *store.Store) (n int) {
		for i := range 1000 {
			if s.SurelyAbsent(1, fmt.Appendf(nil, "new %d", i)) {
				n++
			}
		}
		return n
	}
	s := openStore(t, dir, config)
	err := errors.Join(s.PutEntry(1, []byte("old"), []byte("value"), time.Time{}), s.PutEntry(1, []byte("gone"), []byte("value"), time.Time{}))
	if n := denied(s); err != nil || n < 980 {
		t.Errorf("%d of 1000 new keys are denied (%v)", n, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, dir, config)
	if n := denied(s); n != 0 {
		t.Errorf("%d keys are denied before the store was read", n)
	}
	s.ScanAfter(1)
	if _, err := s.Reader(1)([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if ready, n := s.FilterReady(), denied(s); !ready || n < 980 {
		t.Errorf("%d of 1000 new keys are denied after a scan", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	config.FilterBytes = 0
	s = openStore(t, t.TempDir(), config)
	if n := denied(s); n != 0 {
		t.Errorf("%d keys are denied without a filter", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFilterKnowsWhatIsBeingWritten: a scan that comes between the filling of a batch and
// its writing does not meet its keys, and they are known all the same.
func TestFilterKnowsWhatIsBeingWritten(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir(), store.DefaultConfig())
	key := []byte("key")
	if err := s.PutAround(1, key, []byte("value"), s.Scan); err != nil {
		t.Fatal(err)
	}
	value, err := s.Reader(1)(key)
	if string(value) != "value" {
		t.Errorf("the entry is %q (%v), want %q", value, err, "value")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
