package engine

import (
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
)

// budget is the memory budget of the write-back caches of all workers in a process. A
// worker with little state leaves its share to the others.
type budget struct {
	total, sessions int64
	used            atomic.Int64
}

// limit returns the budget of a worker that currently uses own bytes: the unused rest
// of the total, but at least an equal share. The total may be exceeded for a moment
// when a quiet worker becomes busy.
func (b *budget) limit(own int64) int64 {
	return max(b.total-(b.used.Load()-own), b.total/b.sessions)
}

// makeRoom enforces the memory budget after a transaction: it writes back dirty entries
// and evicts clean ones.
func (w *worker) makeRoom() error {
	changed, kept := w.hotBytes()
	// Three quarters of the budget are for dirty entries, because each spares a write
	// and a clean entry spares only a read. A quarter of that is written at once: one
	// large batch is cheaper for the store than several small ones.
	const parts = 4
	limit := w.budget.limit(w.held)
	if most := limit / parts * (parts - 1); changed > most || limit == 0 {
		if err := w.writeBackTo(most / parts * (parts - 1)); err != nil {
			return err
		}
		changed, kept = w.hotBytes()
	}
	if n := int64(len(w.parts)); changed+kept > limit {
		for _, part := range w.parts {
			part.state.Cache.Evict((limit - changed) / n)
		}
	}
	w.noteHeld()
	return nil
}

// noteHeld publishes this worker's memory use to the shared budget.
func (w *worker) noteHeld() {
	changed, kept := w.hotBytes()
	w.budget.used.Add(changed + kept - w.held)
	w.held = changed + kept
}

// writeBackAfter bounds the replay after kill -9: older changes are in the store,
// except for a memtable that is not on disk yet (see flushEvery).
const writeBackAfter = 30 * time.Second

// writeBackOld writes old changes to the store. Changes half as old are included, so
// that small batches are not written repeatedly.
func (w *worker) writeBackOld() error {
	now := w.deps.Now()
	old := false
	for _, part := range w.parts {
		old = old || part.state.Cache.OlderThan(now.Add(-writeBackAfter).UnixMilli()) > 0
	}
	if !old {
		return nil
	}
	recent := now.Add(-writeBackAfter / 2).UnixMilli()
	return w.writeBackSome(func(h *cache.Cache) int { return h.OlderThan(recent) })
}

// writeBack writes all dirty entries to the store.
func (w *worker) writeBack() error { return w.writeBackTo(0) }

// writeBackTo writes the oldest changes until the dirty entries take at most keep
// bytes.
func (w *worker) writeBackTo(keep int64) error {
	changed, _ := w.hotBytes()
	return w.writeBackSome(func(h *cache.Cache) int {
		// Every partition keeps the same share of its dirty entries.
		own, _ := h.Bytes()
		return h.Excess(int64(float64(own) * float64(keep) / float64(max(changed, 1))))
	})
}

// writeBackSome writes the count(h) oldest dirty entries of each partition to the store
// in one batch, with the resulting checkpoints.
func (w *worker) writeBackSome(count func(*cache.Cache) int) error {
	size, counts := 0, map[int32]int{}
	for p, part := range w.parts {
		if h := &part.state.Cache; h.Pending() {
			counts[p] = count(h)
			size += h.FlushBytes(counts[p])
		}
	}
	if len(counts) == 0 {
		return nil
	}
	// Sized in advance: a growing batch is copied and takes twice the memory.
	batch := w.store.NewLargeBatch(size)
	var errs []error
	for _, p := range slices.Sorted(maps.Keys(counts)) { // ascending partitions: the key order of the store
		part := w.parts[p]
		errs = append(errs, part.state.Cache.Flush(batch.Sink(part.state), counts[p], part.pos))
	}
	if err := errors.Join(errs...); err != nil {
		return errors.Join(err, batch.Discard())
	}
	if err := batch.Commit(); err != nil {
		return err
	}
	for p, n := range counts {
		w.parts[p].state.Cache.MarkClean(n)
	}
	return nil
}

// writeBackLate writes back before partitions are revoked or the session ends. If it
// fails, the next owner replays more.
func (w *worker) writeBackLate() {
	if err := w.writeBack(); err != nil {
		w.logger.Warn("cannot write the state before a partition goes, its next owner replays more", slog.String("error", err.Error()))
	}
}

// hotBytes returns the memory of dirty and of clean entries of the worker's partitions.
func (w *worker) hotBytes() (changed, kept int64) {
	for _, part := range w.parts {
		c, k := part.state.Cache.Bytes()
		changed += c
		kept += k
	}
	return changed, kept
}
