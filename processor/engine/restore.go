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
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
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
	// rebuildUntil is the input offset at which a running rebuild of the state ends, 0
	// if there is none.
	rebuildUntil int64
	// reason is why the stored checkpoint was not used, empty if it was.
	reason string
	took   time.Duration
}

// safeguards are the safeguards that a mutation test switches off: see Harm. The zero value
// keeps all.
type safeguards struct {
	// UnstableOffsets fetches committed offsets without RequireStable.
	UnstableOffsets bool
	// BrokerOffsets does not compare the checkpoint with the broker's committed offsets.
	BrokerOffsets bool
	// Replay treats any stored state as current.
	Replay bool
	// Uncommitted reads the changelog with read_uncommitted.
	Uncommitted bool
	// Timers restores entries without their deadlines.
	Timers bool
	// Group reads from the group's offset and ignores the input position in the state.
	Group bool
	// Truncation does not check whether the input log was truncated.
	Truncation bool
	// Changelog accepts an emptied or truncated changelog.
	Changelog bool
	// Partitions does not check the partition count of the input.
	Partitions bool
}

// restoreConfig describes the worker whose partitions are restored.
type restoreConfig struct {
	// Stage is the stage's name, Client the worker's transactional id.
	Stage, Group, Input, Changelog, Client string
	// Partitions is the configured partition count of input and changelog.
	Partitions int32
	Store      *store.Store
	Cluster    kafka.Cluster
	Recovery   *hangingtxn.Recovery
	Scheduler  scheduler.Scheduler
	Now        func() time.Time
	Logger     *slog.Logger
	// FenceAfter is how long a restore waits for an open transaction before it fences
	// the owner. DeleteRetention is the delete.retention.ms of the changelog.
	FenceAfter, DeleteRetention time.Duration
	FetchMaxBytes               int32
	// CheckRebuild is called with each restored state. It sets RebuildUntil.
	CheckRebuild func(r *restored) error
	// Hint returns the advice for ErrStateLost, ErrPartitionCount or ErrUnfinishedReset,
	// as the end of an error message.
	Hint func(problem error) string
	// Waiting is called when the restore waits for an open transaction.
	Waiting func(why error)
	// Progress is called with the progress of all running restores.
	Progress func(Progress)
	// Replayed is called with the replayed records and bytes of a partition.
	Replayed func(records, bytes int64)
	// Off are the safeguards that are switched off.
	Off safeguards
}

// restorer restores the state of a worker's partitions. Several restores may run at the
// same time.
type restorer struct {
	config  restoreConfig
	admin   kafka.Admin
	running board
}

// newRestorer returns the restorer of a worker. attach is called before anything else.
func newRestorer(config restoreConfig) *restorer { return &restorer{config: config} }

// attach sets the connection of a new session. Nothing else may run at the same time.
func (w *restorer) attach(admin kafka.Admin) { w.admin = admin }

// restore replays the changelogs of partitions to their ends and returns the positions
// at which processing resumes.
//
// The order of the requests matters. First the committed input offset, fetched with
// RequireStable: the broker does not answer while an open transaction commits one. Then
// the changelog's high watermark: the records of that transaction are below it, even if
// its markers are not written yet. The replay up to there is read committed, so it
// waits for the markers.
func (w *restorer) restore(ctx context.Context, states map[int32]*store.Partition) (out map[int32]*restored, err error) {
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
		if err := w.config.CheckRebuild(r); err != nil {
			return nil, err
		}
		out[p] = r
	}
	if err := w.placeInputs(ctx, out); err != nil {
		return nil, err
	}
	return out, nil
}

