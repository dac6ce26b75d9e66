package chaos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// read calls each with every committed record of a topic, from a time (zero: from the
// log start) to its current end.
func (a *scenario) read(ctx context.Context, topic string, since time.Time, each func(*kgo.Record) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, recovery, errors.New("it did not come to its end in time"))
	defer cancel()
	from, left, err := a.span(ctx, topic, since)
	if err != nil {
		return fmt.Errorf("find begin and end of %s: %w", topic, err)
	}
	if len(left) == 0 {
		return nil
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(a.brokers, ",")...), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}),
		kgo.KeepControlRecords(), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.FetchMaxWait(200*time.Millisecond))
	if err != nil {
		return fmt.Errorf("read %s: %w", topic, err)
	}
	defer client.Close()
	for len(left) > 0 {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return fmt.Errorf("read %s, %d partitions are not at their end: %w", topic, len(left), context.Cause(ctx))
		}
		fetches.EachRecord(func(r *kgo.Record) {
			end, reading := left[r.Partition]
			if reading && r.Offset < end && !r.Attrs.IsControl() {
				err = errors.Join(err, each(r))
			}
			if r.Offset+1 >= end {
				delete(left, r.Partition)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// span returns the start and end offsets of the partitions that have records in that
// range.
func (a *scenario) span(ctx context.Context, topic string, since time.Time) (from map[int32]kgo.Offset, ends map[int32]int64, err error) {
	var starts, committed kadm.ListedOffsets
	if since.IsZero() {
		starts, err = a.watcher.admin.ListStartOffsets(ctx, topic)
	} else {
		starts, err = a.watcher.admin.ListOffsetsAfterMilli(ctx, since.UnixMilli(), topic)
	}
	if err == nil {
		committed, err = a.watcher.admin.ListCommittedOffsets(ctx, topic)
	}
	if err := errors.Join(err, starts.Error(), committed.Error()); err != nil {
		return nil, nil, err
	}
	from, ends = map[int32]kgo.Offset{}, map[int32]int64{}
	for partition, end := range committed[topic] {
		if start := starts[topic][partition].Offset; start >= 0 && start < end.Offset {
			from[partition], ends[partition] = kgo.NewOffset().At(start), end.Offset
		}
	}
	return from, ends, nil
}
