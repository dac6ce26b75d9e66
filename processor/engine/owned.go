package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/hangingtxn"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/stage"
)

// owned is a partition that the group assigned to this worker.
type owned struct {
	partition int32
	state     *store.Partition
	give      func() // returns the lease, nil until the lease is taken
	// wanted ends when the partition is revoked or the session ends; waiting for its
	// lease then stops.
	wanted context.Context //nolint:containedctx // the partition's own
	forget context.CancelFunc
	ready  bool
	pos    cache.Checkpoint
	// next is the offset after the last applied record or polled marker: the offset to
	// commit.
	next int64
	// polled is the offset after the last polled record or marker, -1 before the first
	// poll.
	polled int64
	// stable is the last stable offset of the input, 0 if unknown.
	stable int64
	// applied is the offset after the last applied record. An earlier offset is an
	// error: its record would be applied twice.
	applied int64
	// epoch is the leader epoch of the record before next, -1 if unknown; topicID is
	// the input topic's.
	epoch   int32
	topicID [16]byte
	clock   int64
	// kept is the progress entry as last written to the changelog.
	kept entry.Progress
	// lost is a data loss error that the client reported during the restore.
	lost error
	// header is the last changelog header: see headerKey.
	header string
	// rebuild is set if the state is being rebuilt from the input.
	rebuild Rebuild
	// reported is the last watermark that was emitted downstream.
	reported int64
	// more is true if timers may be due although the watermark did not advance. left is
	// true if the last transaction hit its timer limit; the next one then starts
	// without waiting. A transaction that was not committed is retried at the usual
	// pace.
	more, left bool
}

// adopt registers a newly assigned partition.
func (w *worker) adopt(ctx context.Context, p int32) *owned {
	part := &owned{partition: p, state: w.store.Partition(w.spec.Name, p)}
	part.wanted, part.forget = context.WithCancel(ctx)
	w.parts[p] = part
	return part
}

// takeAndRestore waits for the leases of partitions and restores their state. It
// retries transient errors until ctx ends.
func (w *worker) takeAndRestore(ctx context.Context, parts map[int32]*owned) (map[int32]*restore.Result, error) {
	states := make(map[int32]*store.Partition, len(parts))
	// All workers take leases in ascending order, so that they cannot deadlock.
	for _, p := range slices.Sorted(maps.Keys(parts)) {
		part := parts[p]
		give, err := w.leases.Take(part.wanted, w.deps.scheduler, w.spec.Name, p) //nolint:contextcheck // wanted is derived from ctx
		if err != nil && ctx.Err() == nil {
			continue // revoked while waiting for the lease
		}
		if err != nil {
			return nil, err
		}
		part.give = give
		states[p] = part.state
	}
	for len(states) > 0 {
		found, err := w.restore(ctx, states)
		if errors.Is(err, hangingtxn.ErrOwnHangs) {
			err = fmt.Errorf("%w: %w", failure.ErrRejoin, err)
		}
		if err == nil || ctx.Err() != nil || errors.Is(err, entry.ErrUnreadable) || errors.Is(err, stage.ErrNewerState) || errors.Is(err, store.ErrDiskFull) ||
			errors.Is(err, store.ErrStoreBroken) || failure.IsFatal(err) || errors.Is(err, failure.ErrRejoin) {
			if errors.Is(err, entry.ErrUnreadable) {
				err = failure.Fatal(err)
			}
			w.logRestored(found)
			return found, err
		}
		w.status.Delayed(err)
		w.logger.WarnContext(ctx, "restore failed, trying again", slog.String("error", err.Error()))
		if err := w.deps.scheduler.Sleep(ctx, time.Second); err != nil {
			return nil, err
		}
	}
	return map[int32]*restore.Result{}, nil
}

// resume starts the fetching of restored partitions, unless they were revoked
// meanwhile. If the group's offset differs from the state's input position, the offset
// is corrected first, and the session ends.
func (w *worker) resume(ctx context.Context, e *event) error {
	moves := map[int32]*restore.Move{}
	for p, part := range e.parts {
		if w.parts[p] != part {
			part.giveBack()
			continue
		}
		rebuild, err := entry.ReadRebuild(part.state)
		if err != nil {
			return err
		}
		part.take(e.restored[p], rebuild)
		part.ready = true
		if move := e.restored[p].Move; move != nil {
			moves[p] = move
			continue
		}
		if part.lost != nil {
			// The client has already reset to another offset, and the restore found no
			// reason for it.
			return fmt.Errorf("%w: %w", failure.ErrRejoin, part.lost)
		}
		if !w.paused {
			w.resumeFetch(p)
		}
	}
	w.updateStatus()
	if len(moves) > 0 {
		return w.moveInputs(ctx, moves)
	}
	return nil
}

// resumeFetch ends the pause of a restored partition. If the group has taken the
// partition away and assigned it anew meanwhile, the pause is the new assignment's and
// stays: records read before its restore would abort transactions until it is over, and
// a marker read then would be missing from the position, which would never reach the
// input's end.
func (w *worker) resumeFetch(p int32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.ContainsFunc(w.events, func(e event) bool { return slices.Contains(e.assigned, p) }) {
		return
	}
	w.session.ResumeFetchPartitions(map[string][]int32{w.input: {p}})
}

// position returns the input position to commit.
func (o *owned) position() entry.InputPosition {
	return entry.InputPosition{Offset: o.next, Epoch: o.epoch, TopicID: o.topicID}
}

// take copies the result of a restore. rebuild is the state's, zero if it is not being
// rebuilt.
func (o *owned) take(r *restore.Result, rebuild Rebuild) {
	o.header, o.rebuild = r.Header, rebuild
	o.pos, o.clock, o.kept = r.Checkpoint, r.Progress.Watermark, r.Progress
	o.next, o.epoch, o.topicID = r.Input.Offset, r.Input.Epoch, r.Input.TopicID
	o.polled, o.applied = r.Input.Offset, r.Input.Offset
	o.more, o.left = true, false // timers may have become due meanwhile
}

// deadlinesWait reports whether the last transaction left due timers to the next one.
func (w *worker) deadlinesWait() bool {
	for _, part := range w.parts {
		if part.ready && part.left {
			return true
		}
	}
	return false
}

// giveBack returns the lease, so that the next owner in the process can begin.
func (o *owned) giveBack() {
	if o.give != nil {
		o.give()
	}
}

// release removes revoked partitions. Their last transaction is committed or aborted by
// now, because transactions and events are handled by one goroutine.
func (w *worker) release(partitions []int32) {
	if len(partitions) > 0 {
		w.writeBackLate()
	}
	for _, p := range partitions {
		part, ok := w.parts[p]
		if !ok {
			continue
		}
		delete(w.parts, p)
		part.forget()
		if part.ready {
			part.giveBack()
		}
	}
	if len(partitions) > 0 {
		w.noteHeld()
		w.updateStatus()
	}
}
