package reset

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/engine"
)

// earlier reads the Rebuild records that an earlier reset wrote at the start of the
// changelog's partitions. The committed offset of a stage that has not caught up with
// it is before offsets whose facts were already emitted.
func (p *Plan) earlier(ctx context.Context, config *Config, admin *kadm.Client) (map[int32]engine.Rebuild, error) {
	details, err := admin.ListTopics(kadm.WithAuthorizedOps(ctx), p.Changelog)
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", p.Changelog, err)
	}
	if !details.Has(p.Changelog) {
		return nil, nil
	}
	starts, err := admin.ListStartOffsets(ctx, p.Changelog)
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", p.Changelog, err)
	}
	ends, err := admin.ListEndOffsets(ctx, p.Changelog)
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", p.Changelog, err)
	}
	first := map[int32]kgo.Offset{}
	starts.Each(func(o kadm.ListedOffset) {
		if end, _ := ends.Lookup(p.Changelog, o.Partition); end.Offset > o.Offset {
			first[o.Partition] = kgo.NewOffset().At(o.Offset)
		}
	})
	out := map[int32]engine.Rebuild{}
	if len(first) == 0 {
		return out, nil
	}
	client, err := kgo.NewClient(append(slices.Clone(config.Kafka), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{p.Changelog: first}),
		kgo.KeepControlRecords(), kgo.FetchMaxWait(firstWait), kgo.FetchMaxPartitionBytes(firstBytes))...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, firstPatience)
	defer cancel()
	for len(first) > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			return nil, fmt.Errorf("read the beginning of %s: %w", p.Changelog, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if _, waited := first[r.Partition]; !waited {
				return
			}
			delete(first, r.Partition)
			if r.Attrs.IsControl() {
				return
			}
			rebuild, found, broken := engine.ParseRebuild(r.Key, r.Value)
			if broken != nil && err == nil {
				err = fmt.Errorf("read what an earlier reset has left in %s/%d: %w", p.Changelog, r.Partition, broken)
			}
			if found {
				out[r.Partition] = rebuild
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// The fetch settings for the first record of each partition.
const (
	firstWait     = 100 * time.Millisecond
	firstBytes    = 64 << 10
	firstPatience = time.Minute
)

// after merges the offsets from an earlier reset of a partition.
func (x *Partition) after(was engine.Rebuild) {
	if was.Until > x.End {
		return // of an input of that name that is no more
	}
	for _, at := range was.Missing {
		if at >= x.Committed {
			x.Missing = append(x.Missing, at)
		}
	}
	x.Committed = max(x.Committed, was.Until)
}

// mostMissing limits the records whose facts are emitted for the first time, mostListed
// the differences that the audit lists, those records among them. With more it is no repair
// any longer.
const (
	mostMissing = 10_000
	mostListed  = 100_000
)

var errTooMany = errors.New("that is no repair of some records: begin anew under another prefix (tributary topics apply --help)")

// lookForMissing runs an audit to find records before the committed offsets that have
// no outcome.
func (p *Plan) lookForMissing(ctx context.Context, config *Config) error {
	if !config.Missing {
		return nil
	}
	if stage, _ := processor.TopicsOf(p.Stage); !strings.HasPrefix(stage.Input, "raw.") {
		return errors.New("only what ingest wrote can end in nothing: for stage " + p.Stage + " there is nothing to look for")
	}
	report, err := audit.Run(ctx, audit.Config{
		Kafka: config.Kafka, Names: config.Names, Limit: mostListed, Progress: config.Progress,
	})
	if err != nil {
		return fmt.Errorf("audit, to find what ended in nothing: %w", err)
	}
	if report.Differences > mostListed {
		return fmt.Errorf("the audit finds %d differences: %w", report.Differences, errTooMany)
	}
	for _, d := range report.Listed {
		for i := range p.Partitions {
			x := &p.Partitions[i]
			if d.Kind == audit.KindNoOutcome && d.Topic == p.Input && d.Partition == x.Partition && d.Offset < x.Committed {
				x.Missing = append(x.Missing, d.Offset)
			}
		}
	}
	for i := range p.Partitions {
		x := &p.Partitions[i]
		slices.Sort(x.Missing)
		x.Missing = slices.Compact(x.Missing)
		p.Missing += int64(len(x.Missing))
	}
	if p.Missing > mostMissing {
		return fmt.Errorf("%d records ended in nothing: %w", p.Missing, errTooMany)
	}
	return nil
}

// stand commits, for the group, the offsets that the stage had reached before an
// earlier reset, so that this reset can also be run again wherever it fails.
func (p *Plan) stand(ctx context.Context, admin *kadm.Client) error {
	var offsets kadm.Offsets
	for i := range p.Partitions {
		if x := &p.Partitions[i]; x.Committed > x.stands {
			offsets.AddOffset(p.Input, x.Partition, x.Committed, -1)
		}
	}
	if len(offsets) == 0 {
		return nil
	}
	if err := admin.CommitAllOffsets(ctx, p.Group, offsets); err != nil {
		return fmt.Errorf("let group %s stand behind the records that were emitted: %w", p.Group, err)
	}
	return nil
}
