package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// TestTableFilesKeepWhatIsWritten: whatever the pieces, and wherever the disk is full: what
// is synced can be read, and what cannot be written is an error before the file is closed.
func TestTableFilesKeepWhatIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var writes atomic.Int64
		fails := int64(rapid.IntRange(1, 8).Draw(t, "fails at write"))
		disk := vfs.NewMem()
		files := store.TableFiles(errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
			if op.Kind == errorfs.OpFileWrite && writes.Add(1) == fails {
				return syscall.ENOSPC
			}
			return nil
		})))
		f, err := files.Create("000001.sst", vfs.WriteCategoryUnspecified)
		if err != nil {
			t.Fatal(err)
		}
		var want, synced []byte
		for i, n := range rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 9000), rapid.IntRange(200_000, 600_000)), 1, 60).Draw(t, "pieces") {
			piece := bytes.Repeat([]byte{byte(i)}, n)
			want = append(want, piece...)
			if _, err = f.Write(piece); err != nil {
				break
			}
			clear(piece) // the writer may use it again
			if rapid.IntRange(0, 9).Draw(t, "sync") == 0 {
				if err = f.Sync(); err != nil {
					break
				}
				synced = want
			}
		}
		if err == nil {
			if err = f.Sync(); err == nil {
				synced = want
			}
		}
		if failed := writes.Load() >= fails; failed != errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("a write failed: %t, and the file says %v", failed, err)
		}
		if err != nil && f.Sync() == nil {
			t.Fatal("a file of which a piece is missing can be synced")
		}
		if err := f.Close(); err != nil && writes.Load() < fails {
			t.Fatal(err)
		}
		if got := readFile(t, disk, "000001.sst"); !bytes.HasPrefix(got, synced) {
			t.Fatalf("of %d bytes synced, %d are there, or others", len(synced), len(got))
		}
	})
}

func readFile(t *rapid.T, disk vfs.FS, name string) []byte {
	f, err := disk.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTablesAreWrittenInLargePieces: of a MiB of state, the disk gets a handful of pieces.
func TestTablesAreWrittenInLargePieces(t *testing.T) {
	t.Parallel()
	const entries, size, most = 4000, 256, 16
	var writes atomic.Int64
	config := store.DefaultConfig()
	config.SetFS(errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileWrite && strings.HasSuffix(op.Path, ".sst") {
			writes.Add(1)
		}
		return nil
	})))
	s := openStore(t, filepath.Join(t.TempDir(), "state"), config)
	source := rand.New(rand.NewPCG(1, 1))
	value := make([]byte, size)
	for i := range entries {
		for at := range value {
			value[at] = byte(source.Uint32())
		}
		if err := s.PutEntry(0, binary.BigEndian.AppendUint32(nil, uint32(i)), value, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := writes.Load(); n == 0 || n > most {
		t.Errorf("%d writes to tables, want at most %d", n, most)
	}
}
