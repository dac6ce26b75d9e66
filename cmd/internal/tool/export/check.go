package export

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bits-and-blooms/bitset"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

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
