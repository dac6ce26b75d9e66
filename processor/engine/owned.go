package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"
)

// owned is a partition that the group gave to this worker.
type owned struct {
	partition int32
	state     *storePartition
	give      func() // gives the lease back, nil until it is taken
	// wanted ends when the group has given the partition to another, or the session
	// ends: nobody then waits for its lease any more.
	wanted context.Context //nolint:containedctx // the partition's own
	forget context.CancelFunc
	ready  bool
	pos    position
	// next is the offset after the last polled record.
	next int64
	// polled is the offset after the last polled record or marker, -1 for none yet.
	polled int64
	// applied is the offset after the last applied record: none before it may come.
	applied int64
	// epoch is the leader epoch of the record before next, -1 if it is not known; topicID
	// is the input topic's.
	epoch   int32
	topicID [16]byte
	clock   int64
	// kept is the progress as the changelog has it.
	kept progress
	// lost is what the client said of records that are gone, while the state was restored.
	lost error
	// header says who wrote the changelog last.
	header string
	// rebuild says that its state is made again.
	rebuild Rebuild
	// reported is the clock last told downstream.
	reported int64
	// more says that there may be deadlines for the next round beside those that its clock
	// makes due, left that the last one found too many: it is not waited for then. A round
	// that was not committed is made again at the usual pace.
	more, left bool
}

// adopt makes a partition that was just given the worker's.
func (w *worker) adopt(ctx context.Context, p int32) *owned {
	part := &owned{partition: p, state: w.store.partition(w.spec.Name, p)}
	part.wanted, part.forget = context.WithCancel(ctx)
	w.parts[p] = part
	return part
}

// takeAndRestore waits for the leases of partitions, in order, and restores them.
func (w *worker) takeAndRestore(ctx context.Context, parts map[int32]*owned) (map[int32]*restored, error) {
	states := make(map[int32]*storePartition, len(parts))
	// In order, so that two workers never wait for each other.
	for _, p := range slices.Sorted(maps.Keys(parts)) {
		part := parts[p]
		if w.deps.harmed.by(HarmNoLease) {
			part.give, states[p] = func() {}, part.state
			continue
		}
		give, err := w.store.leases.take(part.wanted, w.deps.turns, w.spec.Name, p) //nolint:contextcheck // it ends with ctx, or before
		if err != nil && ctx.Err() == nil {
			continue // it has gone, and whoever has it now may keep it for long
		}
		if err != nil {
			return nil, err
		}
		part.give = give
		states[p] = part.state
	}
	for len(states) > 0 {
		found, err := w.restore(ctx, states)
		var fatal *fatalError
		if err == nil || ctx.Err() != nil || errors.Is(err, errEntry) || errors.Is(err, ErrNewerState) || errors.Is(err, ErrDiskFull) ||
			errors.Is(err, ErrStoreBroken) || errors.As(err, &fatal) || errors.Is(err, errRejoin) {
			if errors.Is(err, errEntry) {
				err = &fatalError{err}
			}
			w.logRestored(found)
			return found, err
		}
		w.setPassing(err)
		w.logger.WarnContext(ctx, "restore failed, trying again", slog.String("error", err.Error()))
		if err := w.deps.turns.pause(ctx, time.Second); err != nil {
			return nil, err
		}
	}
	return map[int32]*restored{}, nil
}

// resume lets restored partitions flow, unless they have gone meanwhile. Where the group's
// offset is not the state's position, that is mended first, and the session ends.
func (w *worker) resume(ctx context.Context, e *event) error {
	moves := map[int32]*inputMove{}
	for p, part := range e.parts {
		if w.parts[p] != part {
			part.giveBack()
			continue
		}
		part.take(e.restored[p])
		part.ready = true
		if move := e.restored[p].move; move != nil {
			moves[p] = move
			continue
		}
		if part.lost != nil {
			// The client reads from where it was reset to, and the restore saw no reason.
			return fmt.Errorf("%w: %w", errRejoin, part.lost)
		}
		w.session.ResumeFetchPartitions(map[string][]int32{w.input: {p}})
	}
	w.updateStatus()
	if len(moves) > 0 {
		return w.moveInputs(ctx, moves)
	}
	return nil
}

// position is where the partition's input goes on.
func (o *owned) position() inputPosition {
	return inputPosition{offset: o.next, epoch: o.epoch, topicID: o.topicID}
}

// take sets a partition to what its restore found.
func (o *owned) take(r *restored) {
	o.header, o.rebuild = r.header, r.rebuild
	o.pos, o.clock, o.kept = r.pos, r.progress.clock, r.progress
	o.next, o.epoch, o.topicID = r.input.offset, r.input.epoch, r.input.topicID
	o.polled, o.applied = r.input.offset, r.input.offset
	o.more, o.left = true, false // deadlines may have come while nobody owned the partition
}

// deadlinesWait says that the last round left deadlines to the next.
func (w *worker) deadlinesWait() bool {
	for _, part := range w.parts {
		if part.ready && part.left {
			return true
		}
	}
	return false
}

// giveBack lets the next owner in the process begin.
func (o *owned) giveBack() {
	if o.give != nil {
		o.give()
	}
}

// release forgets partitions that have gone to others. Their last round is
// written or dropped by now, for rounds and events are one goroutine's.
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
