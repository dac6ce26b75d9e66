package engine

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// sweepSettle is how long a process runs before it removes anything: by then it
// has what it is going to own.
const sweepSettle = 15 * time.Minute

// flushEvery bounds what a kill -9 costs a quiet process: what is not yet on disk is
// replayed.
const flushEvery = 30 * time.Second

// flush writes what is in memory to the disk, now and then. Under load the
// memtables fill before.
func (e *Engine) flush(ctx context.Context) {
	for pause(ctx, flushEvery) == nil {
		if err := e.store.flush(); err != nil {
			e.deps.Logger.WarnContext(ctx, "cannot flush the state store", slog.String("error", err.Error()))
		}
	}
}

// sweep removes, now and then, the state of partitions that went to other
// processes long ago.
func (e *Engine) sweep(ctx context.Context) {
	after := e.config.DropStateAfter
	settled := e.deps.Now().Add(min(after, sweepSettle))
	for pause(ctx, min(max(after/10, time.Second), 10*time.Minute)) == nil {
		if e.deps.Now().Before(settled) || !e.joined() {
			continue
		}
		if err := e.dropState(ctx); err != nil {
			e.deps.Logger.WarnContext(ctx, "cannot remove the state of partitions long gone, trying again later", slog.String("error", err.Error()))
		}
	}
}

// joined says that the group of every worker has answered: without it nobody knows
// what is owned here.
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

// dropState removes the state of partitions that nobody here owns or follows and
// that was not at its changelog's end for DropStateAfter.
func (e *Engine) dropState(ctx context.Context) error {
	all, err := e.store.partitions()
	if err != nil {
		return err
	}
	now := e.deps.Now()
	var errs []error
	for _, f := range all {
		idle := now.Sub(time.UnixMilli(f.pos.atEnd))
		if idle < e.config.DropStateAfter {
			continue
		}
		// Held while it is wiped: an owner that comes now waits, and restores whole.
		give, ok := e.store.leases.takeIdle(f.stage, f.partition, func() {})
		if !ok {
			continue
		}
		batch := e.store.writer()
		err := batch.wipe(e.store.partition(f.stage, f.partition))
		if err == nil {
			err = batch.commit()
		} else {
			err = errors.Join(err, batch.drop())
		}
		give()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		e.metrics.dropped.WithLabelValues(f.stage).Inc()
		e.deps.Logger.InfoContext(ctx, "removed the state of a partition long gone",
			slog.String("stage", f.stage), slog.Int("partition", int(f.partition)), slog.Duration("idle", idle))
	}
	return errors.Join(errs...)
}
