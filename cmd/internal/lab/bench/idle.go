package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// idle opens connections that have sent one webhook each and then nothing, and looks
// at ingest's memory: before, with them, and with them after a load beside them.
func (b *ingestBench) idle(ctx context.Context) error {
	n := b.config.Idle
	b.environment.o.Progress.Step(fmt.Sprintf("%d idle connections", n), int64(n))
	before, err := b.look(ctx)
	if err != nil {
		return err
	}
	v := b.sent[b.config.Providers[0]]
	sockets, err := b.openIdle(ctx, v, n)
	defer func() {
		for _, s := range sockets {
			s.close()
		}
	}()
	if err != nil {
		return err
	}
	opened, err := b.look(ctx)
	if err != nil {
		return err
	}
	if err := wait(ctx, b.config.IdleFor); err != nil {
		return err
	}
	kept, err := b.look(ctx)
	if err != nil {
		return err
	}
	connections := b.config.Connections[0]
	loadResult, err := v.fire(ctx, b.address, connections, b.config.Duration)
	if err != nil {
		return err
	}
	loaded, err := b.look(ctx)
	if err != nil {
		return err
	}
	f := Figures{}
	f.Add("idle_connections", float64(n))
	f.Add("rss_without_mb", mega(before.us.rss))
	f.Add("rss_opened_mb", mega(opened.us.rss))
	f.Add("rss_mb", mega(kept.us.rss))
	f.Add("rss_after_load_mb", mega(loaded.us.rss))
	f.Add("kb_per_idle_connection", float64(kept.us.rss-before.us.rss)/1e3/float64(n))
	f.Add("requests_per_second", float64(loadResult.answers)/loadResult.took.Seconds())
	f.Add("cpu_us_per_webhook", (loaded.us.cpu-kept.us.cpu).Seconds()/float64(loadResult.answers)*1e6)
	loadResult.latency.figures(&f, "answer")
	b.report.Runs = append(b.report.Runs, Run{Name: fmt.Sprintf("%d idle, %s c=%d", n, v.provider, connections), Figures: f, Checked: checkedBytes})
	return nil
}

// openIdle opens connections, a few at once, and has one webhook answered on each.
func (b *ingestBench) openIdle(ctx context.Context, v *loadGenerator, n int) ([]*socket, error) {
	const atOnce = 64
	var mu sync.Mutex
	var out []*socket
	var failed error
	var group sync.WaitGroup
	for worker := range atOnce {
		group.Go(func() {
			for i := worker; i < n; i += atOnce {
				s, err := dial(ctx, b.address)
				status := 0
				request := i % len(v.requests)
				if err == nil {
					status, err = s.send(v.requests[request].bytes, nil)
				}
				mu.Lock()
				if s != nil {
					out = append(out, s)
				}
				if err == nil && status == 200 {
					v.acked[request]++
				}
				b.environment.o.Progress.At(int64(len(out)))
				if err != nil {
					failed = errors.Join(failed, fmt.Errorf("idle connection %d of %d (ulimit -n must allow more than %d files): %w", i+1, n, n, err))
					mu.Unlock()
					return
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return out, failed
}
