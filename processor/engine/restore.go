package engine

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
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/hangingtxn"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// restored is the result of a partition's restore: its state is at the changelog's end.
type restored struct {
	following
	// committed is the group's committed input offset, -1 if there is none. asked is
	// false if the broker was not asked for it, as for a standby.
	committed int64
	asked     bool
	// epoch is the leader epoch of the committed offset, -1 if there is none. ours is
	// true if a transaction of this program committed it, and not an administrator.
	epoch int32
	ours  bool
	// start and inputEnd are the first and the end offset of the input partition,
	// topicID is the input topic's id.
	start, inputEnd int64
	topicID         [16]byte
	progress        entry.Progress
	// input is the position at which reading the input resumes. move is set if the
	// group's offset differs from it.
	input entry.InputPosition
	move  *inputMove
	// header is the last changelog header: see headerKey.
	header string
	// rebuild is set if the state is being rebuilt from the input.
	rebuild Rebuild
	// reason is why the stored checkpoint was not used, empty if it was.
	reason string
	took   time.Duration
}

// restore replays the changelogs of partitions to their ends and returns the positions
// at which processing resumes.
//
// The order of the requests matters. First the committed input offset, fetched with
// RequireStable: the broker does not answer while an open transaction commits one. Then
// the changelog's high watermark: the records of that transaction are below it, even if
// its markers are not written yet. The replay up to there is read committed, so it
// waits for the markers.
func (w *worker) restore(ctx context.Context, states map[int32]*store.Partition) (out map[int32]*restored, err error) {
	ctx, span := w.traces.restore(ctx, len(states))
	defer func() { span.ended(out, err) }()
	if err := w.at(StepRestoring); err != nil {
		return nil, err
	}
	committed, err := w.committed(ctx, states)
	if err != nil {
		return nil, err
	}
	ahead, err := w.plan(ctx, states, committed)
	if err != nil {
		return nil, err
	}
	if err := w.replay(ctx, ahead); err != nil {
		return nil, err
	}
	out = make(map[int32]*restored, len(ahead))
	for p, r := range ahead {
		if r.progress, err = entry.ReadProgress(r.state); err != nil {
			return nil, err
		}
		if r.header, err = entry.ReadHeader(r.state); err != nil {
			return nil, err
		}
		if r.rebuild, err = readRebuild(r.state); err == nil {
			err = r.began(w.deps.hint(ProblemUnfinishedReset, w.spec.Name))
		}
		if err != nil {
			return nil, err
		}
		out[p] = r
	}
	if err := w.placeInputs(ctx, out); err != nil {
		return nil, err
	}
	return out, w.at(StepRestored)
}

