package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/loadgen"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// idle opens connections that have sent one webhook each and then nothing, and looks
// at ingest's memory: before, with them, and with them after a load beside them.
func (b *ingestBench) idle(ctx context.Context) error {
	n := b.config.Idle
	b.environment.Options.Progress.Step(fmt.Sprintf("%d idle connections", n), int64(n))
	before, err := b.look(ctx)
	if err != nil {
		return err
	}
	v := b.sent[b.config.Providers[0]]
	sockets, err := b.openIdle(ctx, v, n)
	defer func() {
		for _, s := range sockets {
			s.Close()
		}
	}()
	if err != nil {
		return err
	}
	opened, err := b.look(ctx)
	if err != nil {
		return err
	}
	if err := timespan.Wait(ctx, b.config.IdleFor); err != nil {
		return err
	}
	kept, err := b.look(ctx)
	if err != nil {
		return err
	}
	connections := b.config.Connections[0]
	loadResult, err := v.Fire(ctx, b.address, connections, b.config.Duration)
	if err != nil {
		return err
	}
	loaded, err := b.look(ctx)
	if err != nil {
		return err
	}
	f := result.Figures{}
	f.Add("idle_connections", float64(n))
	f.Add("rss_without_mb", environment.Mega(before.us.RSS))
	f.Add("rss_opened_mb", environment.Mega(opened.us.RSS))
	f.Add("rss_mb", environment.Mega(kept.us.RSS))
	f.Add("rss_after_load_mb", environment.Mega(loaded.us.RSS))
	f.Add("kb_per_idle_connection", float64(kept.us.RSS-before.us.RSS)/1e3/float64(n))
	f.Add("requests_per_second", float64(loadResult.Answers)/loadResult.Took.Seconds())
	f.Add("cpu_us_per_webhook", (loaded.us.CPU-kept.us.CPU).Seconds()/float64(loadResult.Answers)*1e6)
	loadResult.Latency.Figures(&f, "answer")
	b.report.Runs = append(b.report.Runs, result.Run{Name: fmt.Sprintf("%d idle, %s c=%d", n, v.Provider, connections), Figures: f, Checked: checkedBytes})
	return nil
}

// openIdle opens connections, a few at once, and has one webhook answered on each.
func (b *ingestBench) openIdle(ctx context.Context, v *loadgen.Generator, n int) ([]*loadgen.Socket, error) {
	const atOnce = 64
	var mu sync.Mutex
	var out []*loadgen.Socket
	var failed error
	var group sync.WaitGroup
	for worker := range atOnce {
		group.Go(func() {
			for i := worker; i < n; i += atOnce {
				s, err := loadgen.Dial(ctx, b.address)
				status := 0
				request := i % len(v.Requests)
				if err == nil {
					status, err = s.Send(v.Requests[request].Bytes, nil)
				}
				mu.Lock()
				if s != nil {
					out = append(out, s)
				}
				if err == nil && status == 200 {
					v.Acked[request]++
				}
				b.environment.Options.Progress.At(int64(len(out)))
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
