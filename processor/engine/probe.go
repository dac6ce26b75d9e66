//go:build synctests

package engine

import (
	"context"
)

// The probes below serve the chaos tests of whole clients, which live outside this
// package and are built with the tag.

// ProbeFlush flushes the store's memtable to disk.
func (e *Engine) ProbeFlush() error { return e.store.FlushNow() }

// ProbeEnd ends the remaining goroutines of an engine whose store is broken. Stop does
// not wait for them, because the process ends.
func (e *Engine) ProbeEnd(ctx context.Context) {
	if e.cancel == nil || e.store == nil || e.store.Broken() == nil {
		return
	}
	e.kill()
	e.running.Wait()
	if err := e.store.Abandon(); err != nil {
		e.deps.Logger.DebugContext(ctx, "a broken store does not close")
	}
}
