package restore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/hangingtxn"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// Result is the result of a partition's restore: its state is at the changelog's end.
type Result struct {
	Changelog
	// Committed is the group's committed input offset, -1 if there is none. asked is
	// false if the broker was not asked for it, as for a standby.
	Committed int64
	asked     bool
	// epoch is the leader epoch of the committed offset, -1 if there is none. ours is
	// true if a transaction of this program committed it, and not an administrator.
	epoch int32
	ours  bool
	// Start and inputEnd are the first and the end offset of the input partition,
	// topicID is the input topic's id.
	Start, inputEnd int64
	topicID         [16]byte
	Progress        entry.Progress
	// Input is the position at which reading the input resumes. move is set if the
	// group's offset differs from it.
	Input entry.InputPosition
	Move  *Move
	// Header is the last changelog header: see headerKey.
	Header string
	// RebuildUntil is the input offset at which a running rebuild of the state ends, 0
	// if there is none.
	RebuildUntil int64
	// Reason is why the stored checkpoint was not used, empty if it was.
	Reason string
	Took   time.Duration
}

// Restore replays the changelogs of partitions to their ends and returns the positions
// at which processing resumes.
//
// The order of the requests matters. First the committed input offset, fetched with
// RequireStable: the broker does not answer while an open transaction commits one. Then
// the changelog's high watermark: the records of that transaction are below it, even if
// its markers are not written yet. The replay up to there is read committed, so it
// waits for the markers.
func (s *Restorer) Restore(ctx context.Context, states map[int32]*store.Partition) (out map[int32]*Result, err error) {
	committed, err := s.committed(ctx, states)
	if err != nil {
		return nil, err
	}
	ahead, err := s.plan(ctx, states, committed)
	if err != nil {
		return nil, err
	}
	if err := s.replay(ctx, ahead); err != nil {
		return nil, err
	}
	out = make(map[int32]*Result, len(ahead))
	for p, r := range ahead {
		if r.Progress, err = entry.ReadProgress(r.State); err != nil {
			return nil, err
		}
		if r.Header, err = entry.ReadHeader(r.State); err != nil {
			return nil, err
		}
		if err := s.config.CheckRebuild(r); err != nil {
			return nil, err
		}
		out[p] = r
	}
	if err := s.placeInputs(ctx, out); err != nil {
		return nil, err
	}
	return out, nil
}

