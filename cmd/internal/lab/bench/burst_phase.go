package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/loadgen"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// tally counts the answers of a phase.
type tally struct {
	mu       sync.Mutex
	statuses map[int]int64
	// unsure are webhooks that may or may not be stored, of all phases: those answered
	// 503, and those whose connection broke.
	unsure   int64
	cut      int64
	answered *result.Latency
}

// phase sends at a fixed rate for a while (0: closed-loop, as fast as ingest answers)
// and records the result.
func (b *burst) phase(ctx context.Context, name string, rate float64, while time.Duration) (*result.Run, error) {
	p := b.environment
	p.Options.Progress.Step(name, int64(rate*while.Seconds()))
	b.mu.Lock()
	b.statuses, b.cut, b.answered = map[int]int64{}, 0, result.NewLatency()
	b.mu.Unlock()
	watching, stop := context.WithCancel(ctx)
	defer stop()
	lag := make(chan int64, 1)
	go func() { lag <- b.watch(watching) }()
	sent, took, err := b.send(ctx, rate, while)
	stop()
	worst := <-lag
	if err != nil {
		return nil, err
	}
	run := result.Run{Name: name, Checked: p.Options.Check}
	f := &run.Figures
	f.Add("sent", float64(sent))
	f.Add("sent_per_second", float64(sent)/took.Seconds())
	f.Add("accepted_per_second", float64(b.statuses[http.StatusOK])/took.Seconds())
	f.Add("answered_200", float64(b.statuses[http.StatusOK]))
	f.Add("answered_429", float64(b.statuses[http.StatusTooManyRequests]))
	f.Add("answered_503", float64(b.statuses[http.StatusServiceUnavailable]))
	f.Add("connections_cut", float64(b.cut))
	b.answered.Figures(f, "answer")
	f.Add("worst_lag_records", float64(worst))
	for _, c := range []*environment.Subprocess{b.ingest, b.processor} {
		used, err := c.Uses()
		if err != nil {
			return nil, errors.Join(err, c.Alive())
		}
		f.Add(c.Role+"_rss_mb", environment.Mega(used.RSS))
		f.Add(c.Role+"_peak_rss_mb", environment.Mega(used.Peak))
	}
	for _, status := range slices.Sorted(maps.Keys(b.statuses)) {
		if !slices.Contains([]int{http.StatusOK, http.StatusTooManyRequests, http.StatusServiceUnavailable}, status) {
			b.report.Fault(fmt.Sprintf("%s: %d webhooks were answered %d", name, b.statuses[status], status))
		}
	}
	b.report.Runs = append(b.report.Runs, run)
	return &run, nil
}

// send sends each webhook when it is due; overdue ones are sent at once.
func (b *burst) send(ctx context.Context, rate float64, while time.Duration) (sent int64, took time.Duration, err error) {
	queues := make([]chan *prepared, b.config.Connections)
	var group sync.WaitGroup
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for i := range queues {
		queues[i] = make(chan *prepared, 8)
		group.Go(func() {
			if err := b.carry(ctx, queues[i]); err != nil {
				cancel(err)
			}
		})
	}
	began := time.Now()
	for time.Since(began) < while && ctx.Err() == nil {
		if rate > 0 {
			due := began.Add(time.Duration(float64(sent) / rate * float64(time.Second)))
			if pause := time.Until(due); pause >= time.Millisecond {
				if err := timespan.Wait(ctx, pause); err != nil {
					break
				}
			}
		}
		r := b.webhooks[b.next%len(b.webhooks)]
		b.next++
		select {
		case queues[environment.Shard(r.order, len(queues))] <- r:
			sent++
		case <-ctx.Done():
		}
		b.environment.Options.Progress.At(sent)
	}
	for _, q := range queues {
		close(q)
	}
	group.Wait()
	return sent, time.Since(began), context.Cause(ctx)
}

// carry sends over one connection, and reopens it if it breaks.
func (b *burst) carry(ctx context.Context, queue <-chan *prepared) error {
	s, err := loadgen.Dial(ctx, b.address)
	if err != nil {
		return err
	}
	defer func() { s.Close() }()
	for r := range queue {
		if ctx.Err() != nil {
			continue // the queue is emptied, so that nobody waits for it
		}
		began := time.Now()
		status, err := s.Send(r.bytes, nil)
		b.note(r, status, err, time.Since(began))
		if err == nil {
			continue
		}
		s.Close()
		again, err := loadgen.Dial(ctx, b.address)
		if err != nil {
			return err
		}
		s = again
	}
	return nil
}

// note counts an answer, or that there was none.
func (b *burst) note(r *prepared, status int, err error, took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.cut++
		b.unsure++
		return
	}
	b.statuses[status]++
	b.answered.Add(took)
	switch status {
	case http.StatusOK:
		c := simulator.Count{Webhooks: 1, Tries: 1, Accepted: 1, Digest: r.digest}
		r.accepted++
		if r.accepted > 1 {
			c.Repeats = 1
		}
		sum := b.sent[r.provider]
		sum.Add(c)
		b.sent[r.provider] = sum
	case http.StatusServiceUnavailable:
		b.unsure++
	}
}

// watch returns the highest number of records accepted but not yet processed.
func (b *burst) watch(ctx context.Context) (worst int64) {
	for {
		ends, err := b.environment.RawEnds(ctx)
		if err == nil {
			var total int64
			for _, partitions := range ends {
				for _, end := range partitions {
					total += end
				}
			}
			if m, err := b.environment.Moment(ctx, b.processor, b.environment.RawGroupNames(), ends); err == nil {
				worst = max(worst, total-m.Done)
			}
		}
		if timespan.Wait(ctx, time.Second/4) != nil {
			return worst
		}
	}
}
