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
)

// restored is a partition whose state is as the changelog says.
type restored struct {
	// committed is the group's committed input offset, -1 if there is none.
	committed int64
	// start is the first offset of the input partition.
	start int64
	pos   position
	clock int64
	// records and bytes say how much was replayed.
	records, bytes int64
}

// restoring is a partition on its way.
type restoring struct {
	restored
	state *storePartition
	end   int64 // the changelog's high watermark
	lower *overlay
	from  int64
}

// restore brings the state of partitions to the end of their changelogs and
// returns what the worker needs to go on from there.
//
// The order matters. First the committed input offset, fetched stable: as long as
// a transaction is open that commits one, the broker does not answer. Then the
// changelog's high watermark: what that transaction wrote is below it, even if its
// markers are still on their way. Read committed up to there, the replay waits
// for the markers.
func (w *worker) restore(ctx context.Context, states map[int32]*storePartition) (map[int32]*restored, error) {
	if err := w.at(StepRestoring); err != nil {
		return nil, err
	}
	committed, err := w.committed(ctx, states)
	if err != nil {
		return nil, err
	}
	todo, err := w.plan(ctx, states)
	if err != nil {
		return nil, err
	}
	if err := w.replay(ctx, todo); err != nil {
		return nil, err
	}
	out := make(map[int32]*restored, len(todo))
	for p, r := range todo {
		if offset, ok := committed[p]; ok {
			r.committed = offset
		} else {
			r.committed = -1
		}
		if r.clock, err = readClock(r.state); err != nil {
			return nil, err
		}
		out[p] = &r.restored
	}
	return out, w.at(StepRestored)
}

