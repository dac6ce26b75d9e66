package export

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
)

// file checks a file and collects its rows.
func (k *checker) file(f *FileEntry) error {
	path := filepath.Join(k.Dir, filepath.FromSlash(f.Path))
	file, err := os.Open(filepath.Clean(path))
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("the file is missing")
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	digest := sha256.New()
	size, err := io.Copy(digest, file)
	if err != nil {
		return err
	}
	if size != f.Bytes || hex.EncodeToString(digest.Sum(nil)) != f.SHA256 {
		return errors.New("the file is not the one that was written: size or digest differs")
	}
	before := k.report.Rows
	if filepath.Ext(path) == "."+string(Parquet) {
		err = k.parquetRows(file, size)
	} else {
		err = k.jsonRows(file)
	}
	if n := k.report.Rows - before; err == nil && n != f.Rows {
		err = fmt.Errorf("it has %d rows, the manifest counts %d", n, f.Rows)
	}
	return err
}

// row notes a row of a file.
func (k *checker) row(partition int32, offset int64) {
	k.report.Rows++
	r := k.entry.Partitions[partition]
	if r == nil || offset < r.From || offset >= r.To {
		k.report.differf("%s/%d offset %d: a row outside of the manifest's range", k.name, partition, offset)
		return
	}
	at := uint(offset - r.From) //nolint:gosec // not negative
	if k.rows[partition].Test(at) {
		k.report.differf("%s/%d offset %d: there twice", k.name, partition, offset)
	}
	k.rows[partition].Set(at)
}

func (k *checker) parquetRows(file io.ReaderAt, size int64) error {
	opened, err := parquet.OpenFile(file, size)
	if err != nil {
		return err
	}
	partitions, err := columnOf(opened, contract.KafkaPartition)
	if err != nil {
		return err
	}
	offsets, err := columnOf(opened, contract.KafkaOffset)
	if err != nil {
		return err
	}
	if len(partitions) != len(offsets) {
		return errors.New("columns of different lengths")
	}
	for i := range offsets {
		k.row(partitions[i].Int32(), offsets[i].Int64())
	}
	return nil
}

// columnOf returns the values of a column of a file.
func columnOf(f *parquet.File, name string) ([]parquet.Value, error) {
	leaf, ok := f.Schema().Lookup(name)
	if !ok {
		return nil, fmt.Errorf("no column %s", name)
	}
	var values []parquet.Value
	for _, group := range f.RowGroups() {
		pages := group.ColumnChunks()[leaf.ColumnIndex].Pages()
		for {
			page, err := pages.ReadPage()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, errors.Join(err, pages.Close())
			}
			read := make([]parquet.Value, page.NumValues())
			if _, err := page.Values().ReadValues(read); err != nil && !errors.Is(err, io.EOF) {
				return nil, errors.Join(err, pages.Close())
			}
			values = append(values, read...)
			parquet.Release(page)
		}
		if err := pages.Close(); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (k *checker) jsonRows(file *os.File) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewReader(file)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		var at struct {
			Partition int32 `json:"kafka_partition"`
			Offset    int64 `json:"kafka_offset"`
		}
		if err == nil {
			err = json.Unmarshal(line, &at)
		}
		if err != nil {
			return err
		}
		k.row(at.Partition, at.Offset)
	}
}
