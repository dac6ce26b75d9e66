package loadgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
)

// Request is a prepared request and the digest of the body that ingest stores for it.
type Request struct {
	Bytes  []byte
	Items  int64
	Digest uint64
}

// Generator are the requests of a provider, sent again and again. Repeats are for the
// processor to find: ingest takes them.
type Generator struct {
	Provider string
	Requests []Request
	// Acked counts the 200s of each request.
	Acked []int64
}

// Result is the result of a load.
type Result struct {
	Answers, Refused int64
	// Status is one that was not 200.
	Status  int
	Took    time.Duration
	CPU     time.Duration
	Latency *result.Latency
}

// Fire keeps a request under way on each of some connections for a while. All that
// was sent is answered when it returns.
func (v *Generator) Fire(ctx context.Context, address string, connections int, while time.Duration) (*Result, error) {
	out := &Result{Latency: result.NewLatency()}
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	var refused, status atomic.Int64
	before, err := environment.ReadUsage(os.Getpid())
	if err != nil {
		return nil, err
	}
	began := time.Now()
	until := began.Add(while)
	for n := range connections {
		group.Go(func() {
			mine := result.NewLatency()
			acked := make([]int64, len(v.Requests))
			err := v.fireOne(ctx, address, n*len(v.Requests)/connections, until, mine, func(i, code int) {
				if code == http.StatusOK {
					acked[i]++
					return
				}
				refused.Add(1)
				status.Store(int64(code))
			})
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			out.Latency.Histogram.Merge(mine.Histogram)
			for i, n := range acked {
				v.Acked[i] += n
				out.Answers += n
			}
		})
	}
	group.Wait()
	out.Took = time.Since(began)
	after, err := environment.ReadUsage(os.Getpid())
	out.CPU = after.CPU - before.CPU
	out.Refused, out.Status = refused.Load(), int(status.Load())
	return out, errors.Join(failed, err, ctx.Err())
}

// fireOne is one connection.
func (v *Generator) fireOne(ctx context.Context, address string, from int, until time.Time, times *result.Latency, answered func(request, status int)) error {
	s, err := Dial(ctx, address)
	if err != nil {
		return err
	}
	defer s.Close()
	for i := from; ctx.Err() == nil; i = (i + 1) % len(v.Requests) {
		sent := time.Now()
		if sent.After(until) {
			return nil
		}
		status, err := s.Send(v.Requests[i].Bytes, nil)
		if err != nil {
			return fmt.Errorf("webhook of %s: %w", v.Provider, err)
		}
		times.Add(time.Since(sent))
		answered(i, status)
	}
	return ctx.Err()
}
