package environment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// ReadAll reads the committed records of a topic to its end.
func (p *Environment) ReadAll(ctx context.Context, topic string, each func(*kgo.Record) error) error {
	listed, err := p.Admin.ListCommittedOffsets(ctx, topic)
	if err = errors.Join(err, listed.Error()); err != nil {
		return fmt.Errorf("find the end of %s: %w", topic, err)
	}
	// KeepControlRecords: a partition may end with the marker of a transaction.
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords(),
	}, p.Kafka...)...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	left := map[int32]int64{}
	for partition, o := range listed[topic] {
		if o.Offset > 0 {
			left[partition] = o.Offset
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for len(left) > 0 {
		fetches := client.PollFetches(ctx)
		if err := errors.Join(ctx.Err(), fetches.Err()); err != nil {
			return fmt.Errorf("read %s: %w", topic, err)
		}
		var failed error
		fetches.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() && failed == nil {
				failed = each(r)
			}
			if r.Offset+1 >= left[r.Partition] {
				delete(left, r.Partition)
			}
		})
		if failed != nil {
			return fmt.Errorf("read %s: %w", topic, failed)
		}
	}
	return nil
}
