package engine

import (
	"context"
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
		if s := w.status.Status(); !s.Joined {
			return false
		}
	}
	return true
}

// dropState removes the state of partitions that no worker or standby of this process
// holds and that were not at the end of their changelog for DropStateAfter.
func (e *Engine) dropState(ctx context.Context) error {
	return e.store.DropIdle(e.deps.Now(), e.config.DropStateAfter, func(stage string, partition int32, idle time.Duration) {
		e.metrics.dropped.WithLabelValues(stage).Inc()
		e.deps.Logger.InfoContext(ctx, "removed the state of a partition long gone",
			slog.String("stage", stage), slog.Int("partition", int(partition)), slog.Duration("idle", idle))
	})
}
