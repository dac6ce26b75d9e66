package scan

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/stage"
)

// Offsets are the log start and last stable offsets of topics at one time. Records after the
// last stable offset may belong to open transactions.
type Offsets struct {
	admin        *kadm.Client
	starts, ends kadm.ListedOffsets
}

// List lists the offsets of topics; those that do not exist are left out.
func List(ctx context.Context, admin *kadm.Client, topics ...string) (*Offsets, error) {
	starts, err := admin.ListStartOffsets(ctx, topics...)
	if err != nil {
		return nil, fmt.Errorf("list the start offsets: %w", err)
	}
	maps.DeleteFunc(starts, func(_ string, parts map[int32]kadm.ListedOffset) bool {
		_, missing := parts[-1]
		return missing
	})
	o := &Offsets{admin: admin, starts: starts, ends: kadm.ListedOffsets{}}
	if len(starts) > 0 {
		o.ends, err = admin.ListCommittedOffsets(ctx, o.Topics()...)
	}
	if err = errors.Join(err, starts.Error(), o.ends.Error()); err != nil {
		return nil, fmt.Errorf("list offsets: %w", err)
	}
	return o, nil
}

// Topics returns the listed topics, sorted.
func (o *Offsets) Topics() []string { return slices.Sorted(maps.Keys(o.starts)) }

// Ranges returns the ranges of all partitions of topics, limited to the records written
// between two times; zero means no limit.
func (o *Offsets) Ranges(ctx context.Context, from, to time.Time, topics ...string) (Ranges, error) {
	topics = slices.DeleteFunc(slices.Clone(topics), func(topic string) bool { return o.starts[topic] == nil })
	after, err := o.writtenAt(ctx, from, topics)
	if err != nil {
		return nil, err
	}
	before, err := o.writtenAt(ctx, to, topics)
	if err != nil {
		return nil, err
	}
	out := Ranges{}
	for _, topic := range topics {
		out[topic] = map[int32]Range{}
		for p, start := range o.starts[topic] {
			r := Range{From: start.Offset, To: o.ends[topic][p].Offset}
			if at, ok := after.Lookup(topic, p); ok {
				r.From = max(r.From, at.Offset)
			}
			if at, ok := before.Lookup(topic, p); ok {
				r.To = min(r.To, at.Offset)
			}
			out[topic][p] = r
		}
	}
	return out, nil
}

// writtenAt returns the offsets of the first records written at a time or later.
func (o *Offsets) writtenAt(ctx context.Context, at time.Time, topics []string) (kadm.ListedOffsets, error) {
	if at.IsZero() || len(topics) == 0 {
		return kadm.ListedOffsets{}, nil
	}
	listed, err := o.admin.ListOffsetsAfterMilli(ctx, at.UnixMilli(), topics...)
	if err = errors.Join(err, listed.Error()); err != nil {
		return nil, fmt.Errorf("list the offsets at %s: %w", at.UTC().Format(time.RFC3339), err)
	}
	return listed, nil
}

// OfKeys returns the ranges of the partitions that hold keys, given by topic. The ranges
// must have every partition of a topic.
func (r Ranges) OfKeys(keys map[string][]string) Ranges {
	out := Ranges{}
	for topic, parts := range r {
		out[topic] = map[int32]Range{}
		for _, key := range keys[topic] {
			p := stage.PartitionOf([]byte(key), int32(len(parts))) //nolint:gosec // a partition count
			out[topic][p] = parts[p]
		}
	}
	return out
}

// NewestFirst cuts the ranges into pieces, the newest records of each partition first. The
// pieces grow.
func (r Ranges) NewestFirst() iter.Seq[Ranges] {
	return func(yield func(Ranges) bool) {
		rest := Ranges{}
		for topic, parts := range r {
			rest[topic] = maps.Clone(parts)
		}
		for n, more := int64(100_000), true; more; n *= 4 {
			more = false
			piece := Ranges{}
			for topic, parts := range rest {
				piece[topic] = map[int32]Range{}
				for p, left := range parts {
					cut := max(left.From, left.To-n)
					piece[topic][p], parts[p] = Range{cut, left.To}, Range{left.From, cut}
					more = more || cut > left.From
				}
			}
			if !yield(piece) {
				return
			}
		}
	}
}

// Last returns the last committed record of each key, given by topic, of those written since
// a time; zero means of all.
func Last(ctx context.Context, config Config, keys map[string][]string, since time.Time) (map[string]map[string]*kgo.Record, error) {
	client, err := kgo.NewClient(config.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	out := map[string]map[string]*kgo.Record{}
	wanted := map[[2]string]bool{}
	for topic, keys := range keys {
		out[topic] = map[string]*kgo.Record{}
		for _, key := range keys {
			wanted[[2]string{topic, key}] = true
		}
	}
	offsets, err := List(ctx, kadm.NewClient(client), slices.Sorted(maps.Keys(keys))...)
	if err != nil {
		return nil, err
	}
	ranges, err := offsets.Ranges(ctx, since, time.Time{}, offsets.Topics()...)
	if err != nil {
		return nil, err
	}
	err = Each(ctx, config, "reading the last records", ranges.OfKeys(keys), func(r *kgo.Record) error {
		if wanted[[2]string{r.Topic, string(r.Key)}] {
			out[r.Topic][string(r.Key)] = r
		}
		return nil
	})
	return out, err
}
