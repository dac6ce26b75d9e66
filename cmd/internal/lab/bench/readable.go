package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
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
	// topic is the full name of the journeys' topic, origin reads the origin of a record's
	// change.
	topic  string
	origin func(*kgo.Record) (origin, error)

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
	// received measures from the time of receipt, which is the raw record's timestamp.
	// readAt are the times at which the changes by a raw record were read, until its
	// timestamp is known.
	received *result.Latency
	readAt   map[place3]time.Time
	err      error
}

// origin is the raw record that changed a journey: its position, or only its timestamp. A
// change by no record has neither.
type origin struct {
	at       place3
	received time.Time
}

func newReaders(topic string, read func(*kgo.Record) (origin, error)) *readers {
	return &readers{
		topic: topic, origin: read, waiting: map[place3]expected{}, early: map[place3]time.Time{}, readAt: map[place3]time.Time{},
		whole: result.NewLatency(), fromAnswer: result.NewLatency(), received: result.NewLatency(),
	}
}

func (r *readers) from(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts = t
}

// start reads until stop.
func (r *readers) start(ctx context.Context, p *environment.Environment) (stop func(), err error) {
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.ConsumeTopics(r.topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
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
			r.read(client.PollFetches(ctx))
		}
	}()
	return func() {
		cancel()
		<-done
		client.Close()
	}, nil
}

func (r *readers) read(fetches kgo.Fetches) {
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
		from, err := r.origin(record)
		if err != nil {
			r.err = fmt.Errorf("read a journey: %w", err)
			return
		}
		if !from.received.IsZero() {
			r.done++
			r.since(from.received, now)
		}
		if from.at.Topic == "" {
			return
		}
		r.readAt[from.at] = now
		e, known := r.waiting[from.at]
		if !known {
			r.early[from.at] = now
			return
		}
		delete(r.waiting, from.at)
		r.observe(e, now)
	})
}

// since records the latency of a fact that was received at a time.
func (r *readers) since(received, now time.Time) {
	if !received.Before(r.counts) {
		r.received.Add(max(0, now.Sub(received)))
	}
}

// receipts takes the times of receipt from the raw topics; call it once all is read.
func (r *readers) receipts(ctx context.Context, p *environment.Environment, topics ...string) error {
	for _, topic := range topics {
		err := p.ReadAll(ctx, topic, func(record *kgo.Record) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			if now, ok := r.readAt[place3{topic, record.Partition, record.Offset}]; ok {
				r.since(record.Timestamp, now)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
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

// observe records the latencies of an accepted webhook.
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
		if err := timespan.Wait(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// faults reports a run in which no fact was measured.
func (r *readers) faults() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.whole.Histogram.TotalCount() == 0 && r.received.Histogram.TotalCount() == 0 {
		return []string{"no webhook was found again in a journey: nothing was measured"}
	}
	return nil
}