// committed returns the group's committed offsets of partitions. It waits for open
// transactions that commit some of them, but ignores other partitions of the group: on
// those, some transaction is always open.
func (w *restorer) committed(ctx context.Context, states map[int32]*store.Partition) (map[int32]kadm.Offset, error) {
	began := w.config.Now()
	fenceAt, restAt, longAt := began.Add(w.config.FenceAfter), began.Add(w.config.Recovery.IdleCheckAfter()), began.Add(w.config.Recovery.LongWait())
	for {
		stable := kadm.RequireStable(ctx)
		if w.config.Off.UnstableOffsets {
			stable = ctx
		}
		offsets, err := w.admin.FetchOffsets(stable, w.config.Group)
		out := map[int32]kadm.Offset{}
		for p := range states {
			if o, ok := offsets.Lookup(w.config.Input, p); ok && err == nil {
				out[p], err = o.Offset, o.Err
			}
		}
		switch {
		case err == nil:
			return out, nil
		case errors.Is(err, kerr.GroupIDNotFound):
			return nil, nil
		case !kerr.IsRetriable(err) && !errors.Is(err, kerr.UnstableOffsetCommit):
			return nil, fmt.Errorf("fetch the committed offsets of group %s: %w", w.config.Group, err)
		}
		if now := w.config.Now(); now.After(fenceAt) {
			fenceAt = now.Add(w.config.FenceAfter)
			w.config.Waiting(fmt.Errorf("waiting for %v for offsets that a transaction is about to commit: %w", now.Sub(began).Round(time.Second), err))
			if err := w.config.Recovery.Fence(ctx, slices.Collect(maps.Keys(states))); err != nil {
				return nil, err
			}
		}
		if now := w.config.Now(); now.After(restAt) {
			long := now.After(longAt)
			if long {
				longAt = now.Add(w.config.Recovery.LongWait())
			}
			restAt = now.Add(w.config.Recovery.IdleCheckAfter())
			w.config.Logger.WarnContext(ctx, "restore waits for offsets, looking for a hanging transaction", slog.Duration("waiting", now.Sub(began)))
			if err := w.config.Recovery.CompleteIdle(ctx, long); err != nil {
				return nil, err
			}
		}
		if err := w.config.Scheduler.Sleep(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// plan decides from which offset to which each partition's changelog is replayed.
func (w *restorer) plan(ctx context.Context, states map[int32]*store.Partition, committed map[int32]kadm.Offset) (map[int32]*restored, error) {
	details, err := w.admin.ListTopics(ctx, w.config.Changelog, w.config.Input)
	if err == nil {
		err = details.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look at changelog %s and input %s: %w", w.config.Changelog, w.config.Input, err)
	}
	if err := w.checkPartitions(details); err != nil {
		return nil, err
	}
	starts, err := w.offsets(w.admin.ListStartOffsets(ctx, w.config.Changelog, w.config.Input))
	if err != nil {
		return nil, err
	}
	ends, err := w.offsets(w.admin.ListEndOffsets(ctx, w.config.Changelog, w.config.Input))
	if err != nil {
		return nil, err
	}
	ahead := make(map[int32]*restored, len(states))
	for p, state := range states {
		start, ok1 := starts.Lookup(w.config.Changelog, p)
		end, ok2 := ends.Lookup(w.config.Changelog, p)
		input, ok3 := starts.Lookup(w.config.Input, p)
		inputEnd, ok4 := ends.Lookup(w.config.Input, p)
		if !ok1 || !ok2 || !ok3 || !ok4 {
			return nil, fmt.Errorf("changelog %s and input %s do not both have a partition %d", w.config.Changelog, w.config.Input, p)
		}
		r := &restored{
			following: following{partition: p, state: state, end: end.Offset}, start: input.Offset, inputEnd: inputEnd.Offset,
			topicID: [16]byte(details[w.config.Input].ID), committed: -1, epoch: -1,
		}
		if o, ok := committed[p]; ok && o.At >= 0 {
			r.committed, r.epoch, r.ours = o.At, o.LeaderEpoch, hangingtxn.IsEvidence(o.Metadata)
		}
		if err := w.changelogLost(r, [16]byte(details[w.config.Changelog].ID), start.Offset); err != nil {
			return nil, err
		}
		ahead[p] = r
	}
	// A refusal of one partition leaves the local state of all as it is.
	for _, p := range slices.Sorted(maps.Keys(ahead)) {
		r := ahead[p]
		r.asked = !w.config.Off.BrokerOffsets
		if err := trust(w.config.Store, r, [16]byte(details[w.config.Changelog].ID), starts[w.config.Changelog][p].Offset, w.config.Now(), w.config.DeleteRetention); err != nil {
			return nil, err
		}
		if r.reason == "" && w.config.Off.Replay {
			r.pos.Offset = r.end
		}
	}
	return ahead, nil
}

func (w *restorer) offsets(listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	return checkedOffsets(w.config.Stage, listed, err)
}

// checkedOffsets returns listed offsets, or the first error among them.
func checkedOffsets(stage string, listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of stage %s: %w", stage, err)
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
func (w *restorer) replay(ctx context.Context, ahead map[int32]*restored) error {
	from, behind := map[int32]kgo.Offset{}, map[int32]*following{}
	for p, r := range ahead {
		if r.pos.Offset < r.end {
			from[p], behind[p] = kgo.NewOffset().At(r.pos.Offset), &r.following
		}
	}
	load := newLoader(w.config.Store)
	load.withoutTimers = w.config.Off.Timers
	began := w.config.Now()
	if len(from) > 0 {
		if err := w.replayFrom(ctx, from, behind, load); err != nil {
			return errors.Join(err, load.drop())
		}
	}
	for _, r := range ahead {
		if r.took == 0 {
			r.took = w.config.Now().Sub(began)
		}
		w.config.Replayed(r.records, r.bytes)
		r.pos.AtEnd = w.config.Now().UnixMilli()
		load.touched[&r.following] = true
	}
	return load.flush()
}

func (w *restorer) replayFrom(ctx context.Context, from map[int32]kgo.Offset, ahead map[int32]*following, load *loader) error {
	w.show(ahead)
	defer w.hide(ahead)
	client, err := w.config.Cluster.Read(&kafka.ReadRequest{
		Client: w.config.Client, Topic: w.config.Changelog, From: from, FetchMaxBytes: w.config.FetchMaxBytes,
		Uncommitted: w.config.Off.Uncommitted,
	})
	if err != nil {
		return err
	}
	defer client.Close()
	last := w.config.Now()
	for behind := len(from); behind > 0; {
		moved, err := replayPoll(ctx, client, load, ahead)
		if err != nil {
			return err
		}
		behind = len(behindOf(ahead))
		w.show(ahead)
		now := w.config.Now()
		if moved {
			last = now
		} else if now.Sub(last) > w.config.FenceAfter {
			last = now
			if err := w.config.Recovery.Fence(ctx, behindOf(ahead)); err != nil {
				return err
			}
		}
	}
	return nil
}

// show publishes the progress of a running restore.
func (w *restorer) show(ahead map[int32]*following) {
	w.running.tell(ahead, w.config.Now())
	w.config.Progress(w.running.sum(w.config.Now()))
}

// hide removes a restore that has ended.
func (w *restorer) hide(ahead map[int32]*following) {
	w.running.forget(ahead)
	w.config.Progress(w.running.sum(w.config.Now()))
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
