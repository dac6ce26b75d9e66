// Package scan reads ranges of offsets of several partitions once, as a consumer of
// committed records without a group.
//
// Promise: every committed record of the ranges is yielded, in each partition in order,
// although a range may end with transaction markers, aborted records or records that
// compaction has removed.
package scan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Range is the offsets to read of a partition: [From, To).
type Range struct{ From, To int64 }

// Ranges are by topic and partition.
type Ranges map[string]map[int32]Range

// Progress receives each step with its total number of offsets, and how many of them are
// read.
type Progress interface {
	Step(name string, total int64)
	At(done int64)
}

// Silent is the Progress that reports nothing.
type Silent struct{}

// Step does nothing.
func (Silent) Step(string, int64) {}

// At does nothing.
func (Silent) At(int64) {}

// Config is the configuration of a scan.
type Config struct {
	// Kafka are the options of the client.
	Kafka []kgo.Opt
	// Patience is how long nothing may be read before the scan fails. Default 30 s.
	Patience time.Duration
	// Progress receives the progress; nil means Silent.
	Progress Progress
	// Now is the wall clock; nil means time.Now.
	Now func() time.Time
}

func (c Config) withDefaults() Config {
	if c.Patience <= 0 {
		c.Patience = 30 * time.Second
	}
	if c.Progress == nil {
		c.Progress = Silent{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// ErrStop ends a scan without an error when yield returns it.
var ErrStop = errors.New("stop")

// scanner is a scan in progress.
type scanner struct {
	config Config
	client *kgo.Client
	ahead  map[string]map[int32]*position
	yield  func(*kgo.Record) error
}

// position is the next offset to read of a partition, and the end of its range.
type position struct{ next, to int64 }

// Each yields every committed record of the ranges.
func Each(ctx context.Context, config Config, step string, ranges Ranges, yield func(*kgo.Record) error) error {
	config = config.withDefaults()
	s := &scanner{config: config, ahead: map[string]map[int32]*position{}, yield: yield}
	assign := map[string]map[int32]kgo.Offset{}
	var total int64
	left := 0
	for topic, parts := range ranges {
		assign[topic], s.ahead[topic] = map[int32]kgo.Offset{}, map[int32]*position{}
		for p, r := range parts {
			if r.From >= r.To {
				continue
			}
			assign[topic][p] = kgo.NewOffset().At(r.From)
			s.ahead[topic][p] = &position{next: r.From, to: r.To}
			total += r.To - r.From
			left++
		}
	}
	config.Progress.Step(step, total)
	if left == 0 {
		return nil
	}
	var err error
	s.client, err = kgo.NewClient(append(append([]kgo.Opt{}, config.Kafka...),
		kgo.ConsumePartitions(assign), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		// A partition often ends with a transaction marker; without control records, its end
		// would never be reached.
		kgo.KeepControlRecords(),
		// If retention deletes the offset to read, reading goes on at the new log start.
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxWait(250*time.Millisecond), kgo.FetchMaxBytes(16<<20), kgo.FetchMaxPartitionBytes(4<<20),
	)...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer s.client.Close()
	if err := s.run(ctx, left); !errors.Is(err, ErrStop) {
		return err
	}
	return nil
}

// run polls until all partitions have reached their ends.
func (s *scanner) run(ctx context.Context, left int) error {
	var done int64
	for moved := s.config.Now(); left > 0; {
		n, err := s.poll(ctx)
		if err != nil {
			return err
		}
		now := s.config.Now()
		switch {
		case n.passed > 0:
			moved = now
		case now.Sub(moved) > s.config.Patience/9:
			ended, err := s.removed(ctx)
			if err != nil {
				return err
			}
			n.ended = ended
		}
		if n.ended == 0 && now.Sub(moved) > s.config.Patience {
			return fmt.Errorf("%s gave nothing for %s: a transaction may be open there, or the partition has no leader", s.behind(), s.config.Patience)
		}
		left -= n.ended
		done += n.passed
		s.config.Progress.At(done)
	}
	return nil
}

// polled counts the progress of one poll.
type polled struct {
	// passed counts offsets, ended counts partitions that reached their end.
	passed int64
	ended  int
}

func (s *scanner) poll(ctx context.Context) (n polled, err error) {
	const wait, most = time.Second, 20_000
	bounded, cancel := context.WithTimeout(ctx, wait)
	fetches := s.client.PollRecords(bounded, most)
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
		at := s.ahead[f.Topic][f.Partition]
		if at == nil || at.next >= at.to || err != nil {
			return
		}
		passed := at.next
		err = s.pass(at, f.Records)
		n.passed += at.next - passed
		if at.next >= at.to {
			n.ended++
			s.client.PauseFetchPartitions(map[string][]int32{f.Topic: {f.Partition}})
		}
	})
	return n, err
}

// pass yields records of a partition and moves its position.
func (s *scanner) pass(at *position, records []*kgo.Record) error {
	for _, r := range records {
		if r.Offset >= at.to {
			at.next = at.to
			return nil
		}
		at.next = max(at.next, r.Offset+1)
		if r.Attrs.IsControl() {
			continue
		}
		if err := s.yield(r); err != nil {
			return fmt.Errorf("%s/%d at offset %d: %w", r.Topic, r.Partition, r.Offset, err)
		}
	}
	return nil
}

// removed ends partitions whose last stable offset is past their end although no poll
// reached it: compaction has removed the records up to there.
func (s *scanner) removed(ctx context.Context) (ended int, err error) {
	var topics []string
	for topic := range s.ahead {
		topics = append(topics, topic)
	}
	stable, err := kadm.NewClient(s.client).ListCommittedOffsets(ctx, topics...)
	if err != nil {
		return 0, fmt.Errorf("list offsets: %w", err)
	}
	for topic, parts := range s.ahead {
		for p, at := range parts {
			if o, ok := stable.Lookup(topic, p); ok && at.next < at.to && o.Offset >= at.to {
				at.next = at.to
				ended++
			}
		}
	}
	return ended, nil
}

// behind names a partition that has not reached its end.
func (s *scanner) behind() string {
	for topic, parts := range s.ahead {
		for p, at := range parts {
			if at.next < at.to {
				return fmt.Sprintf("%s/%d (at offset %d of %d)", topic, p, at.next, at.to)
			}
		}
	}
	return "a partition"
}
