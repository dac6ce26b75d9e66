package store_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

func openStore(tb testing.TB, dir string, config store.Config) *store.Store {
	tb.Helper()
	s, err := store.Open(dir, config, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestStoreSaysThatTheDiskIsFull(t *testing.T) {
	t.Parallel()
	var full atomic.Bool
	config := store.DefaultConfig()
	config.SetFS(errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if full.Load() && op.Kind.ReadOrWrite() == errorfs.OpIsWrite {
			return syscall.ENOSPC
		}
		return nil
	})))
	s := openStore(t, t.TempDir(), config)
	if err := s.PutEntry(0, []byte("key"), []byte("value"), time.Time{}); err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	if err := s.Close(); !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("Close() = %v, want ErrDiskFull, and no end of the process", err)
	}
}

// TestStoreWithoutItsDirectory: neither a flush nor a stop waits for a directory that was moved away.
// Pebble alone tries to write the memtable for ever.
func TestStoreWithoutItsDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	s := openStore(t, dir, store.DefaultConfig())
	if err := s.PutEntry(0, []byte("key"), []byte("value"), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, dir+".moved"); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(); err == nil || s.Broken() != nil {
		t.Errorf("Flush() = %v and broken: %v, want an error and a store that goes on", err, s.Broken())
	}
	if err := s.Close(); !errors.Is(err, store.ErrStoreBroken) {
		t.Errorf("Close() = %v, want %v", err, store.ErrStoreBroken)
	}
	s = openStore(t, dir, store.DefaultConfig())
	if found, err := s.Partitions(); err != nil || len(found) != 0 {
		t.Errorf("the next start finds %v, %v, want nothing", found, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestStoreThatCannotMakeAFile: a full memtable in a directory that was moved away ends the store.
func TestStoreThatCannotMakeAFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	s := openStore(t, dir, store.DefaultConfig())
	if err := s.PutEntry(0, []byte("key"), []byte("value"), time.Time{}); err != nil {
		t.Fatal(err)
	}
	broken := make(chan error, 1)
	s.OnBroken(func(err error) { broken <- err })
	if err := os.Rename(dir, dir+".moved"); err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.FlushNow() }() // never ends
	if err := <-broken; !errors.Is(err, store.ErrStoreBroken) {
		t.Errorf("reported %v, want %v", err, store.ErrStoreBroken)
	}
}

func TestStoreSetsCorruptionAside(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	s := openStore(t, dir, store.DefaultConfig())
	for i := range 1000 {
		key := binary.BigEndian.AppendUint32(nil, uint32(i))
		if err := s.PutEntry(0, key, make([]byte, 100), time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("no table to corrupt: %v", err)
	}
	for _, table := range tables {
		b, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) < 10_000 {
			continue // the store's own, which would be noticed when it opens
		}
		for i := range len(b) / 4 {
			b[i] ^= 0xff
		}
		if err := os.WriteFile(table, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s = openStore(t, dir, store.DefaultConfig())
	_, err = s.Reader(0)([]byte{0, 0, 0, 0})
	if !errors.Is(err, store.ErrStoreBroken) {
		t.Fatalf("read = %v, want ErrStoreBroken", err)
	}
	if err := s.Close(); err != nil && !errors.Is(err, store.ErrStoreBroken) {
		t.Fatal(err)
	}
	s = openStore(t, dir, store.DefaultConfig())
	if value, err := s.Reader(0)([]byte{0, 0, 0, 0}); err != nil || value != nil {
		t.Errorf("read = %v, %v, want an empty store in the broken one's place", value, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if aside, err := filepath.Glob(dir + ".broken-*"); err != nil || len(aside) != 1 {
		t.Errorf("set aside: %v, %v, want one folder", aside, err)
	}
}

func TestStoreIsOpenOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	s := openStore(t, dir, store.DefaultConfig())
	if _, err := store.Open(dir, store.DefaultConfig(), slog.New(slog.DiscardHandler)); !errors.Is(err, store.ErrLocked) {
		t.Errorf("a store that is open, opened again: %v, want %v", err, store.ErrLocked)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestStoreListsWhatIsDue(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir(), store.DefaultConfig())
	for key, at := range map[string]time.Time{"b": noon(1), "a": noon(time.Second), "late": noon(time.Hour), "never": {}} {
		if err := s.PutEntry(7, []byte(key), []byte("x"), at); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.DueKeys(7, noon(time.Minute))
	if err != nil || !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("due = %v, %v, want b and a, earliest first", got, err)
	}
	if got, err := s.DueKeys(8, noon(time.Minute)); err != nil || len(got) > 0 {
		t.Errorf("due = %v, %v in another partition, want none", got, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestStoreForgets: entries come and go for a long time; the disk keeps what is
// there, not what was.
func TestStoreForgets(t *testing.T) {
	t.Parallel()
	config := store.DefaultConfig()
	config.MemtableBytes = 1 << 20
	s := openStore(t, t.TempDir(), config)
	const rounds, entities, size = 60, 1000, 500
	source := rand.New(rand.NewPCG(1, 1))
	value := make([]byte, size)
	for round := range rounds {
		for i := range entities {
			for at := range value {
				value[at] = byte(source.Uint32())
			}
			if err := s.PutEntry(0, fmt.Appendf(nil, "entity-%d-%d", round, i), value, noon(time.Duration(round)*time.Hour)); err != nil {
				t.Fatal(err)
			}
			if round == 0 {
				continue
			}
			if err := s.DeleteEntry(0, fmt.Appendf(nil, "entity-%d-%d", round-1, i), noon(time.Duration(round-1)*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if due, err := s.DueKeys(0, noon(rounds*time.Hour)); err != nil || len(due) != entities {
		t.Errorf("%d deadlines are left, %v, want the last %d", len(due), err, entities)
	}
	written := uint64(rounds * entities * size)
	if on := s.SizeBytes(); on > written/3 {
		t.Errorf("%d bytes on disk of %d written, of which %d are there", on, written, entities*size)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func BenchmarkStore(b *testing.B) {
	s := openStore(b, b.TempDir(), store.DefaultConfig())
	value := make([]byte, 300)
	const entities = 100_000
	for i := range entities {
		if err := s.PutEntry(0, binary.BigEndian.AppendUint64(nil, uint64(i)), value, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("put", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if err := s.PutEntry(0, binary.BigEndian.AppendUint64(nil, uint64(i%entities)), value, time.Time{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		get := s.Reader(0)
		for i := range b.N {
			if _, err := get(binary.BigEndian.AppendUint64(nil, uint64(i*7919%entities))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("get-absent", func(b *testing.B) {
		b.ReportAllocs()
		get := s.Reader(0)
		for i := range b.N {
			if _, err := get(binary.BigEndian.AppendUint64(nil, uint64(entities+i))); err != nil {
				b.Fatal(err)
			}
		}
	})
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

func noon(after time.Duration) time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(after)
}
