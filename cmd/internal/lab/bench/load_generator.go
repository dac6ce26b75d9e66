package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// request is a prepared request and the digest of the body that ingest stores for it.
type request struct {
	bytes  []byte
	items  int64
	digest uint64
}

// loadGenerator are the requests of a provider, sent again and again. Repeats are for the
// processor to find: ingest takes them.
type loadGenerator struct {
	provider string
	requests []request
	// acked counts the 200s of each request.
	acked []int64
}

// loadResult is the result of a load.
type loadResult struct {
	answers, refused int64
	// status is one that was not 200.
	status  int
	took    time.Duration
	cpu     time.Duration
	latency *latency
}

// fire keeps a request under way on each of some connections for a while. All that
// was sent is answered when it returns.
func (v *loadGenerator) fire(ctx context.Context, address string, connections int, while time.Duration) (*loadResult, error) {
	out := &loadResult{latency: newLatency()}
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	var refused, status atomic.Int64
	before, err := readUsage(os.Getpid())
	if err != nil {
		return nil, err
	}
	began := time.Now()
	until := began.Add(while)
	for n := range connections {
		group.Go(func() {
			mine := newLatency()
			acked := make([]int64, len(v.requests))
			err := v.fireOne(ctx, address, n*len(v.requests)/connections, until, mine, func(i, code int) {
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
			out.latency.histogram.Merge(mine.histogram)
			for i, n := range acked {
				v.acked[i] += n
				out.answers += n
			}
		})
	}
	group.Wait()
	out.took = time.Since(began)
	after, err := readUsage(os.Getpid())
	out.cpu = after.cpu - before.cpu
	out.refused, out.status = refused.Load(), int(status.Load())
	return out, errors.Join(failed, err, ctx.Err())
}

// fireOne is one connection.
func (v *loadGenerator) fireOne(ctx context.Context, address string, from int, until time.Time, times *latency, answered func(request, status int)) error {
	s, err := dial(ctx, address)
	if err != nil {
		return err
	}
	defer s.close()
	for i := from; ctx.Err() == nil; i = (i + 1) % len(v.requests) {
		sent := time.Now()
		if sent.After(until) {
			return nil
		}
		status, err := s.send(v.requests[i].bytes, nil)
		if err != nil {
			return fmt.Errorf("webhook of %s: %w", v.provider, err)
		}
		times.add(time.Since(sent))
		answered(i, status)
	}
	return ctx.Err()
}
