package environment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// delivery is a webhook on its way into ingest.
type delivery struct {
	provider, path string
	header         func(body []byte, at time.Time) http.Header
	// order is the ordering key: deliveries with the same key keep their order.
	order string
	at    time.Time
	body  func() []byte
	// items is how many records it makes.
	items           int
	repeat, relayed bool
}

// deliveryOf is one of the simulator's.
func deliveryOf(s *simulator.Send, start time.Time) delivery {
	return delivery{
		provider: s.Provider(), path: s.Path(), header: s.Header, order: s.Order, at: start.Add(s.Due),
		body: func() []byte { return s.Body(start, 0) }, items: s.Items(), repeat: s.Repeat > 0, relayed: s.Relayed(),
	}
}

// filler writes webhooks into the raw topics through ingest's own code without sockets,
// so that the records are those that ingest writes.
type filler struct {
	service *ingest.Service
	handler http.Handler
	unibell *httptest.Server
	// now is ingest's clock: the providers' time of the newest webhook, so that
	// deadlines pass as they would.
	now     atomic.Int64
	workers []chan delivery
	group   sync.WaitGroup

	mu       sync.Mutex
	counts   map[string]simulator.Count
	failed   error
	webhooks atomic.Int64
}

// fillers is how many webhooks are under way at once: enough for full batches.
const fillers = 512

// Fill writes a load into the raw topics and returns the counts by provider.
func (p *Environment) Fill(ctx context.Context, plan *simulator.Plan, start time.Time, total int64) (map[string]simulator.Count, error) {
	return p.FillWith(ctx, plan, start, total, func(*simulator.Send) bool { return true })
}

// FillWith is fill with those webhooks alone that are wanted.
func (p *Environment) FillWith(
	ctx context.Context, plan *simulator.Plan, start time.Time, total int64, wanted func(*simulator.Send) bool,
) (map[string]simulator.Count, error) {
	p.Options.Progress.Step("filling the raw topics", total)
	f, err := p.newFiller(ctx, start)
	if err != nil {
		return nil, err
	}
	for ctx.Err() == nil {
		s, more := plan.Next()
		if !more {
			break
		}
		if !wanted(s) {
			continue
		}
		f.take(deliveryOf(s, start))
		p.Options.Progress.At(f.webhooks.Load())
	}
	return f.end(ctx)
}

func (p *Environment) newFiller(ctx context.Context, start time.Time) (*filler, error) {
	f := &filler{unibell: httptest.NewServer(simulator.Unibell()), counts: map[string]simulator.Count{}}
	f.now.Store(start.UnixNano())
	c := ingest.DefaultConfig()
	c.Listen, c.AccessLog, c.Sources = "127.0.0.1:0", false, ingestSources(f.unibell.URL)
	// A record's time to be delivered is counted from its timestamp, which is the
	// providers' of hours ago; and a cold broker is no reason for a hole in the load.
	const cold = 10 * time.Minute
	c.AnswerDeadline = max(0, p.Options.Now().Sub(start)) + cold
	var err error
	f.service, err = ingest.New(c, ingest.Deps{
		Kafka: p.Kafka, Names: p.Names, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Unix(0, f.now.Load()) },
	})
	if err == nil {
		err = f.service.Start(ctx)
	}
	if err != nil {
		f.unibell.Close()
		return nil, fmt.Errorf("start the ingest that fills the raw topics: %w", err)
	}
	f.handler = f.service.Handler()
	for range fillers {
		queue := make(chan delivery, 16)
		f.workers = append(f.workers, queue)
		// Ended by end, which closes the queue.
		f.group.Go(func() {
			for d := range queue {
				f.send(d)
			}
		})
	}
	return f, nil
}

// take passes a webhook on. Those of one order stay in their order.
func (f *filler) take(d delivery) {
	f.now.Store(max(f.now.Load(), d.at.UnixNano()))
	f.workers[Shard(d.order, len(f.workers))] <- d
}

// Shard spreads orders over workers.
func Shard(order string, n int) int {
	h := fnv.New32a()
	_, _ = io.WriteString(h, order)
	return int(h.Sum32() % uint32(n)) //nolint:gosec // a few hundred
}

// send is one webhook.
func (f *filler) send(d delivery) {
	body := d.body()
	w := f.serve(&d, body)
	f.webhooks.Add(1)
	c := simulator.Count{Webhooks: 1, Tries: 1}
	if d.repeat {
		c.Repeats = 1
	}
	// A relayed call that the provider refuses is recorded too: the call and its
	// answer.
	taken := w.status == http.StatusOK || d.relayed && w.status >= http.StatusBadRequest && w.header.Get("Tributary-Recorded") != "false"
	if taken {
		c.Accepted = int64(d.items)
		if d.items == 1 && d.provider != raw.ProviderVoximplant {
			c.Digest = simulator.Digest(body)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !taken && f.failed == nil {
		f.failed = fmt.Errorf("ingest answered %d to a webhook of %s: %s", w.status, d.provider, w.body.String())
	}
	sum := f.counts[d.provider]
	sum.Add(c)
	f.counts[d.provider] = sum
}

// serve has a webhook answered, signed at ingest's present time. That time runs fast: if it
// moved on before the signature was verified, the signature may be too old, and the webhook
// is signed again.
func (f *filler) serve(d *delivery, body []byte) *answer {
	for {
		now := f.now.Load()
		w := &answer{header: http.Header{}}
		f.handler.ServeHTTP(w, &http.Request{
			Method: http.MethodPost, URL: &url.URL{Path: d.path}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: d.header(body, time.Unix(0, now)),
			Body:   io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Host: "bench", RemoteAddr: "127.0.0.1:1",
		})
		if w.status != http.StatusUnauthorized || f.now.Load() == now {
			return w
		}
	}
}

// end waits until all are answered.
func (f *filler) end(ctx context.Context) (map[string]simulator.Count, error) {
	for _, queue := range f.workers {
		close(queue)
	}
	f.group.Wait()
	const patience = 30 * time.Second
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := f.service.Stop(stopping)
	f.unibell.Close()
	return f.counts, errors.Join(f.failed, err, ctx.Err())
}

// answer is an http.ResponseWriter that keeps status and headers.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.body.Write(b)
}

// Accepted adds up the records of all providers.
func Accepted(counts map[string]simulator.Count) int64 {
	var n int64
	for _, c := range counts {
		n += c.Accepted
	}
	return n
}
