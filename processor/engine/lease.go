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
	taken map[string]*lease
}

// lease is one that is taken.
type lease struct {
	given chan struct{} // closed when it is given back
	// yield is called when somebody waits for it; nil for an owner, who keeps it.
	yield func()
}

func newLeases() *leases { return &leases{taken: make(map[string]*lease)} }

func leaseKey(stage string, partition int32) string { return fmt.Sprintf("%s/%d", stage, partition) }

// grant notes a lease that is free. The lock is held.
func (l *leases) grant(key string, yield func()) (give func()) {
	granted := &lease{given: make(chan struct{}), yield: yield}
	l.taken[key] = granted
	return sync.OnceFunc(func() {
		l.mu.Lock()
		delete(l.taken, key)
		l.mu.Unlock()
		close(granted.given)
	})
}

// takeIdle takes the lease of a partition that nobody has, and is asked to yield
// it when an owner comes. yield must not wait.
func (l *leases) takeIdle(stage string, partition int32, yield func()) (give func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := leaseKey(stage, partition)
	if l.taken[key] != nil {
		return nil, false
	}
	return l.grant(key, yield), true
}

// take waits for the lease of a partition. give returns it; calling give twice is
// allowed.
func (l *leases) take(ctx context.Context, turns turns, stage string, partition int32) (give func(), err error) {
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
		if err := turns.await(ctx, held.given); err != nil {
			return nil, fmt.Errorf("wait for the state of %s: %w", key, err)
		}
	}
}