// committed returns the group's committed offsets of partitions, waiting for
// transactions that are about to commit some. Others of the group are not waited
// for: somebody is always about to commit.
func (w *worker) committed(ctx context.Context, states map[int32]*storePartition) (map[int32]int64, error) {
	fenceAt := w.deps.Now().Add(w.config.FenceAfter)
	for {
		offsets, err := w.admin.FetchOffsets(kadm.RequireStable(ctx), w.group)
		out := map[int32]int64{}
		for p := range states {
			if o, ok := offsets.Lookup(w.input, p); ok && err == nil {
				out[p], err = o.At, o.Err
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
			w.fence(ctx, slices.Collect(maps.Keys(states)))
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// plan decides for each partition from where its changelog is replayed to where.
func (w *worker) plan(ctx context.Context, states map[int32]*storePartition) (map[int32]*restoring, error) {
	details, err := w.admin.ListTopics(ctx, w.changelog)
	if err == nil {
		err = details.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look at changelog %s: %w", w.changelog, err)
	}
	starts, err := w.offsets(w.admin.ListStartOffsets(ctx, w.changelog, w.input))
	if err != nil {
		return nil, err
	}
	ends, err := w.offsets(w.admin.ListEndOffsets(ctx, w.changelog))
	if err != nil {
		return nil, err
	}
	todo := make(map[int32]*restoring, len(states))
	for p, state := range states {
		start, ok1 := starts.Lookup(w.changelog, p)
		end, ok2 := ends.Lookup(w.changelog, p)
		input, ok3 := starts.Lookup(w.input, p)
		if !ok1 || !ok2 || !ok3 {
			return nil, fmt.Errorf("changelog %s and input %s do not both have a partition %d", w.changelog, w.input, p)
		}
		r := &restoring{state: state, end: end.Offset, lower: newOverlay(state, &arena{})}
		r.start = input.Offset
		if err := w.trust(r, [16]byte(details[w.changelog].ID), start.Offset); err != nil {
			return nil, err
		}
		r.from = r.pos.offset
		todo[p] = r
	}
	return todo, nil
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

// trust takes the stored position if the store can be believed, and wipes the
// partition to restore it whole if not.
func (w *worker) trust(r *restoring, topicID [16]byte, start int64) error {
	pos, found, err := r.state.position()
	if err != nil {
		return err
	}
	var why string
	age := time.Duration(w.deps.Now().UnixMilli()-pos.atEnd) * time.Millisecond
	switch {
	case !found:
		why = "no state here yet"
	case pos.topicID != topicID:
		why = "the changelog is another topic of the same name"
	case pos.offset < start || pos.offset > r.end:
		why = "the stored position is outside the changelog"
	case pos.offset < r.end && age > w.config.DeleteRetention/2:
		why = "the stored position is so old that tombstones may be gone"
	default:
		r.pos = pos
		return nil
	}
	if found || r.end > start {
		w.logger.Info("restoring a partition whole", slog.String("reason", why), slog.Int64("from", start), slog.Int64("to", r.end))
	}
	r.pos = position{topicID: topicID, offset: start}
	batch := w.store.writer()
	if err := errors.Join(batch.wipe(r.state), batch.position(r.state, r.pos)); err != nil {
		return errors.Join(err, batch.drop())
	}
	return batch.commit()
}

// replay reads the changelogs up to their ends with a client of its own.
func (w *worker) replay(ctx context.Context, todo map[int32]*restoring) error {
	from := map[int32]kgo.Offset{}
	for p, r := range todo {
		if r.pos.offset < r.end {
			from[p] = kgo.NewOffset().At(r.pos.offset)
		}
	}
	if len(from) > 0 {
		if err := w.replayFrom(ctx, from, todo); err != nil {
			return err
		}
	}
	for _, r := range todo {
		r.pos.atEnd = w.deps.Now().UnixMilli()
		if err := w.keepReplayed(r); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) replayFrom(ctx context.Context, from map[int32]kgo.Offset, todo map[int32]*restoring) error {
	began := w.deps.Now()
	client, err := kgo.NewClient(append(append([]kgo.Opt{}, w.deps.Kafka...),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{w.changelog: from}),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		// Positions are compared, and the last thing in a changelog is a marker.
		kgo.KeepControlRecords(),
		// A position that is gone is an error: plan looks again. No silent reset.
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.FetchMaxBytes(w.config.FetchMaxBytes),
		kgo.FetchMaxPartitionBytes(w.config.FetchMaxBytes),
		// An open transaction at the end is looked at soon, not after 5 s.
		kgo.FetchMaxWait(250*time.Millisecond),
	)...)
	if err != nil {
		return fmt.Errorf("make the restore client: %w", err)
	}
	defer client.Close()
	progress := w.deps.Now()
	for behind := len(from); behind > 0; {
		moved, err := w.replayPoll(ctx, client, todo)
		if err != nil {
			return err
		}
		behind = len(behindOf(todo))
		w.setProgress(todo, w.deps.Now().Sub(began))
		now := w.deps.Now()
		if moved {
			progress = now
		} else if now.Sub(progress) > w.config.FenceAfter {
			progress = now
			w.fence(ctx, behindOf(todo))
		}
	}
	w.logReplayed(todo, w.deps.Now().Sub(began))
	return nil
}

// replayPoll applies one poll's worth of the changelog.
func (w *worker) replayPoll(ctx context.Context, client *kgo.Client, todo map[int32]*restoring) (moved bool, err error) {
	const wait = 250 * time.Millisecond
	pollCtx, cancel := context.WithTimeout(ctx, wait)
	fetches := client.PollFetches(pollCtx)
	cancel()
	if err := ctx.Err(); err != nil {
		return false, context.Cause(ctx)
	}
	for _, fe := range fetches.Errors() {
		if !errors.Is(fe.Err, context.DeadlineExceeded) && !kerr.IsRetriable(fe.Err) {
			err = errors.Join(err, fmt.Errorf("read changelog %s/%d: %w", fe.Topic, fe.Partition, fe.Err))
		}
	}
	fetches.EachRecord(func(record *kgo.Record) {
		r := todo[record.Partition]
		if err != nil || r == nil {
			return
		}
		moved = true
		r.pos.offset = record.Offset + 1
		if record.Attrs.IsControl() {
			return
		}
		r.records++
		r.bytes += int64(len(record.Key) + len(record.Value))
		err = r.apply(record)
	})
	for _, r := range todo {
		const flushAt = 20_000
		if err == nil && len(r.lower.cells) >= flushAt {
			err = w.keepReplayed(r)
		}
	}
	return moved, err
}

func (r *restoring) apply(record *kgo.Record) error {
	if record.Value == nil {
		return r.lower.set(record.Key, nil, 0)
	}
	payload, deadline, err := parseEntry(record.Value)
	if err != nil {
		return fmt.Errorf("changelog %s/%d at offset %d: %w", record.Topic, record.Partition, record.Offset, err)
	}
	return r.lower.set(record.Key, payload, deadline)
}

// keepReplayed writes what was replayed with the position it corresponds to.
func (w *worker) keepReplayed(r *restoring) error {
	batch := w.store.writer()
	if err := errors.Join(batch.overlay(r.state, r.lower), batch.position(r.state, r.pos)); err != nil {
		return errors.Join(err, batch.drop())
	}
	r.lower = newOverlay(r.state, &arena{})
	return batch.commit()
}

// behindOf returns the partitions that have not reached their end.
func behindOf(todo map[int32]*restoring) []int32 {
	var out []int32
	for p, r := range todo {
		if r.pos.offset < r.end {
			out = append(out, p)
		}
	}
	return out
}

func (w *worker) logReplayed(todo map[int32]*restoring, took time.Duration) {
	var records, bytes int64
	for _, r := range todo {
		records += r.records
		bytes += r.bytes
	}
	w.metrics.restoredRecords.WithLabelValues(w.spec.Name).Add(float64(records))
	w.metrics.restoredBytes.WithLabelValues(w.spec.Name).Add(float64(bytes))
	w.logger.Info("state restored", slog.Int("partitions", len(todo)), slog.Int64("records", records),
		slog.Int64("bytes", bytes), slog.Duration("took", took))
}

// pause waits, or returns early with the context's cause.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
