package failpoint

import (
	"context"
	"errors"
	"fmt"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/seam"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// restore breaks the restores of a worker.
func (b *broken) restore(w *seam.Worker, next seam.Restore) seam.Restore {
	return func(ctx context.Context, states map[int32]*store.Partition) (map[int32]*restore.Result, error) {
		switch b.mutation {
		case StoreFirst, KeepAborted, UnknownIsCommitted:
			// The restore would notice that the broker knows less than the store.
			if err := forgetInputs(w.Store, states); err != nil {
				return nil, err
			}
		case NoResync:
			if s := b.session(w.ID); s.aborted.Swap(false) {
				return believeClient(s, states)
			}
		default: // see below, or not a mutation of restores
		}
		out, err := next(ctx, states)
		if b.mutation == EmptyChangelog && errors.Is(err, restore.ErrStateLost) {
			return b.acceptEmpty(ctx, w, states)
		}
		for _, r := range out {
			b.mislead(r)
		}
		return out, err
	}
}

// mislead ignores the position at which a restored partition resumes.
func (b *broken) mislead(r *restore.Result) {
	if r.Move == nil {
		return
	}
	bounded := r.Move.Cause == restore.Truncated || r.Move.Cause == restore.Retention
	switch {
	case b.mutation == BelieveGroup && !bounded:
		r.Input = entry.InputPosition{Offset: max(r.Committed, r.Start), Epoch: -1, TopicID: r.Input.TopicID}
		r.Move = nil
	case b.mutation == IgnoreTruncation && bounded:
		r.Input.Offset, r.Move = r.Move.From, nil
	}
}

// forgetInputs removes the input offsets from the stored checkpoints.
func forgetInputs(s *store.Store, states map[int32]*store.Partition) error {
	batch := s.NewBatch()
	for _, state := range states {
		at, found, err := state.Checkpoint()
		if err == nil && found {
			at.Input = 0
			err = batch.SetCheckpoint(state, at)
		}
		if err != nil {
			return errors.Join(err, batch.Discard())
		}
	}
	return batch.Commit()
}

// believeClient restores without a replay: it trusts the store's checkpoint and the offsets
// in the client's cache.
func believeClient(s *brokenSession, states map[int32]*store.Partition) (map[int32]*restore.Result, error) {
	cached := s.CommittedOffsets()[s.input]
	out := map[int32]*restore.Result{}
	for p, state := range states {
		at, _, err := state.Checkpoint()
		if err != nil {
			return nil, err
		}
		r := &restore.Result{Changelog: restore.Changelog{Partition: p, State: state, Checkpoint: at, End: at.Offset}, Committed: -1}
		if r.Progress, err = entry.ReadProgress(state); err != nil {
			return nil, err
		}
		if r.Header, err = entry.ReadHeader(state); err != nil {
			return nil, err
		}
		r.Input = r.Progress.Input
		if at, ok := cached[p]; ok {
			r.Committed, r.Input.Offset = at.Offset, max(at.Offset, 0)
		}
		out[p] = r
	}
	return out, nil
}

// acceptEmpty resumes at the group's offsets with empty state.
func (b *broken) acceptEmpty(ctx context.Context, w *seam.Worker, states map[int32]*store.Partition) (map[int32]*restore.Result, error) {
	admin := b.session(w.ID).admin
	committed, err := admin.FetchOffsets(ctx, w.Group, true)
	if err != nil {
		return nil, fmt.Errorf("fetch offsets: %w", err)
	}
	details, err := admin.ListTopics(ctx, w.Changelog, w.Input)
	if err != nil {
		return nil, fmt.Errorf("list topics: %w", err)
	}
	ends, err := admin.ListEndOffsets(ctx, w.Changelog)
	if err != nil {
		return nil, fmt.Errorf("list offsets: %w", err)
	}
	out, batch := map[int32]*restore.Result{}, w.Store.NewBatch()
	for p, state := range states {
		end, _ := ends.Lookup(w.Changelog, p)
		at := cache.Checkpoint{TopicID: [16]byte(details[w.Changelog].ID), Offset: end.Offset, Highest: end.Offset}
		if err := errors.Join(batch.Wipe(state), batch.SetCheckpoint(state, at)); err != nil {
			return nil, errors.Join(err, batch.Discard())
		}
		r := &restore.Result{Changelog: restore.Changelog{Partition: p, State: state, Checkpoint: at, End: end.Offset}, Committed: -1}
		r.Input = entry.InputPosition{Epoch: -1, TopicID: [16]byte(details[w.Input].ID)}
		if o, ok := committed.Lookup(w.Input, p); ok {
			r.Committed, r.Input.Offset = o.At, max(o.At, 0)
		}
		out[p] = r
	}
	return out, batch.Commit()
}
