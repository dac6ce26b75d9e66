package export

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/bits-and-blooms/bitset"
	"github.com/parquet-go/parquet-go"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
)

// Report is the comparison of an export with the topics.
type Report struct {
	Dir string `json:"dir"`
	// Files and Rows were read from the export, Records from the topics.
	Files   int   `json:"files"`
	Rows    int64 `json:"rows"`
	Records int64 `json:"records"`
	// Removed counts rows whose record retention or compaction has removed since.
	Removed int64 `json:"removed"`
	// Differences are all there are, Listed the first of them.
	Differences int64    `json:"differences"`
	Listed      []string `json:"listed"`
	Equal       bool     `json:"equal"`
}

const mostListed = 100

func (r *Report) differf(format string, args ...any) {
	r.Differences++
	if len(r.Listed) < mostListed {
		r.Listed = append(r.Listed, fmt.Sprintf(format, args...))
	}
}

// Check proves an export: each file is as the manifest says, each row is there once, and the
// rows are the committed records of the manifest's ranges.
func Check(ctx context.Context, c *Config) (*Report, error) {
	m, err := Load(c.Dir)
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(c.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	r := &Report{Dir: c.Dir, Listed: []string{}}
	if len(m.Topics) == 0 {
		r.differf("the export has no topic: it ended before the first was complete")
	}
	for _, name := range slices.Sorted(maps.Keys(m.Topics)) {
		k := &checker{Config: c, report: r, name: name, mode: m.Mode, entry: m.Topics[name], rows: map[int32]*bitset.BitSet{}, admin: kadm.NewClient(client)}
		if err := k.topic(ctx); err != nil {
			return nil, fmt.Errorf("check %s: %w", name, err)
		}
	}
	r.Equal = r.Differences == 0
	return r, nil
}

// checker compares one topic.
type checker struct {
	*Config
	report *Report
	name   string
	mode   Mode
	entry  *TopicEntry
	// rows has the offsets of the rows by partition, from the range's first offset.
	rows   map[int32]*bitset.BitSet
	newest map[int32]map[keyDigest]int64
	admin  *kadm.Client
}

func (k *checker) topic(ctx context.Context) error {
	for p, r := range k.entry.Partitions {
		k.rows[p] = bitset.New(uint(max(0, r.To-r.From)))
	}
	var rows int64
	for i := range k.entry.Files {
		f := &k.entry.Files[i]
		k.report.Files++
		rows += f.Rows
		if err := k.file(f); err != nil {
			k.report.differf("%s: %s", f.Path, err)
		}
	}
	if rows != k.entry.Rows {
		k.report.differf("%s: the manifest counts %d rows, its files %d", k.name, k.entry.Rows, rows)
	}
	for p, r := range k.entry.Partitions {
		if n := int64(k.rows[p].Count()); n != r.Rows { //nolint:gosec // a count
			k.report.differf("%s/%d: the manifest counts %d rows, the files hold %d", k.name, p, r.Rows, n)
		}
	}
	return k.compare(ctx)
}

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

// compare reads the topic's ranges.
func (k *checker) compare(ctx context.Context) error {
	starts, err := k.admin.ListStartOffsets(ctx, k.entry.Topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return fmt.Errorf("list offsets: %w", err)
	}
	ranges := map[int32]scan.Range{}
	for p, r := range k.entry.Partitions {
		ranges[p] = scan.Range{From: max(r.From, starts[k.entry.Topic][p].Offset), To: r.To}
	}
	config := scan.Config{Kafka: k.Kafka, Patience: k.Patience, Progress: k.Progress, Now: k.Now}
	row, _ := schemas.Find(k.name)
	seen := map[int32]*bitset.BitSet{}
	for p := range ranges {
		seen[p] = bitset.New(k.rows[p].Len())
	}
	k.newest = map[int32]map[keyDigest]int64{}
	latest := k.mode == Latest && row.Compact
	err = scan.Each(ctx, config, "checking "+k.name, scan.Ranges{k.entry.Topic: ranges}, func(rec *kgo.Record) error {
		k.report.Records++
		seen[rec.Partition].Set(uint(rec.Offset - k.entry.Partitions[rec.Partition].From)) //nolint:gosec // not negative
		if latest {
			k.keep(rec)
		} else if !k.has(rec.Partition, rec.Offset) {
			k.report.differf("%s/%d offset %d: not in the export", k.name, rec.Partition, rec.Offset)
		}
		return nil
	})
	if err != nil {
		return err
	}
	k.compareNewest(seen)
	for p, r := range ranges {
		k.removed(p, seen[p], r.From, row.Compact)
	}
	return nil
}

func (k *checker) has(p int32, offset int64) bool {
	return k.rows[p].Test(uint(offset - k.entry.Partitions[p].From)) //nolint:gosec // not negative
}

// keep notes the newest offset of a key, -1 for an ended one.
func (k *checker) keep(rec *kgo.Record) {
	if k.newest[rec.Partition] == nil {
		k.newest[rec.Partition] = map[keyDigest]int64{}
	}
	offset := rec.Offset
	if rec.Value == nil {
		offset = -1
	}
	k.newest[rec.Partition][digestOf(rec.Key)] = offset
}

// compareNewest compares an export of the newest records with the records seen.
func (k *checker) compareNewest(seen map[int32]*bitset.BitSet) {
	for p, keys := range k.newest {
		var current uint
		for _, offset := range keys {
			if offset < 0 {
				continue
			}
			current++
			if !k.has(p, offset) {
				k.report.differf("%s/%d offset %d: the newest of its key, not in the export", k.name, p, offset)
			}
		}
		if n := k.rows[p].IntersectionCardinality(seen[p]); n > current {
			k.report.differf("%s/%d: %d rows are not the newest of their keys", k.name, p, n-current)
		}
	}
}

// removed counts the rows without a record. They differ unless retention or compaction
// explains it.
func (k *checker) removed(p int32, seen *bitset.BitSet, start int64, compacted bool) {
	from := k.entry.Partitions[p].From
	for at := range k.rows[p].EachSet() {
		offset := from + int64(at) //nolint:gosec // an offset
		switch {
		case seen.Test(at):
		case offset < start || compacted:
			k.report.Removed++
		default:
			k.report.differf("%s/%d offset %d: a row without a committed record", k.name, p, offset)
		}
	}
}
