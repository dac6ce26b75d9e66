package trace

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
)

// place is a partition of a topic, named without prefix.
type place struct {
	topic     string
	partition int32
}

// haystack holds the topics to search, with their offsets when the trace began.
type haystack struct {
	names   schemas.Names
	kafka   []kgo.Opt
	admin   *kadm.Client
	details kadm.TopicDetails
	starts  kadm.ListedOffsets
	// ends are the last stable offsets: records after them may belong to open
	// transactions.
	ends kadm.ListedOffsets
	// patience is how long a fetch of a partition may return nothing.
	patience time.Duration
	now      func() time.Time

	// records and bytes count the records searched and their keys and values.
	records, bytes int64
	progress       Progress
}

// look lists the topics and their start and end offsets.
func (h *haystack) look(ctx context.Context) error {
	var topics []string
	for _, row := range schemas.Table() {
		topics = append(topics, h.names.Topic(row.Name))
	}
	var err error
	if h.details, err = h.admin.ListTopics(ctx, topics...); err != nil {
		return fmt.Errorf("look at the topics: %w", err)
	}
	there := slices.DeleteFunc(topics, func(topic string) bool { return h.partitions(h.bare(topic)) == 0 })
	if len(there) == 0 {
		return fmt.Errorf("the prefix %q has none of the topics raw.*, decoded.*, enriched.*: %w", h.names.Prefix, kerr.UnknownTopicOrPartition)
	}
	if h.starts, err = h.admin.ListStartOffsets(ctx, there...); err == nil {
		err = h.starts.Error()
	}
	if err != nil {
		return fmt.Errorf("look where the topics begin: %w", err)
	}
	if h.ends, err = h.admin.ListCommittedOffsets(ctx, there...); err == nil {
		err = h.ends.Error()
	}
	if err != nil {
		return fmt.Errorf("look where the topics end: %w", err)
	}
	return nil
}

func (h *haystack) bare(topic string) string { return topic[len(h.names.Prefix):] }

// partitions returns the number of partitions of a topic, 0 if it does not exist.
func (h *haystack) partitions(topic string) int32 {
	d, ok := h.details[h.names.Topic(topic)]
	if !ok || d.Err != nil {
		return 0
	}
	return int32(len(d.Partitions)) //nolint:gosec // a partition count
}

// ranges returns the committed offsets of the partitions wanted, limited to the records
// written between two times; zero for no limit.
func (h *haystack) ranges(ctx context.Context, from, to time.Time, wanted map[place]bool) (scan.Ranges, error) {
	out := scan.Ranges{}
	for at := range wanted {
		out[h.names.Topic(at.topic)] = map[int32]scan.Range{}
	}
	if len(out) == 0 {
		return out, nil
	}
	topics := slices.Sorted(maps.Keys(out))
	after, err := h.after(ctx, from, topics)
	if err != nil {
		return nil, err
	}
	before, err := h.after(ctx, to, topics)
	if err != nil {
		return nil, err
	}
	for at := range wanted {
		name := h.names.Topic(at.topic)
		start, ok := h.starts.Lookup(name, at.partition)
		end, _ := h.ends.Lookup(name, at.partition)
		if !ok {
			continue
		}
		r := scan.Range{From: start.Offset, To: end.Offset}
		if o, ok := after.Lookup(name, at.partition); ok {
			r.From = max(r.From, o.Offset)
		}
		if o, ok := before.Lookup(name, at.partition); ok {
			r.To = min(r.To, o.Offset)
		}
		out[name][at.partition] = r
	}
	return out, nil
}

func (h *haystack) after(ctx context.Context, at time.Time, topics []string) (kadm.ListedOffsets, error) {
	if at.IsZero() {
		return nil, nil //nolint:nilnil // none is an answer
	}
	listed, err := h.admin.ListOffsetsAfterMilli(ctx, at.UnixMilli(), topics...)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look for what was written at %s: %w", at.UTC().Format(time.RFC3339), err)
	}
	return listed, nil
}

// whole returns every partition of topics.
func (h *haystack) whole(topics []string) map[place]bool {
	out := map[place]bool{}
	for _, topic := range topics {
		for p := range h.partitions(topic) {
			out[place{topic, p}] = true
		}
	}
	return out
}

// newest splits ranges into the last n offsets of each partition and the rest; it reports
// whether there is a rest. People mostly ask about recent cases.
func newest(ranges scan.Ranges, n int64) (last, rest scan.Ranges, more bool) {
	last, rest = scan.Ranges{}, scan.Ranges{}
	for topic, parts := range ranges {
		last[topic], rest[topic] = map[int32]scan.Range{}, map[int32]scan.Range{}
		for p, r := range parts {
			cut := max(r.From, r.To-n)
			last[topic][p], rest[topic][p] = scan.Range{From: cut, To: r.To}, scan.Range{From: r.From, To: cut}
			more = more || cut > r.From
		}
	}
	return last, rest, more
}

// search yields the records of ranges, of each partition the newest pieces first, until
// yield returns false.
func (h *haystack) search(ctx context.Context, step string, ranges scan.Ranges, yield func(topic string, r *kgo.Record) (more bool)) error {
	stopped := false
	for n, more := int64(100_000), true; more && !stopped; n *= 4 {
		var last scan.Ranges
		last, ranges, more = newest(ranges, n)
		err := h.read(ctx, step, last, func(topic string, r *kgo.Record) error {
			if stopped = !yield(topic, r); stopped {
				return scan.ErrStop
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// read yields the records of ranges; within a partition, in order.
func (h *haystack) read(ctx context.Context, step string, ranges scan.Ranges, yield func(topic string, r *kgo.Record) error) error {
	config := scan.Config{Kafka: h.kafka, Patience: h.patience, Progress: h.progress, Now: h.now}
	return scan.Each(ctx, config, step, ranges, func(r *kgo.Record) error {
		h.records++
		h.bytes += int64(len(r.Key) + len(r.Value))
		return yield(h.bare(r.Topic), r)
	})
}
