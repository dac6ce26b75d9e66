package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/codec"
	"github.com/tributary-hq/tributary/schemas/schema"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// topic exports a topic.
func (r *runner) topic(ctx context.Context, table *contract.Table) (*TopicResult, error) {
	name := table.Topic.Name
	x := &exporter{runner: r, name: name, table: table, codecs: codec.New(), steps: map[uint32]step{}}
	before := r.manifest.Topics[name]
	if before == nil {
		before = &TopicEntry{Topic: r.Names.Topic(name), Relation: table.History(), Partitions: map[int32]*RangeEntry{}, SchemaIDs: []uint32{}, Files: []FileEntry{}}
	}
	if err := x.prepare(before); err != nil {
		return nil, err
	}
	x.entry = before.clone()
	if r.Mode == Latest {
		x.entry = &TopicEntry{Topic: before.Topic, Relation: before.Relation, Partitions: map[int32]*RangeEntry{}, LastFile: before.LastFile, SchemaIDs: []uint32{}, Files: []FileEntry{}}
	}
	begun := x.entry.Rows
	ranges, err := x.ranges(ctx)
	if err == nil {
		err = x.read(ctx, ranges)
	}
	if err != nil {
		return nil, errors.Join(err, x.chunk.discard())
	}
	if r.Mode == Latest {
		err = clean(r.Dir, name, x.entry)
	}
	result := &TopicResult{Name: name, Relation: table.History(), Rows: x.entry.Rows - begun, Total: x.entry.Rows, Files: len(x.entry.Files), Lost: x.entry.Lost}
	for i := range x.entry.Files {
		result.Bytes += x.entry.Files[i].Bytes
	}
	return result, err
}

// exporter exports one topic.
type exporter struct {
	*runner
	name   string
	table  *contract.Table
	entry  *TopicEntry
	chunk  chunk
	codecs *codec.Cache
	// newest has the newest offset of each key of the partition that is read, in mode Latest.
	newest map[keyDigest]int64

	schema *parquet.Schema
	// fields is the part of target for the fields of the value, meta the columns of
	// contract.MetaColumns.
	fields target
	meta   []*target
	// steps read a value by the id of its schema; 0 is a value without one.
	steps map[uint32]step
	row   row
	flat  parquet.Row
}

// prepare makes the schema and deletes the files that no manifest names.
func (x *exporter) prepare(before *TopicEntry) error {
	if err := clean(x.Dir, x.name, before); err != nil {
		return fmt.Errorf("delete incomplete files: %w", err)
	}
	if x.Format != Parquet {
		return nil
	}
	l := &layout{}
	root, t, err := l.record(slices.Concat(x.table.Columns, contract.MetaColumns()), 0, 0)
	if err != nil {
		return err
	}
	x.schema = parquet.NewSchema(x.table.History(), root)
	of := len(x.table.Columns)
	x.meta, x.fields = t.fields[of:], *t
	x.fields.fields, x.fields.names = t.fields[:of], t.names[:of]
	x.row.columns = make([][]parquet.Value, l.leaves)
	return x.writeEmpty()
}

// ranges returns the offsets to export, and notes those that retention has deleted.
func (x *exporter) ranges(ctx context.Context) (map[int32]scan.Range, error) {
	topic := x.entry.Topic
	starts, err := x.admin.ListStartOffsets(ctx, topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of %s: %w", topic, err)
	}
	from, err := x.offsets(ctx, x.From, starts)
	if err != nil {
		return nil, err
	}
	ends, err := x.admin.ListCommittedOffsets(ctx, topic)
	if err == nil {
		err = ends.Error()
	}
	if err == nil {
		ends, err = x.offsets(ctx, x.To, ends)
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of %s: %w", topic, err)
	}
	ranges := map[int32]scan.Range{}
	for p, end := range ends[topic] {
		start := starts[topic][p].Offset
		known := x.entry.Partitions[p]
		if known == nil {
			first := max(start, from[topic][p].Offset)
			known = &RangeEntry{From: first, To: first}
			x.entry.Partitions[p] = known
		}
		if known.To < start {
			x.entry.Lost = append(x.entry.Lost, LostEntry{Partition: p, From: known.To, To: start})
			known.To = start
		}
		if x.To.IsZero() && end.Offset < known.To {
			return nil, fmt.Errorf("%w has partition %d of %s up to offset %d, and the log ends at %d: the topic was made anew; take another folder",
				ErrOptions, p, topic, known.To, end.Offset)
		}
		ranges[p] = scan.Range{From: known.To, To: end.Offset}
	}
	return ranges, nil
}