// committed returns the group's committed offsets of partitions. It waits for open
// transactions that commit some of them, but ignores other partitions of the group: on
// those, some transaction is always open.
func (w *worker) committed(ctx context.Context, states map[int32]*store.Partition) (map[int32]kadm.Offset, error) {
	began := w.deps.Now()
	fenceAt, restAt, longAt := began.Add(w.config.FenceAfter), began.Add(w.recovery.IdleCheckAfter()), began.Add(w.recovery.LongWait())
	for {
		stable := kadm.RequireStable(ctx)
		if w.deps.harmed.by(HarmUnstableOffsets) {
			stable = ctx
		}
		offsets, err := w.admin.FetchOffsets(stable, w.group)
		out := map[int32]kadm.Offset{}
		for p := range states {
			if o, ok := offsets.Lookup(w.input, p); ok && err == nil {
				out[p], err = o.Offset, o.Err
			}
		}
		switch {
		case err == nil:
			return out, nil
		case errors.Is(err, kerr.GroupIDNotFound):
			return nil, nil
		case !kerr.IsRetriable(err) && !errors.Is(err, kerr.UnstableOffsetCommit):
			return nil, fmt.Errorf("fetch the committed offsets of group %s: %w", w.group, err)
		}
		if now := w.deps.Now(); now.After(fenceAt) {
			fenceAt = now.Add(w.config.FenceAfter)
			w.setPassing(fmt.Errorf("waiting for %v for offsets that a transaction is about to commit: %w", now.Sub(began).Round(time.Second), err))
			if err := w.recovery.Fence(ctx, slices.Collect(maps.Keys(states))); err != nil {
				return nil, err
			}
		}
		if now := w.deps.Now(); now.After(restAt) {
			long := now.After(longAt)
			if long {
				longAt = now.Add(w.recovery.LongWait())
			}
			restAt = now.Add(w.recovery.IdleCheckAfter())
			w.logger.WarnContext(ctx, "restore waits for offsets, looking for a hanging transaction", slog.Duration("waiting", now.Sub(began)))
			if err := w.recovery.CompleteIdle(ctx, long); err != nil {
				return nil, err
			}
		}
		if err := w.deps.scheduler.Sleep(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// plan decides from which offset to which each partition's changelog is replayed.
func (w *worker) plan(ctx context.Context, states map[int32]*store.Partition, committed map[int32]kadm.Offset) (map[int32]*restored, error) {
	details, err := w.admin.ListTopics(ctx, w.changelog, w.input)
	if err == nil {
		err = details.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look at changelog %s and input %s: %w", w.changelog, w.input, err)
	}
	if err := w.checkPartitions(details); err != nil {
		return nil, err
	}
	starts, err := w.offsets(w.admin.ListStartOffsets(ctx, w.changelog, w.input))
	if err != nil {
		return nil, err
	}
	ends, err := w.offsets(w.admin.ListEndOffsets(ctx, w.changelog, w.input))
	if err != nil {
		return nil, err
	}
	ahead := make(map[int32]*restored, len(states))
	for p, state := range states {
		start, ok1 := starts.Lookup(w.changelog, p)
		end, ok2 := ends.Lookup(w.changelog, p)
		input, ok3 := starts.Lookup(w.input, p)
		inputEnd, ok4 := ends.Lookup(w.input, p)
		if !ok1 || !ok2 || !ok3 || !ok4 {
			return nil, fmt.Errorf("changelog %s and input %s do not both have a partition %d", w.changelog, w.input, p)
		}
		r := &restored{
			following: following{partition: p, state: state, end: end.Offset}, start: input.Offset, inputEnd: inputEnd.Offset,
			topicID: [16]byte(details[w.input].ID), committed: -1, epoch: -1,
		}
		if o, ok := committed[p]; ok && o.At >= 0 {
			r.committed, r.epoch, r.ours = o.At, o.LeaderEpoch, hangingtxn.IsEvidence(o.Metadata)
		}
		if err := w.changelogLost(r, [16]byte(details[w.changelog].ID), start.Offset); err != nil {
			return nil, err
		}
		ahead[p] = r
	}
	// A refusal of one partition leaves the local state of all as it is.
	for _, p := range slices.Sorted(maps.Keys(ahead)) {
		r := ahead[p]
		r.asked = !w.deps.harmed.by(HarmStoreFirst) && !w.deps.harmed.by(HarmKeepAborted) && !w.deps.harmed.by(HarmUnknownIsCommitted)
		if err := trust(w.store, r, [16]byte(details[w.changelog].ID), starts[w.changelog][p].Offset, w.deps.Now(), w.config.DeleteRetention); err != nil {
			return nil, err
		}
		if r.reason == "" && w.deps.harmed.by(HarmForgetChangelog) {
			r.pos.Offset = r.end
		}
	}
	return ahead, nil
}

func (w *worker) offsets(listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of stage %s: %w", w.spec.Name, err)
	}
	return listed, nil
}

// trust uses the stored checkpoint if it is valid. Otherwise it wipes the partition's
// state, sets r.reason and restores from the beginning. topicID and start are the
// changelog's; r.end is set.
func trust(s *store.Store, r *restored, topicID [16]byte, start int64, now time.Time, deleteRetention time.Duration) error {
	pos, found, err := r.state.Checkpoint()
	if err != nil {
		return err
	}
	age := time.Duration(now.UnixMilli()-pos.AtEnd) * time.Millisecond
	switch {
	case !found:
		r.reason = "no state here yet"
	case pos.TopicID != topicID:
		r.reason = "the changelog is another topic of the same name"
	case pos.Offset < start || max(pos.Offset, pos.Highest) > r.end:
		r.reason = "the stored position is outside the changelog"
	case r.asked && r.committed < pos.Input:
		// The broker acknowledged a commit and lost it. A coordinator may complete a
		// transaction before its markers are written while partitions have no leader
		// (KAFKA-20734), and abort it with the next one; an unclean leader election
		// loses commits, too. The input records will be polled again, and the state
		// must not contain their effect already.
		r.reason = "the broker has lost a round that it had confirmed"
	case pos.Offset < r.end && age > deleteRetention/2:
		r.reason = "the stored position is so old that tombstones may be gone"
	default:
		r.pos, r.from = pos, pos.Offset
		return nil
	}
	// The clock of tombstone retention starts with the replay: a tombstone that follows
	// an entry which the replay has read cannot have been compacted away before.
	r.pos, r.from = cache.Checkpoint{TopicID: topicID, Offset: start, AtEnd: now.UnixMilli()}, start
	batch := s.NewBatch()
	if err := errors.Join(batch.Wipe(r.state), batch.SetCheckpoint(r.state, r.pos)); err != nil {
		return errors.Join(err, batch.Discard())
	}
	return batch.Commit()
}

// replay reads the changelogs up to their ends, with its own client.
func (w *worker) replay(ctx context.Context, ahead map[int32]*restored) error {
	from, behind := map[int32]kgo.Offset{}, map[int32]*following{}
	for p, r := range ahead {
		if r.pos.Offset < r.end {
			from[p], behind[p] = kgo.NewOffset().At(r.pos.Offset), &r.following
		}
	}
	load := newLoader(w.store)
	load.harmed = w.deps.harmed
	began := w.deps.Now()
	if len(from) > 0 {
		if err := w.replayFrom(ctx, from, behind, load); err != nil {
			return errors.Join(err, load.drop())
		}
	}
	for _, r := range ahead {
		if r.took == 0 {
			r.took = w.deps.Now().Sub(began)
		}
		w.metrics.restoredRecords.WithLabelValues(w.spec.Name).Add(float64(r.records))
		w.metrics.restoredBytes.WithLabelValues(w.spec.Name).Add(float64(r.bytes))
		r.pos.AtEnd = w.deps.Now().UnixMilli()
		load.touched[&r.following] = true
	}
	return load.flush()
}

func (w *worker) replayFrom(ctx context.Context, from map[int32]kgo.Offset, ahead map[int32]*following, load *loader) error {
	w.showProgress(ahead)
	defer w.endProgress(ahead)
	client, err := w.deps.cluster.Read(&kafka.ReadRequest{
		Client: w.transactionalID, Topic: w.changelog, From: from, FetchMaxBytes: w.config.FetchMaxBytes,
		Uncommitted: w.deps.harmed.by(HarmReadUncommitted),
	})
	if err != nil {
		return err
	}
	defer client.Close()
	last := w.deps.Now()
	for behind := len(from); behind > 0; {
		moved, err := replayPoll(ctx, client, load, ahead)
		if err != nil {
			return err
		}
		behind = len(behindOf(ahead))
		w.showProgress(ahead)
		now := w.deps.Now()
		if moved {
			last = now
		} else if now.Sub(last) > w.config.FenceAfter {
			last = now
			if err := w.recovery.Fence(ctx, behindOf(ahead)); err != nil {
				return err
			}
		}
	}
	return nil
}

// behindOf returns the partitions that have not reached the end of their changelog.
func behindOf(ahead map[int32]*following) []int32 {
	var out []int32
	for p, f := range ahead {
		if f.pos.Offset < f.end {
			out = append(out, p)
		}
	}
	return out
}
