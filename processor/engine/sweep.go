package engine

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
)

// sweepSettle is how long a process runs before it removes any state: by then the group
// has assigned its partitions.
const sweepSettle = 15 * time.Minute

// flushEvery limits the replay after a kill -9 of a process with little load: changes
// that are not flushed to disk must be replayed.
const flushEvery = 30 * time.Second

// flush writes the memtable to disk periodically. Under load, the memtables fill and
// are written earlier.
func (e *Engine) flush(ctx context.Context) {
	for scheduler.Sleep(ctx, flushEvery) == nil {
		if err := e.store.Flush(); err != nil {
			e.deps.Logger.WarnContext(ctx, "cannot flush the state store", slog.String("error", err.Error()))
		}
	}
}

// sweep periodically removes the state of partitions that moved to other processes long
// ago.
func (e *Engine) sweep(ctx context.Context) {
	after := e.config.DropStateAfter
	settled := e.deps.Now().Add(min(after, sweepSettle))
	for scheduler.Sleep(ctx, min(max(after/10, time.Second), 10*time.Minute)) == nil {
		if e.deps.Now().Before(settled) || !e.joined() {
			continue
		}
		if err := e.dropState(ctx); err != nil {
			e.deps.Logger.WarnContext(ctx, "cannot remove the state of partitions long gone, trying again later", slog.String("error", err.Error()))
		}
	}
}

// joined reports whether every worker's group has answered. Before that, the owned
// partitions are unknown.
func (e *Engine) joined() bool {
	for _, w := range e.workers {
		w.mu.Lock()
		joined := w.status.Joined
		w.mu.Unlock()
		if !joined {
			return false
		}
	}
	return true
}

// dropState removes the state of partitions that no worker or standby of this process
// holds and that were not at the end of their changelog for DropStateAfter.
func (e *Engine) dropState(ctx context.Context) error {
	all, err := e.store.Partitions()
	if err != nil {
		return err
	}
	now := e.deps.Now()
	var errs []error
	for _, f := range all {
		idle := now.Sub(time.UnixMilli(f.Checkpoint.AtEnd))
		if idle < e.config.DropStateAfter {
			continue
		}
		// The lease is held during the deletion: an owner that needs it waits, and then
		// restores from the beginning.
		give, ok := e.store.Leases.TakeIdle(f.Stage, f.Partition, func() {})
		if !ok {
			continue
		}
		batch := e.store.NewBatch()
		err := batch.Wipe(e.store.Partition(f.Stage, f.Partition))
		if err == nil {
			err = batch.Commit()
		} else {
			err = errors.Join(err, batch.Discard())
		}
		give()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		e.metrics.dropped.WithLabelValues(f.Stage).Inc()
		e.deps.Logger.InfoContext(ctx, "removed the state of a partition long gone",
			slog.String("stage", f.Stage), slog.Int("partition", int(f.Partition)), slog.Duration("idle", idle))
	}
	return errors.Join(errs...)
}
