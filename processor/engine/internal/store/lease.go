package store

import (
	"context"
	"fmt"
	"sync"

	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
)

// Leases give each partition's state a single owner within the process. If a partition
// moves between two workers of the process, the new owner reads the state from Pebble;
// so it waits until the previous owner has written or dropped its last batch.
type Leases struct {
	mu    sync.Mutex
	taken map[string]*lease
}

// lease is a lease that is held.
type lease struct {
	given chan struct{} // closed when the lease is returned
	// yield is called when an owner waits for the lease. It is nil if an owner holds
	// the lease: owners do not yield.
	yield func()
}

func newLeases() *Leases { return &Leases{taken: make(map[string]*lease)} }

func leaseKey(stage string, partition int32) string { return fmt.Sprintf("%s/%d", stage, partition) }

// grant takes a free lease. The caller holds the lock.
func (l *Leases) grant(key string, yield func()) (give func()) {
	granted := &lease{given: make(chan struct{}), yield: yield}
	l.taken[key] = granted
	return sync.OnceFunc(func() {
		l.mu.Lock()
		delete(l.taken, key)
		l.mu.Unlock()
		close(granted.given)
	})
}

// TakeIdle takes the lease of a partition unless it is held. When an owner needs the
// lease, it calls yield, which must not block.
func (l *Leases) TakeIdle(stage string, partition int32, yield func()) (give func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := leaseKey(stage, partition)
	if l.taken[key] != nil {
		return nil, false
	}
	return l.grant(key, yield), true
}

// Take waits for the lease of a partition. give returns the lease; further calls do
// nothing.
func (l *Leases) Take(ctx context.Context, by scheduler.Scheduler, stage string, partition int32) (give func(), err error) {
	key := leaseKey(stage, partition)
	for {
		l.mu.Lock()
		held := l.taken[key]
		if held == nil {
			give := l.grant(key, nil)
			l.mu.Unlock()
			return give, nil
		}
		l.mu.Unlock()
		if held.yield != nil {
			held.yield()
		}
		if err := by.Await(ctx, held.given); err != nil {
			return nil, fmt.Errorf("wait for the state of %s: %w", key, err)
		}
	}
}
