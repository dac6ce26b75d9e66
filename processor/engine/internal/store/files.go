package store

import (
	"errors"
	"strings"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// tableFiles is a file system that writes tables in large pieces. Pebble writes each 4
// KiB block with a system call of its own, which was a third of the cost of a flush.
type tableFiles struct {
	vfs.FS
	buffers *sync.Pool
}

// tableBuffer is the write size. It is well below 1 MiB, the tail that Pebble excludes
// when it syncs a file in the background.
const tableBuffer = 256 << 10

func newTableFiles(disk vfs.FS) tableFiles {
	return tableFiles{FS: disk, buffers: &sync.Pool{}}
}

// Unwrap implements vfs.FS.
func (t tableFiles) Unwrap() vfs.FS { return t.FS }

// Create implements vfs.FS.
func (t tableFiles) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := t.FS.Create(name, category)
	if err != nil || !strings.HasSuffix(name, ".sst") {
		return f, err
	}
	buffer, ok := t.buffers.Get().(*[]byte)
	if !ok {
		b := make([]byte, 0, tableBuffer)
		buffer = &b
	}
	return &tableFile{File: f, buffers: t.buffers, buffer: buffer}, nil
}

// tableFile is a table being written. Nothing reads it before it is synced and closed, and
// one goroutine writes it.
type tableFile struct {
	vfs.File
	buffers *sync.Pool
	// buffer holds unwritten bytes; nil once the file is closed.
	buffer *[]byte
	// err is the error of the first failed write. A file with a missing piece is not a
	// table.
	err error
}

// Write implements io.Writer. The error may be of an earlier piece.
func (f *tableFile) Write(p []byte) (int, error) {
	if len(*f.buffer)+len(p) > tableBuffer {
		if err := f.flush(); err != nil {
			return 0, err
		}
	}
	if len(p) > tableBuffer {
		var n int
		n, f.err = f.File.Write(p)
		return n, f.err
	}
	*f.buffer = append(*f.buffer, p...)
	return len(p), nil
}

func (f *tableFile) flush() error {
	if f.err == nil && len(*f.buffer) > 0 {
		_, f.err = f.File.Write(*f.buffer)
		*f.buffer = (*f.buffer)[:0]
	}
	return f.err
}

// Sync implements vfs.File.
func (f *tableFile) Sync() error {
	if err := f.flush(); err != nil {
		return err
	}
	return f.File.Sync()
}

// SyncData implements vfs.File.
func (f *tableFile) SyncData() error {
	if err := f.flush(); err != nil {
		return err
	}
	return f.File.SyncData()
}

// SyncTo implements vfs.File.
func (f *tableFile) SyncTo(length int64) (bool, error) {
	if err := f.flush(); err != nil {
		return false, err
	}
	return f.File.SyncTo(length)
}

// Stat implements vfs.File.
func (f *tableFile) Stat() (vfs.FileInfo, error) {
	if err := f.flush(); err != nil {
		return nil, err
	}
	return f.File.Stat()
}

// Close implements io.Closer.
func (f *tableFile) Close() error {
	if f.buffer == nil {
		return f.File.Close()
	}
	err := f.flush()
	f.buffers.Put(f.buffer)
	f.buffer = nil
	return errors.Join(err, f.File.Close())
}
