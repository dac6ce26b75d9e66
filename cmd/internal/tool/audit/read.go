package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// stretch is the range of offsets to read from a partition: [from, to).
type stretch struct{ from, to int64 }

// position is the next offset to read of a partition, and the end of its stretch.
type position struct {
	next, to int64
}

// stretches returns, for topics named without prefix, the offsets from the beginning of
// the span to the ends of the cut.
func (a *auditor) stretches(names ...string) map[string]map[int32]stretch {
	out := map[string]map[int32]stretch{}
	for _, name := range names {
		out[name] = map[int32]stretch{}
		for p, to := range a.cut.ends[name] {
			out[name][p] = stretch{from: max(a.cut.from[name][p], a.cut.starts[name][p]), to: to}
		}
	}
	return out
}

// checkCovered returns an error if no step reads a topic of the table: a topic that was
// not looked at must not count as one without differences.
func (a *auditor) checkCovered() error {
	for _, t := range audited() {
		if !a.covered[t.Name] && !slices.Contains(a.cut.missing, t.Name) {
			return fmt.Errorf("the audit has no step that reads %s", t.Name)
		}
	}
	return nil
}

// each calls yield with every committed record of the stretches; within a partition, in
// order. topic is without prefix.
func (a *auditor) each(ctx context.Context, step string, what map[string]map[int32]stretch, yield func(topic string, r *kgo.Record) error) error {
	assign := map[string]map[int32]kgo.Offset{}
	ahead := map[string]map[int32]*position{}
	var total, done int64
	left := 0
	for name, parts := range what {
		topic := a.config.Names.Topic(name)
		a.covered[name] = true
		assign[topic], ahead[topic] = map[int32]kgo.Offset{}, map[int32]*position{}
		for p, s := range parts {
			if s.from >= s.to {
				continue
			}
			assign[topic][p] = kgo.NewOffset().At(s.from)
			ahead[topic][p] = &position{next: s.from, to: s.to}
			total += s.to - s.from
			left++
		}
	}
	a.config.Progress.Step(step, total)
	if left == 0 {
		return nil
	}
	client, err := kgo.NewClient(append(append([]kgo.Opt{}, a.config.Kafka...),
		kgo.ConsumePartitions(assign), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		// A partition often ends with a transaction marker; without control records,
		// its end would never be reached.
		kgo.KeepControlRecords(),
		// If retention deletes the offset to read, reading goes on at the new log
		// start.
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxWait(250*time.Millisecond), kgo.FetchMaxBytes(16<<20), kgo.FetchMaxPartitionBytes(4<<20),
	)...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	for moved := a.config.Now(); left > 0; {
		n, err := a.poll(ctx, client, ahead, yield)
		if err != nil {
			return err
		}
		now := a.config.Now()
		switch {
		case n.passed > 0:
			moved = now
		case now.Sub(moved) > a.config.Patience/9:
			ended, err := a.hollow(ctx, ahead)
			if err != nil {
				return err
			}
			n.ended = ended
		}
		if n.ended == 0 && now.Sub(moved) > a.config.Patience {
			return fmt.Errorf("%s gave nothing for %s: a transaction may be open there, or the partition has no leader", behind(ahead), a.config.Patience)
		}
		left -= n.ended
		done += n.passed
		a.config.Progress.At(done)
	}
	return nil
}

// polled counts the progress of one poll.
type polled struct {
	// passed counts offsets, ended counts partitions that reached their end.
	passed int64
	ended  int
}

func (a *auditor) poll(ctx context.Context, client *kgo.Client, ahead map[string]map[int32]*position, yield func(topic string, r *kgo.Record) error) (n polled, err error) {
	const wait, most = time.Second, 20_000
	bounded, cancel := context.WithTimeout(ctx, wait)
	fetches := client.PollRecords(bounded, most)
	cancel()
	if ctx.Err() != nil {
		return n, context.Cause(ctx)
	}
	for _, f := range fetches.Errors() {
		if !errors.Is(f.Err, context.DeadlineExceeded) && !kerr.IsRetriable(f.Err) {
			return n, fmt.Errorf("read %s/%d: %w", f.Topic, f.Partition, f.Err)
		}
	}
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		at := ahead[f.Topic][f.Partition]
		if at == nil || at.next >= at.to || err != nil {
			return
		}
		name := strings.TrimPrefix(f.Topic, a.config.Names.Prefix)
		for _, r := range f.Records {
			if r.Offset >= at.to {
				n.passed += at.to - at.next
				at.next = at.to
				break
			}
			n.passed += max(0, r.Offset+1-at.next)
			at.next = r.Offset + 1
			if r.Attrs.IsControl() {
				continue
			}
			a.read++
			if err = yield(name, r); err != nil {
				err = fmt.Errorf("%s/%d at offset %d: %w", r.Topic, r.Partition, r.Offset, err)
				return
			}
		}
		if at.next >= at.to {
			n.ended++
			client.PauseFetchPartitions(map[string][]int32{f.Topic: {f.Partition}})
		}
	})
	return n, err
}

// hollow ends partitions whose last stable offset is past their end although no poll
// reached it: compaction has removed the records up to there.
func (a *auditor) hollow(ctx context.Context, ahead map[string]map[int32]*position) (ended int, err error) {
	var names []string
	for topic := range ahead {
		names = append(names, strings.TrimPrefix(topic, a.config.Names.Prefix))
	}
	stable, err := a.list(ctx, a.admin.ListCommittedOffsets, names)
	if err != nil {
		return 0, err
	}
	for topic, parts := range ahead {
		for p, at := range parts {
			if at.next < at.to && stable[strings.TrimPrefix(topic, a.config.Names.Prefix)][p] >= at.to {
				at.next = at.to
				ended++
			}
		}
	}
	return ended, nil
}

// behind names a partition that has not reached its end.
func behind(ahead map[string]map[int32]*position) string {
	for topic, parts := range ahead {
		for p, at := range parts {
			if at.next < at.to {
				return fmt.Sprintf("%s/%d (at offset %d of %d)", topic, p, at.next, at.to)
			}
		}
	}
	return "nothing"
}
