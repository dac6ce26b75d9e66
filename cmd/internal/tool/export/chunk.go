package export

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/twmb/franz-go/pkg/kgo"
)

// emptyName is the file of a topic that has every column and no row: engines find the
// columns before the first record, and those that no older file has.
const emptyName = "schema.parquet"

// chunk is the files that are being written, by day.
type chunk struct {
	days  map[string]*file
	rows  int
	bytes int64
	// pending is the part of bytes that is in memory.
	pending int64
}

// rowGroupBytes is how much of the values is in memory; as columns it is some eight times as
// much.
const rowGroupBytes = 16 << 20

// grow counts the bytes of a record, and ends the files' row groups when there is enough.
func (c *chunk) grow(bytes int64) error {
	c.bytes += bytes
	c.pending += bytes
	if c.pending < rowGroupBytes {
		return nil
	}
	c.pending = 0
	for _, f := range c.days {
		if f.parquet == nil {
			continue
		}
		if err := f.parquet.Flush(); err != nil {
			return fmt.Errorf("write %s: %w", f.entry.Path, err)
		}
	}
	return nil
}

// file is one of them. It has a name that no reader takes for a file of the export.
type file struct {
	entry   FileEntry
	path    string // of the temporary file
	file    *os.File
	size    int64
	digest  hash.Hash
	buffer  *bufio.Writer
	parquet *parquet.Writer //nolint:staticcheck // nil for JSON lines; GenericWriter adds 0.7 MB to the program
}

// Write writes into the file and its digest.
func (f *file) Write(b []byte) (int, error) {
	n, err := f.file.Write(b)
	f.size += int64(n)
	_, _ = f.digest.Write(b[:n])
	return n, err
}

func (f *file) count(rec *kgo.Record) {
	f.entry.Rows++
	r := f.entry.Partitions[rec.Partition]
	if r == nil {
		r = &RangeEntry{From: rec.Offset}
		f.entry.Partitions[rec.Partition] = r
	}
	r.To = rec.Offset + 1
	r.Rows++
}

// file returns the chunk's file of a day.
func (x *exporter) file(day string) (*file, error) {
	if f := x.chunk.days[day]; f != nil {
		return f, nil
	}
	if x.chunk.days == nil {
		x.chunk.days = map[string]*file{}
	}
	x.entry.LastFile++
	dir := filepath.Join(x.Dir, x.name, "day="+day)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	base := fmt.Sprintf("%08d.%s", x.entry.LastFile, x.Format)
	f := &file{
		entry: FileEntry{Path: x.name + "/day=" + day + "/" + base, Day: day, Partitions: map[int32]*RangeEntry{}},
		path:  filepath.Join(dir, "."+base+".tmp"), digest: sha256.New(),
	}
	var err error
	if f.file, err = os.Create(f.path); err != nil {
		return nil, fmt.Errorf("make a file: %w", err)
	}
	x.chunk.days[day] = f
	const buffer = 1 << 20
	f.buffer = bufio.NewWriterSize(f, buffer)
	if x.Format == Parquet {
		f.parquet = x.parquetWriter(f.buffer)
	}
	return f, nil
}

func (x *exporter) parquetWriter(out io.Writer) *parquet.Writer { //nolint:staticcheck // as file.parquet
	return parquet.NewWriter(out, x.schema, parquet.Compression(&zstd.Codec{}), parquet.CreatedBy("tributary", "1", ""),
		parquet.KeyValueMetadata("tributary.topic", x.name))
}

// close completes the bytes of a file.
func (f *file) close() error {
	var err error
	if f.parquet != nil {
		err = f.parquet.Close()
	}
	if err == nil {
		err = f.buffer.Flush()
	}
	if err == nil {
		err = f.file.Sync()
	}
	return errors.Join(err, f.file.Close())
}

// flush completes the chunk's files, renames them into place and notes them in the entry.
func (x *exporter) flush() error {
	for _, day := range slices.Sorted(maps.Keys(x.chunk.days)) {
		f := x.chunk.days[day]
		if err := f.close(); err != nil {
			return fmt.Errorf("write %s: %w", f.entry.Path, err)
		}
		if err := x.failpoint("written"); err != nil {
			return err
		}
		final := filepath.Join(x.Dir, filepath.FromSlash(f.entry.Path))
		if err := os.Rename(f.path, final); err != nil {
			return fmt.Errorf("write %s: %w", f.entry.Path, err)
		}
		if err := syncDir(filepath.Dir(final)); err != nil {
			return fmt.Errorf("write %s: %w", f.entry.Path, err)
		}
		delete(x.chunk.days, day)
		f.entry.Bytes, f.entry.SHA256 = f.size, hex.EncodeToString(f.digest.Sum(nil))
		x.entry.Files = append(x.entry.Files, f.entry)
		if err := x.failpoint("renamed"); err != nil {
			return err
		}
	}
	x.chunk = chunk{}
	return nil
}

// commit makes the entry part of the manifest. It does not change an entry that the manifest
// has: the next chunk works on a copy.
func (x *exporter) commit() error {
	x.manifest.Topics[x.name] = x.entry.clone()
	x.manifest.UpdatedAt = x.Now().UTC()
	if err := x.manifest.save(x.Dir); err != nil {
		return err
	}
	return x.failpoint("committed")
}

// discard deletes the files of a chunk that is not completed.
func (c *chunk) discard() error {
	var errs []error
	for _, f := range c.days {
		_ = f.file.Close() // it may be closed already
		errs = append(errs, os.Remove(f.path))
	}
	c.days = nil
	return errors.Join(errs...)
}

// writeEmpty writes the file without rows.
func (x *exporter) writeEmpty() error {
	dir := filepath.Join(x.Dir, x.name)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	var b writeBuffer
	w := x.parquetWriter(&b)
	if err := w.Close(); err != nil {
		return fmt.Errorf("write %s: %w", emptyName, err)
	}
	return replaceFile(filepath.Join(dir, emptyName), b)
}

// writeBuffer is an io.Writer in memory that shows its bytes without a copy.
type writeBuffer []byte

// Write appends.
func (b *writeBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