// offsets returns the offsets of the first records at a time, or otherwise.
func (x *exporter) offsets(ctx context.Context, at time.Time, otherwise kadm.ListedOffsets) (kadm.ListedOffsets, error) {
	if at.IsZero() {
		return otherwise, nil
	}
	listed, err := x.admin.ListOffsetsAfterMilli(ctx, at.UnixMilli(), x.entry.Topic)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets at %s: %w", at.Format(time.RFC3339), err)
	}
	return listed, nil
}

// read exports the ranges and commits the rest.
func (x *exporter) read(ctx context.Context, ranges map[int32]scan.Range) error {
	config := scan.Config{Kafka: x.Kafka, Patience: x.Patience, Progress: x.Progress, Now: x.Now}
	if x.Mode == Latest && x.table.Key != "" {
		for p, r := range ranges {
			x.newest = map[keyDigest]int64{}
			only := scan.Ranges{x.entry.Topic: {p: r}}
			step := fmt.Sprintf("%s/%d", x.name, p)
			if err := scan.Each(ctx, config, step+": keys", only, x.note); err != nil {
				return err
			}
			if err := scan.Each(ctx, config, step, only, x.record(ctx)); err != nil {
				return err
			}
		}
	} else if err := scan.Each(ctx, config, x.name, scan.Ranges{x.entry.Topic: ranges}, x.record(ctx)); err != nil {
		return err
	}
	for p, r := range ranges {
		x.entry.Partitions[p].To = max(x.entry.Partitions[p].To, r.To)
	}
	if err := x.flush(); err != nil {
		return err
	}
	return x.commit()
}

// record exports a record.
func (x *exporter) record(ctx context.Context) func(*kgo.Record) error {
	return func(rec *kgo.Record) error {
		known := x.entry.Partitions[rec.Partition]
		known.To = rec.Offset + 1
		if x.newest != nil && (rec.Value == nil || x.newest[digestOf(rec.Key)] != rec.Offset) {
			return nil
		}
		day := rec.Timestamp.UTC().Format(time.DateOnly)
		f, err := x.file(day)
		if err == nil {
			err = x.write(ctx, f, rec)
		}
		if err != nil {
			return err
		}
		known.Rows++
		x.entry.Rows++
		if rec.Value == nil {
			x.entry.Tombstones++
		}
		f.count(rec)
		x.chunk.rows++
		if err := x.chunk.grow(int64(len(rec.Value) + len(rec.Key))); err != nil {
			return err
		}
		if x.chunk.rows < x.ChunkRows && x.chunk.bytes < x.ChunkBytes {
			return nil
		}
		if err := x.flush(); err != nil || x.Mode == Latest {
			return err
		}
		return x.commit()
	}
}

// step returns how values of a schema are read.
func (x *exporter) step(ctx context.Context, id uint32) (step, error) {
	if s, ok := x.steps[id]; ok {
		return s, nil
	}
	text, err := x.Schema(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("schema %d: %w", id, err)
	}
	written, err := schema.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("schema %d: %w", id, err)
	}
	s, err := compile(written, &x.fields, 0)
	if err != nil {
		return nil, fmt.Errorf("schema %d: %w", id, err)
	}
	x.steps[id] = s
	return s, nil
}

// value splits a value into the id of its schema and its bytes, and notes the id. A topic
// that is not Avro has no ids.
func (x *exporter) value(rec *kgo.Record) (id uint32, body []byte, err error) {
	if x.table.Topic.Format != schemas.FormatAvro {
		return 0, rec.Value, nil
	}
	id, body, err = wire.Parse(rec.Value)
	if err != nil {
		return 0, nil, fmt.Errorf("the value: %w", err)
	}
	if i, found := slices.BinarySearch(x.entry.SchemaIDs, id); !found {
		x.entry.SchemaIDs = slices.Insert(x.entry.SchemaIDs, i, id)
	}
	return id, body, nil
}
