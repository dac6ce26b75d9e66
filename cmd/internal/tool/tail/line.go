package tail

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/instant"
	"github.com/tributary-hq/tributary/schemas/registry"
)

// line is one record as it is printed.
type line struct {
	Topic     string            `json:"topic"`
	Partition int32             `json:"partition"`
	Offset    int64             `json:"offset"`
	Timestamp time.Time         `json:"timestamp"`
	Key       string            `json:"key"`
	Headers   map[string]string `json:"headers,omitempty"`
	Value     json.RawMessage   `json:"value"`
	// Error is the reason why the value is not shown.
	Error string `json:"error,omitempty"`
}

func (r *reader) show(ctx context.Context, record *kgo.Record) error {
	if r.options.Key != "" && string(record.Key) != r.options.Key {
		return nil
	}
	if !r.options.ToTime.IsZero() && !record.Timestamp.Before(r.options.ToTime) {
		return nil
	}
	value, err := r.value(ctx, record.Value)
	// One bad record must not hide the others; a registry that does not answer would
	// make every record a bad one.
	if errors.Is(err, registry.ErrUnavailable) || ctx.Err() != nil {
		return fmt.Errorf("%s/%d at offset %d: %w", record.Topic, record.Partition, record.Offset, cmp.Or(err, ctx.Err()))
	}
	if err != nil {
		value = json.RawMessage("null")
	}
	if !matches(value, r.options.Fields) {
		return nil
	}
	l := line{
		Topic: record.Topic, Partition: record.Partition, Offset: record.Offset, Timestamp: instant.Bound(record.Timestamp),
		Key: string(record.Key), Value: value,
	}
	if err != nil {
		l.Error = err.Error()
		r.broken++
	}
	for _, h := range record.Headers {
		if l.Headers == nil {
			l.Headers = map[string]string{}
		}
		l.Headers[h.Key] = string(h.Value)
	}
	if r.options.Last > 0 {
		const room = 4096
		if r.last = append(r.last, l); len(r.last) >= 2*max(r.options.Last, room) {
			slices.SortStableFunc(r.last, func(a, b line) int { return a.Timestamp.Compare(b.Timestamp) })
			r.last = slices.Delete(r.last, 0, len(r.last)-r.options.Last)
		}
		return nil
	}
	return r.print(&l)
}

// print writes a line.
func (r *reader) print(l *line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("print a record: %w", err)
	}
	if _, err := r.out.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("print a record: %w", err)
	}
	r.shown++
	if r.options.Limit > 0 && r.shown >= r.options.Limit {
		return errDone
	}
	return nil
}
