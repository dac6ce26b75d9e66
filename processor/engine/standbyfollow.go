package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/assignor"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
)

// followers is the running standby. A single goroutine uses it.
type followers struct {
	*standby
	admin  *kadm.Client
	reader kafka.Reader // nil without replicas
	held   map[int32]*copyHeld
	load   *restore.Loader
	looked time.Time
	quiet  quiet
	// budget is the number of bytes that may be read before the rate limit applies.
	budget float64
	filled time.Time
}

// turn returns requested leases, starts wanted replicas and polls their changelogs
// once.
func (f *followers) turn(ctx context.Context) error {
	changed, err := f.giveBack()
	if err != nil {
		return err
	}
	now := f.deps.Now()
	look := now.Sub(f.looked) >= standbyLook
	if look {
		f.looked = now
		took, err := f.take(ctx)
		if err != nil {
			return err
		}
		changed = changed || took
	}
	if changed {
		if err := f.reopen(); err != nil {
			return err
		}
	}
	if look {
		if err := f.lookAtEnds(ctx); err != nil {
			return err
		}
	}
	wait := min(f.wait(now), 100*time.Millisecond)
	switch {
	case f.reader == nil:
		wait = 250 * time.Millisecond
	case f.busy():
		wait = 100 * time.Millisecond
	case wait == 0:
		return f.poll(ctx)
	}
	ctx, cancel := f.interruptible(ctx, wait)
	defer cancel()
	<-ctx.Done()
	return nil
}

// poll loads the records of one poll. A requested lease interrupts it.
func (f *followers) poll(ctx context.Context) error {
	ctx, cancel := f.interruptible(ctx, time.Second)
	defer cancel()
	ahead := make(map[int32]*restore.Changelog, len(f.held))
	var before, after int64
	for p, h := range f.held {
		ahead[p] = &h.Changelog
		before += h.Bytes
	}
	_, err := restore.Poll(ctx, f.reader, f.load, ahead)
	for _, h := range f.held {
		after += h.Bytes
	}
	f.budget -= float64(after - before)
	f.metrics.standbyBytes.WithLabelValues(f.stage).Add(float64(after - before))
	if unreadable, ok := errors.AsType[*restore.RecordError](err); ok {
		return f.refuse(unreadable)
	}
	if ctx.Err() != nil {
		return nil // interrupted by a lease request, or stopped
	}
	return err
}

// wait returns the pause before the next poll that the rate limit demands.
func (f *followers) wait(now time.Time) time.Duration {
	rate := float64(f.config.StandbyBytesPerSecond)
	f.budget = min(f.budget+rate*now.Sub(f.filled).Seconds(), rate/4)
	f.filled = now
	if f.budget >= 0 {
		return 0
	}
	return time.Duration(-f.budget / rate * float64(time.Second))
}

// giveBack writes pending changes and returns leases that an owner waits for, and those
// of replicas that are no longer wanted.
func (f *followers) giveBack() (changed bool, err error) {
	f.yielded.Store(false)
	f.mu.Lock()
	wanted := f.wanted
	f.mu.Unlock()
	for p, h := range f.held {
		if _, ok := wanted[p]; ok && !h.yield.Load() {
			continue
		}
		if !changed {
			if err := f.load.Flush(); err != nil {
				return false, err
			}
		}
		changed = true
		delete(f.held, p)
		h.give()
	}
	return changed, nil
}

// take takes the leases of wanted partitions, unless an owner in this process holds
// them.
func (f *followers) take(ctx context.Context) (changed bool, err error) {
	f.mu.Lock()
	var chosen []*copyHeld
	for p := range f.wanted {
		if f.held[p] != nil || f.refused[p] {
			continue
		}
		h := &copyHeld{Result: restore.Result{Changelog: restore.Changelog{Partition: p, State: f.store.Partition(f.stage, p)}}}
		chosen = append(chosen, h)
	}
	f.mu.Unlock()
	took := chosen[:0]
	for _, h := range chosen {
		if give, ok := f.store.Leases.TakeIdle(f.stage, h.Partition, f.onYield(h)); ok {
			h.give = give
			took = append(took, h)
		}
	}
	if len(took) == 0 {
		return false, nil
	}
	begun, err := f.begin(ctx, took)
	for _, h := range took {
		if !slices.Contains(begun, h) {
			h.give()
		}
	}
	if err != nil || len(begun) == 0 {
		return false, err
	}
	for _, h := range begun {
		f.held[h.Partition] = h
		f.logger.InfoContext(ctx, "standby follows a partition", slog.Int("partition", int(h.Partition)),
			slog.Int64("from", h.From), slog.Int64("to", h.End), slog.String("whole", h.Reason))
	}
	return true, nil
}

