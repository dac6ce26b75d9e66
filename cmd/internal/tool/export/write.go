package export

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/parquet-go/parquet-go"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas"
)

// write adds a record to a file.
func (x *exporter) write(ctx context.Context, f *file, rec *kgo.Record) error {
	if f.parquet == nil {
		return x.writeJSON(ctx, f, rec)
	}
	x.row.reset()
	if err := x.fill(ctx, rec); err != nil {
		return err
	}
	x.flat = x.flat[:0]
	for _, values := range x.row.columns {
		x.flat = append(x.flat, values...)
	}
	if _, err := f.parquet.WriteRows([]parquet.Row{x.flat}); err != nil {
		return fmt.Errorf("write %s: %w", f.entry.Path, err)
	}
	return nil
}

// fill sets the columns of a record's row.
func (x *exporter) fill(ctx context.Context, rec *kgo.Record) error {
	for i, v := range []parquet.Value{
		parquet.ByteArrayValue(rec.Key), parquet.Int32Value(rec.Partition), parquet.Int64Value(rec.Offset),
		parquet.Int64Value(rec.Timestamp.UnixMilli()), parquet.BooleanValue(rec.Value == nil),
	} {
		x.row.add(x.meta[i], 0, v)
	}
	if rec.Value == nil {
		for _, t := range x.fields.fields {
			x.row.null(t, 0, 0)
		}
		return nil
	}
	id, body, err := x.value(rec)
	if err != nil {
		return err
	}
	if x.table.Topic.Format != schemas.FormatAvro {
		x.fillRaw(rec)
		return nil
	}
	s, err := x.step(ctx, id)
	if err != nil {
		return err
	}
	x.row.body = body
	s(&x.row, 0)
	if x.row.failed || len(x.row.body) > 0 {
		return fmt.Errorf("the value, of schema %d: %w", id, errValue)
	}
	return nil
}

// fillRaw sets the columns of a value that is not Avro: see contract.RawTable.
func (x *exporter) fillRaw(rec *kgo.Record) {
	x.row.add(x.fields.fields[0], 0, parquet.ByteArrayValue(rec.Value))
	headers := x.fields.fields[1]
	if len(rec.Headers) == 0 {
		x.row.null(headers, 0, headers.def)
	}
	for i, h := range rec.Headers {
		rep := min(i, 1)
		x.row.add(headers.key, rep, parquet.ByteArrayValue([]byte(h.Key)))
		x.row.add(headers.elem, rep, parquet.ByteArrayValue(h.Value))
	}
}

// rawLine is a line of a record that is not Avro, or has no value.
type rawLine struct {
	Value   []byte            `json:"value,omitempty"`
	Headers map[string][]byte `json:"headers,omitempty"`
}

// writeJSON writes a line: the fields of the value as they were written, then the columns of
// contract.MetaColumns.
func (x *exporter) writeJSON(ctx context.Context, f *file, rec *kgo.Record) error {
	line := []byte("{}")
	switch {
	case rec.Value == nil:
	case x.table.Topic.Format != schemas.FormatAvro:
		raw := rawLine{Value: rec.Value, Headers: map[string][]byte{}}
		for _, h := range rec.Headers {
			raw.Headers[h.Key] = h.Value
		}
		var err error
		if line, err = json.Marshal(raw); err != nil {
			return fmt.Errorf("write a line: %w", err)
		}
	default:
		var err error
		if line, err = x.avroJSON(ctx, rec); err != nil {
			return err
		}
	}
	key, err := json.Marshal(string(rec.Key))
	if err != nil {
		return fmt.Errorf("write a line: %w", err)
	}
	line = line[:len(line)-1]
	if len(line) > 1 {
		line = append(line, ',')
	}
	line = fmt.Appendf(line, `%q:%s,%q:%d,%q:%d,%q:%q,%q:%t}`+"\n", contract.KafkaKey, key, contract.KafkaPartition, rec.Partition,
		contract.KafkaOffset, rec.Offset, contract.KafkaTime, rec.Timestamp.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		contract.KafkaTombstone, rec.Value == nil)
	if _, err := f.buffer.Write(line); err != nil {
		return fmt.Errorf("write %s: %w", f.entry.Path, err)
	}
	return nil
}

func (x *exporter) avroJSON(ctx context.Context, rec *kgo.Record) ([]byte, error) {
	id, body, err := x.value(rec)
	if err != nil {
		return nil, err
	}
	text, err := x.Schema(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("schema %d: %w", id, err)
	}
	c, err := x.codecs.Get(text)
	if err != nil {
		return nil, fmt.Errorf("schema %d: %w", id, err)
	}
	line, err := c.JSON(nil, body)
	if err != nil {
		return nil, fmt.Errorf("the value, of schema %d: %w", id, err)
	}
	return line, nil
}

// keyDigest stands for a key: 16 bytes of its SHA-256.
type keyDigest [16]byte

func digestOf(key []byte) keyDigest {
	sum := sha256.Sum256(key)
	return keyDigest(sum[:])
}

// note keeps the offset of a record as the newest of its key.
func (x *exporter) note(rec *kgo.Record) error {
	x.newest[digestOf(rec.Key)] = rec.Offset
	return nil
}
