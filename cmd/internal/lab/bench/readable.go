package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// place3 is the position of a raw record, as in receipts and snapshots.
type place3 struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

// expected is an accepted webhook whose journey has not been read yet.
type expected struct {
	due, accepted time.Time
	repeat        bool
}

// readers read the journeys as any consumer would, and record when each fact became
// readable: when a snapshot was read whose change names the fact's raw record.
type readers struct {
	mu sync.Mutex
	// waiting are accepted webhooks by raw record; early are snapshots that were read
	// before the answer to their webhook.
	waiting map[place3]expected
	early   map[place3]time.Time
	counts  time.Time // webhooks due from here on are measured
	last    time.Time // something was read
	done    int64
	whole   *result.Latency
	// fromAnswer measures from the 200, whole from the time when the webhook was due.
	fromAnswer *result.Latency
	err        error
}

func newReaders() *readers {
	return &readers{waiting: map[place3]expected{}, early: map[place3]time.Time{}, whole: result.NewLatency(), fromAnswer: result.NewLatency()}
}

func (r *readers) from(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts = t
}

// start reads until stop.
func (r *readers) start(ctx context.Context, p *environment.Environment) (stop func(), err error) {
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.ConsumeTopics(p.Names.Topic(schemas.EnrichedJourneys)), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(100 * time.Millisecond),
	}, p.Kafka...)...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			r.read(client.PollFetches(ctx), p.Names.Prefix)
		}
	}()
	return func() {
		cancel()
		<-done
		client.Close()
	}, nil
}

func (r *readers) read(fetches kgo.Fetches, prefix string) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range fetches.Errors() {
		if r.err == nil && !errors.Is(f.Err, context.Canceled) {
			r.err = fmt.Errorf("read the journeys: %w", f.Err)
		}
	}
	fetches.EachRecord(func(record *kgo.Record) {
		r.last = now
		_, body, err := wire.Parse(record.Value)
		if err != nil {
			return
		}
		var s avro.JourneySnapshot
		if err := s.DecodeAvro(body); err != nil {
			r.err = fmt.Errorf("read a journey: %w", err)
			return
		}
		c := &s.ChangedBy
		if !c.Topic.Set || !c.Offset.Set {
			return // no record changed it
		}
		at := place3{prefix + strings.TrimPrefix(c.Topic.Value, prefix), c.Partition.Value, c.Offset.Value}
		e, known := r.waiting[at]
		if !known {
			r.early[at] = now
			return
		}
		delete(r.waiting, at)
		r.observe(e, now)
	})
}

// expect registers an accepted webhook.
func (r *readers) expect(d due, at place3, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := expected{due: d.at, accepted: now, repeat: d.send.Repeat > 0}
	if seen, ok := r.early[at]; ok {
		delete(r.early, at)
		r.observe(e, seen)
		return
	}
	r.waiting[at] = e
}

func (r *readers) observe(e expected, now time.Time) {
	r.done++
	if e.due.Before(r.counts) {
		return
	}
	r.whole.Add(now.Sub(e.due))
	r.fromAnswer.Add(max(0, now.Sub(e.accepted)))
}

// untilQuiet waits until every event is read or no record has arrived for a while.
func (r *readers) untilQuiet(ctx context.Context) error {
	const quiet = 2 * time.Second
	for began := time.Now(); ; {
		r.mu.Lock()
		err, last, left := r.err, r.last, len(r.waiting)
		r.mu.Unlock()
		if last.Before(began) {
			last = began
		}
		if err != nil || left == 0 || time.Since(last) > quiet {
			return err
		}
		if err := environment.Wait(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// faults reports a run in which no fact was measured.
func (r *readers) faults() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.whole.Histogram.TotalCount() == 0 {
		return []string{"no webhook was found again in a journey: nothing was measured"}
	}
	return nil
}
