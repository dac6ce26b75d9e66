package engine

import (
	"context"
	"fmt"
	"sync"
)

// leases give each partition's state one owner in the process. A partition that
// moves between two workers of one process is handed over through Pebble alone,
// so the next owner waits until the last batch of the one before is written or
// dropped.
type leases struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when given back
}

func newLeases() *leases { return &leases{taken: make(map[string]chan struct{})} }

// take waits for the lease of a partition. give returns it; calling give twice is
// allowed.
func (l *leases) take(ctx context.Context, turns turns, stage string, partition int32) (give func(), err error) {
	key := fmt.Sprintf("%s/%d", stage, partition)
	for {
		l.mu.Lock()
		held, busy := l.taken[key]
		if !busy {
			done := make(chan struct{})
			l.taken[key] = done
			l.mu.Unlock()
			return sync.OnceFunc(func() {
				l.mu.Lock()
				delete(l.taken, key)
				l.mu.Unlock()
				close(done)
			}), nil
		}
		l.mu.Unlock()
		if err := turns.await(ctx, held); err != nil {
			return nil, fmt.Errorf("wait for the state of %s: %w", key, err)
		}
	}
}