// begin sets the positions at which replicas start: their stored checkpoints, if valid.
// It returns the replicas to follow; the last remaining copy of a lost changelog is left
// untouched.
func (f *followers) begin(ctx context.Context, took []*copyHeld) (begun []*copyHeld, err error) {
	details, err := f.admin.ListTopics(ctx, f.changelog)
	if err == nil {
		err = details.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look at changelog %s: %w", f.changelog, err)
	}
	starts, err := f.listed(f.admin.ListStartOffsets(ctx, f.changelog))
	if err != nil {
		return nil, err
	}
	ends, err := f.listed(f.admin.ListEndOffsets(ctx, f.changelog))
	if err != nil {
		return nil, err
	}
	for _, h := range took {
		start, ok1 := starts.Lookup(f.changelog, h.Partition)
		end, ok2 := ends.Lookup(f.changelog, h.Partition)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("changelog %s has no partition %d", f.changelog, h.Partition)
		}
		h.End = end.Offset
		id := [16]byte(details[f.changelog].ID)
		if left, err := h.allThatIsLeft(id, start.Offset); err != nil {
			return nil, err
		} else if left {
			f.tellKept(ctx, h.Partition)
			continue
		}
		if err := restore.UseCheckpoint(f.store, &h.Result, id, start.Offset, f.deps.Now(), f.config.DeleteRetention); err != nil {
			return nil, err
		}
		begun = append(begun, h)
	}
	return begun, nil
}

// allThatIsLeft reports whether the replica holds state while the changelog was emptied or
// created again. The owner then refuses to work, and the replica must be kept until the
// changelog has a state again.
func (h *copyHeld) allThatIsLeft(topicID [16]byte, start int64) (bool, error) {
	pos, found, err := h.State.Checkpoint()
	if err != nil {
		return false, err
	}
	return found && start == h.End && (pos.TopicID != topicID || pos.Offset < start), nil
}

// tellKept logs, rate-limited, that a replica is kept.
func (f *followers) tellKept(ctx context.Context, partition int32) {
	if held, ok := f.quiet.may(fmt.Sprint("kept ", partition), f.deps.Now()); ok {
		f.logger.WarnContext(ctx, "the changelog is empty and this standby copy is not: it is kept as it is, and not followed",
			slog.String("changelog", f.changelog), slog.Int("partition", int(partition)), slog.Int("held_back", held))
	}
}

func (f *followers) listed(listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of %s: %w", f.changelog, err)
	}
	return listed, nil
}

// reopen replaces the reader with one for the current replicas, at their positions.
func (f *followers) reopen() (err error) {
	if f.reader != nil {
		f.reader.Close()
		f.reader = nil
	}
	f.publish(f.held)
	if len(f.held) == 0 {
		return nil
	}
	from := make(map[int32]kgo.Offset, len(f.held))
	for p, h := range f.held {
		from[p] = kgo.NewOffset().At(h.Checkpoint.Offset)
	}
	f.reader, err = f.deps.cluster.Read(&kafka.ReadRequest{
		Client: f.stage, Topic: f.changelog, From: from, FetchMaxBytes: min(standbyFetchBytes, f.config.FetchMaxBytes),
		Uncommitted: f.deps.harmed.by(HarmReadUncommitted),
	})
	return err
}

// lookAtEnds writes pending changes and compares the replicas with the last stable
// offsets, because they read committed records only.
func (f *followers) lookAtEnds(ctx context.Context) error {
	if len(f.held) == 0 {
		return nil
	}
	now := f.deps.Now()
	ends, err := f.listed(f.admin.ListCommittedOffsets(ctx, f.changelog))
	if err != nil {
		return err
	}
	for p, h := range f.held {
		end, ok := ends.Lookup(f.changelog, p)
		if !ok {
			continue
		}
		h.End = end.Offset
		if h.Checkpoint.Offset >= h.End {
			h.Checkpoint.AtEnd = now.UnixMilli()
			f.load.Touched[&h.Changelog] = true
		}
		if h.End-h.Checkpoint.Offset <= assignor.AcceptableLag {
			f.tellWarm(h)
		}
	}
	f.publish(f.held)
	return f.load.Flush()
}

// refuse excludes a partition whose changelog this release cannot read. During a
// rolling upgrade, the new release may already write it.
func (f *followers) refuse(cause *restore.RecordError) error {
	f.logger.Warn("standby cannot read a changelog, there is no warm copy here",
		slog.Int("partition", int(cause.Partition)), slog.String("error", cause.Error()))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused[cause.Partition] = true
	return cause
}

// close flushes pending changes and returns all leases.
func (f *followers) close() error {
	if f.reader != nil {
		f.reader.Close()
	}
	err := f.load.Flush()
	for p, h := range f.held {
		delete(f.held, p)
		h.give()
	}
	return err
}
