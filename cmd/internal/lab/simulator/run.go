package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Target is the destination and the rate of a run.
type Target struct {
	// URL is ingest's address, "http://127.0.0.1:8080".
	URL string
	// Concurrency is the maximum number of requests in flight; at least 1.
	Concurrency int
	// Rate is the number of webhooks per second, sent in the order of the plan
	// regardless of their times; 0 means as fast as they are answered.
	Rate float64
	// Speed, if not 0, replaces Rate: each webhook is sent at its time, with the
	// providers' clock running that many times faster than the wall clock.
	Speed float64
	// Due, if not nil, is called with the time of each webhook before it is sent, in the
	// order of the plan: for a clock that follows the plan.
	Due func(time.Duration)
	// Duration limits the run; 0 means until the end of the plan.
	Duration time.Duration
	// Now is ingest's clock, by which webhooks are signed; nil means time.Now.
	Now func() time.Time
	// Patience is how long webhooks without a 200 are retried after the end of the run.
	Patience time.Duration
}

// The delay before the first retry of a webhook, and the maximum delay.
const (
	retryAfter    = 50 * time.Millisecond
	retryAfterMax = 2 * time.Second
	answerTimeout = 30 * time.Second
)

// runner is the state of a run.
type runner struct {
	target  Target
	start   time.Time
	ledger  *Ledger
	clients map[string]*http.Client
}

// Run sends a plan's webhooks until its end, the target's duration or the end of ctx.
// After that, pending webhooks are retried for the target's patience; those still
// without a 200 are lost in the ledger.
func Run(ctx context.Context, plan *Plan, target Target, ledger *Ledger) error {
	r := &runner{target: target, start: plan.options.Start, ledger: ledger, clients: map[string]*http.Client{}}
	r.target.URL = strings.TrimRight(target.URL, "/")
	if r.target.Now == nil {
		r.target.Now = time.Now
	}
	workers := max(1, target.Concurrency)
	for _, provider := range schemas.ProviderIDs() {
		transport := &http.Transport{MaxIdleConnsPerHost: workers, MaxConnsPerHost: workers}
		defer transport.CloseIdleConnections() //nolint:gocritic // four of them, until the run ends
		r.clients[provider] = &http.Client{Timeout: answerTimeout, Transport: transport}
	}
	if target.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, target.Duration)
		defer cancel()
	}
	queue := make(chan *Send)
	var group sync.WaitGroup
	trying, stop := outlasting(ctx, target.Patience)
	defer stop()
	for range workers {
		group.Go(func() {
			for s := range queue {
				r.send(trying, s)
			}
		})
	}
	r.feed(ctx, plan, queue)
	close(queue)
	group.Wait()
	if err := ledger.Err(); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// outlasting returns a context that ends some time after another.
func outlasting(ctx context.Context, while time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = pause(longer, while) // ended by the cancel, too
		cancel()
	})
	return longer, func() {
		stop()
		cancel()
	}
}

// feed puts the webhooks into the queue when they are due.
func (r *runner) feed(ctx context.Context, plan *Plan, queue chan<- *Send) {
	began := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		s, more := plan.Next()
		if !more {
			return
		}
		var due time.Duration
		switch {
		case r.target.Speed > 0:
			due = time.Duration(float64(s.Due) / r.target.Speed)
		case r.target.Rate > 0:
			due = time.Duration(float64(n) / r.target.Rate * float64(time.Second))
		}
		if pause(ctx, time.Until(began.Add(due))) != nil {
			return
		}
		if r.target.Due != nil {
			r.target.Due(s.Due)
		}
		select {
		case queue <- s:
		case <-ctx.Done():
			return
		}
	}
}

// pause waits, unless the time is too short to matter.
func pause(ctx context.Context, d time.Duration) error {
	if d < time.Millisecond {
		return ctx.Err()
	}
	return timespan.Wait(ctx, d)
}

// send sends a webhook until the answer is final: accepted or refused.
func (r *runner) send(ctx context.Context, s *Send) {
	e := &Entry{
		Number: s.Number, Provider: s.webhook.provider, Scenario: s.Scenario, Order: s.Order, Forged: s.Forged, Repeat: s.Repeat,
	}
	wait := retryAfter
	for {
		body := s.Body(r.start, e.Tries)
		began := time.Now()
		recorded := r.post(s.webhook, body, e)
		e.Micros = time.Since(began).Microseconds()
		e.Tries++
		if isFinal(e, s.webhook) {
			r.finish(e, s, body, recorded)
			break
		}
		if e.Status == 0 || e.Status >= http.StatusInternalServerError {
			e.Uncertain += s.webhook.items
		}
		if pause(ctx, wait) != nil {
			e.Lost = s.Forged == ""
			break
		}
		wait = min(2*wait, retryAfterMax)
	}
	r.ledger.enter(e)
}

// isFinal reports whether the last answer is final.
func isFinal(e *Entry, w *webhook) bool {
	if w.relay {
		// A relayed call is not idempotent: it is retried only after answers that
		// exclude a call.
		return e.Status != http.StatusServiceUnavailable && e.Status != http.StatusTooManyRequests && e.Status != 0
	}
	return e.Status == http.StatusOK || refusal(e.Status)
}

// finish records a final answer in the entry.
func (*runner) finish(e *Entry, s *Send, body []byte, recorded bool) {
	w := s.webhook
	switch {
	case w.relay && (e.Status == http.StatusOK || e.Status >= http.StatusInternalServerError):
		// Ingest records the request before the call, and the answer after it.
		e.Accepted = 1
		if recorded {
			e.Accepted = w.items
		}
	case e.Status == http.StatusOK:
		e.Accepted = w.items
	case w.forgedItems > 0 && e.Status == http.StatusUnauthorized:
		e.Accepted = w.items - w.forgedItems
	default:
		e.Lost = s.Forged == ""
	}
	// Of a batch, each callback is stored as a record of its own.
	if e.Accepted > 0 && w.items == 1 && w.provider != raw.ProviderVoximplant {
		e.Digest = Digest(body)
	}
}

// post sends one request and records its status, 0 if there was no answer.
func (r *runner) post(w *webhook, body []byte, e *Entry) (recorded bool) {
	e.Status = 0
	// Without the run's context: a request in flight at the end of the run gets its
	// answer.
	request, err := http.NewRequest(http.MethodPost, r.target.URL+w.path, bytes.NewReader(body)) //nolint:noctx // the client's timeout bounds it
	if err != nil {
		return false
	}
	request.Header.Set("Content-Type", "application/json")
	if w.form {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range w.proof(body, r.target.Now()) {
		request.Header.Set(name, value)
	}
	response, err := r.clients[w.provider].Do(request)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	e.Status = response.StatusCode
	return response.Header.Get("Tributary-Recorded") != "false"
}
