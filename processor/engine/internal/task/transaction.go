package task

import (
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// Transaction is the memory of one transaction: an arena, and a Context for each
// partition that takes part. The next transaction reuses it.
type Transaction struct {
	arena    Arena
	contexts map[int32]*Context
	// spare are unused contexts of earlier transactions.
	spare []*Context
}

// NewTransaction returns an empty transaction.
func NewTransaction() *Transaction { return &Transaction{contexts: map[int32]*Context{}} }

// Start is the state of a partition at the beginning of a transaction.
type Start struct {
	Partition int32
	// State are the committed entries.
	State entry.Reader
	// Watermark is in unix ms.
	Watermark int64
	// Rebuild is set if the state is being rebuilt from the input.
	Rebuild entry.Rebuild
	// WallClock is the time at which the transaction begins.
	WallClock time.Time
}

// Context returns the context of a partition, nil if the partition does not take part.
func (t *Transaction) Context(partition int32) *Context { return t.contexts[partition] }

// Contexts returns the contexts by partition.
func (t *Transaction) Contexts() map[int32]*Context { return t.contexts }

// Begin lets a partition take part.
func (t *Transaction) Begin(of *Task, from *Start) *Context {
	var c *Context
	if n := len(t.spare); n > 0 {
		c, t.spare = t.spare[n-1], t.spare[:n-1]
	} else {
		c = newContext(&t.arena)
	}
	c.begin(of, from)
	t.contexts[from.Partition] = c
	return c
}

// NewContext returns a context with memory of its own.
func NewContext(of *Task, from *Start) *Context {
	c := newContext(&Arena{})
	c.begin(of, from)
	return c
}

// Drop removes a partition.
func (t *Transaction) Drop(partition int32) {
	t.spare = append(t.spare, t.contexts[partition])
	delete(t.contexts, partition)
}

// Reset clears everything, as a crash would: nothing of an aborted transaction may remain.
func (t *Transaction) Reset() {
	for _, c := range t.contexts {
		c.reset(&Start{})
		t.spare = append(t.spare, c)
	}
	clear(t.contexts)
	t.arena.Reset()
}