// committed returns the group's committed offsets of partitions. It waits for open
// transactions that commit some of them, but ignores other partitions of the group: on
// those, some transaction is always open.
func (s *Restorer) committed(ctx context.Context, states map[int32]*store.Partition) (map[int32]kadm.Offset, error) {
	began := s.config.Now()
	fenceAt, restAt, longAt := began.Add(s.config.FenceAfter), began.Add(s.config.Recovery.IdleCheckAfter()), began.Add(s.config.Recovery.LongWait())
	for {
		offsets, err := s.admin.FetchOffsets(ctx, s.config.Group, true)
		out := map[int32]kadm.Offset{}
		for p := range states {
			if o, ok := offsets.Lookup(s.config.Input, p); ok && err == nil {
				out[p], err = o.Offset, o.Err
			}
		}
		switch {
		case err == nil:
			return out, nil
		case errors.Is(err, kerr.GroupIDNotFound):
			return nil, nil
		case !kerr.IsRetriable(err) && !errors.Is(err, kerr.UnstableOffsetCommit):
			return nil, fmt.Errorf("fetch the committed offsets of group %s: %w", s.config.Group, err)
		}
		if now := s.config.Now(); now.After(fenceAt) {
			fenceAt = now.Add(s.config.FenceAfter)
			s.config.Waiting(fmt.Errorf("waiting for %v for offsets that a transaction is about to commit: %w", now.Sub(began).Round(time.Second), err))
			if err := s.config.Recovery.Fence(ctx, slices.Collect(maps.Keys(states))); err != nil {
				return nil, err
			}
		}
		if now := s.config.Now(); now.After(restAt) {
			long := now.After(longAt)
			if long {
				longAt = now.Add(s.config.Recovery.LongWait())
			}
			restAt = now.Add(s.config.Recovery.IdleCheckAfter())
			s.config.Logger.WarnContext(ctx, "restore waits for offsets, looking for a hanging transaction", slog.Duration("waiting", now.Sub(began)))
			if err := s.config.Recovery.CompleteIdle(ctx, long); err != nil {
				return nil, err
			}
		}
		if err := s.config.Scheduler.Sleep(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// plan decides from which offset to which each partition's changelog is replayed.
func (s *Restorer) plan(ctx context.Context, states map[int32]*store.Partition, committed map[int32]kadm.Offset) (map[int32]*Result, error) {
	details, err := s.admin.ListTopics(ctx, s.config.Changelog, s.config.Input)
	if err == nil {
		err = details.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look at changelog %s and input %s: %w", s.config.Changelog, s.config.Input, err)
	}
	if err := s.CheckPartitions(details); err != nil {
		return nil, err
	}
	starts, err := s.offsets(s.admin.ListStartOffsets(ctx, s.config.Changelog, s.config.Input))
	if err != nil {
		return nil, err
	}
	ends, err := s.offsets(s.admin.ListEndOffsets(ctx, s.config.Changelog, s.config.Input))
	if err != nil {
		return nil, err
	}
	ahead := make(map[int32]*Result, len(states))
	for p, state := range states {
		start, ok1 := starts.Lookup(s.config.Changelog, p)
		end, ok2 := ends.Lookup(s.config.Changelog, p)
		input, ok3 := starts.Lookup(s.config.Input, p)
		inputEnd, ok4 := ends.Lookup(s.config.Input, p)
		if !ok1 || !ok2 || !ok3 || !ok4 {
			return nil, fmt.Errorf("changelog %s and input %s do not both have a partition %d", s.config.Changelog, s.config.Input, p)
		}
		r := &Result{
			Changelog: Changelog{Partition: p, State: state, End: end.Offset}, Start: input.Offset, inputEnd: inputEnd.Offset,
			topicID: [16]byte(details[s.config.Input].ID), Committed: -1, epoch: -1,
		}
		if o, ok := committed[p]; ok && o.At >= 0 {
			r.Committed, r.epoch, r.ours = o.At, o.LeaderEpoch, hangingtxn.IsEvidence(o.Metadata)
		}
		if err := s.changelogLost(r, [16]byte(details[s.config.Changelog].ID), start.Offset); err != nil {
			return nil, err
		}
		ahead[p] = r
	}
	// A refusal of one partition leaves the local state of all as it is.
	for _, p := range slices.Sorted(maps.Keys(ahead)) {
		r := ahead[p]
		r.asked = true
		if err := UseCheckpoint(s.config.Store, r, [16]byte(details[s.config.Changelog].ID), starts[s.config.Changelog][p].Offset, s.config.Now(), s.config.DeleteRetention); err != nil {
			return nil, err
		}
	}
	return ahead, nil
}

func (s *Restorer) offsets(listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	return CheckOffsets(s.config.Stage, listed, err)
}

// CheckOffsets returns listed offsets, or the first error among them.
func CheckOffsets(stage string, listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of stage %s: %w", stage, err)
	}
	return listed, nil
}

// UseCheckpoint uses the stored checkpoint if it is valid. Otherwise it wipes the partition's
// state, sets r.reason and restores from the beginning. topicID and start are the
// changelog's; r.end is set.
func UseCheckpoint(s *store.Store, r *Result, topicID [16]byte, start int64, now time.Time, deleteRetention time.Duration) error {
	pos, found, err := r.State.Checkpoint()
	if err != nil {
		return err
	}
	age := time.Duration(now.UnixMilli()-pos.AtEnd) * time.Millisecond
	switch {
	case !found:
		r.Reason = "no state here yet"
	case pos.TopicID != topicID:
		r.Reason = "the changelog is another topic of the same name"
	case pos.Offset < start || max(pos.Offset, pos.Highest) > r.End:
		r.Reason = "the stored position is outside the changelog"
	case r.asked && r.Committed < pos.Input:
		// The broker acknowledged a commit and lost it. A coordinator may complete a
		// transaction before its markers are written while partitions have no leader
		// (KAFKA-20734), and abort it with the next one; an unclean leader election
		// loses commits, too. The input records will be polled again, and the state
		// must not contain their effect already.
		r.Reason = "the broker has lost a transaction that it had confirmed"
	case pos.Offset < r.End && age > deleteRetention/2:
		r.Reason = "the stored position is so old that tombstones may be gone"
	default:
		r.Checkpoint, r.From = pos, pos.Offset
		return nil
	}
	// The clock of tombstone retention starts with the replay: a tombstone that follows
	// an entry which the replay has read cannot have been compacted away before.
	r.Checkpoint, r.From = cache.Checkpoint{TopicID: topicID, Offset: start, AtEnd: now.UnixMilli()}, start
	batch := s.NewBatch()
	if err := errors.Join(batch.Wipe(r.State), batch.SetCheckpoint(r.State, r.Checkpoint)); err != nil {
		return errors.Join(err, batch.Discard())
	}
	return batch.Commit()
}
