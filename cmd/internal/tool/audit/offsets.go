package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// offsets are by topic without prefix and partition.
type offsets map[string]map[int32]int64

// positions finds how far each stage has come with its input: where its group has
// committed nothing, it has not begun.
func (a *auditor) positions(ctx context.Context, c *cut) error {
	c.applied, c.committed = offsets{}, offsets{}
	for _, stage := range processor.StageNames() {
		topics, _ := processor.TopicsOf(stage)
		committed, err := a.committed(ctx, a.config.Names.Group(stage))
		if err != nil {
			return err
		}
		c.applied[topics.Input], c.committed[topics.Input] = map[int32]int64{}, map[int32]int64{}
		for p, start := range c.starts[topics.Input] {
			c.committed[topics.Input][p] = -1
			if at, ok := committed.Lookup(a.config.Names.Topic(topics.Input), p); ok {
				c.committed[topics.Input][p] = at.At
			}
			c.applied[topics.Input][p] = max(start, c.committed[topics.Input][p])
		}
	}
	for _, name := range schemas.RawTopics() {
		if c.applied[name] == nil {
			return fmt.Errorf("no stage reads %s: nothing can be said about its records", name)
		}
	}
	return nil
}

// committed waits for transactions that are about to commit offsets.
func (a *auditor) committed(ctx context.Context, group string) (kadm.OffsetResponses, error) {
	for until := a.config.Now().Add(a.config.Patience); ; {
		responses, err := a.admin.FetchOffsets(kadm.RequireStable(ctx), group)
		if err == nil {
			err = responses.Error()
		}
		switch {
		case err == nil:
			return responses, nil
		case errors.Is(err, kerr.GroupIDNotFound):
			return nil, nil
		case !kerr.IsRetriable(err) && !errors.Is(err, kerr.UnstableOffsetCommit) || a.config.Now().After(until):
			return nil, fmt.Errorf("fetch the committed offsets of group %s: %w", group, err)
		}
		const again = 50 * time.Millisecond
		if err := timespan.Wait(ctx, again); err != nil {
			return nil, err
		}
	}
}

type lister func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)

// list lists offsets by names without prefix. Topics that do not exist are left out.
func (a *auditor) list(ctx context.Context, list lister, names []string) (offsets, error) {
	out := offsets{}
	if len(names) == 0 {
		return out, nil
	}
	topics := make([]string, len(names))
	for i, name := range names {
		topics[i] = a.config.Names.Topic(name)
	}
	listed, err := list(ctx, topics...)
	if err != nil {
		return nil, fmt.Errorf("list offsets: %w", err)
	}
	for i, name := range names {
		out[name] = map[int32]int64{}
		for p, o := range listed[topics[i]] {
			if errors.Is(o.Err, kerr.UnknownTopicOrPartition) {
				continue
			}
			if o.Err != nil {
				return nil, fmt.Errorf("list offsets of %s/%d: %w", topics[i], p, o.Err)
			}
			out[name][p] = o.Offset
		}
	}
	return out, nil
}
