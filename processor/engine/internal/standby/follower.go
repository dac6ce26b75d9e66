package standby

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
	"github.com/tributary-hq/tributary/processor/engine/internal/throttle"
)

// follower is the running standby. A single goroutine uses it.
type follower struct {
	*Standby

	admin  *kadm.Client
	reader kafka.Reader // nil without replicas
	held   map[int32]*replica
	load   *restore.Loader
	looked time.Time
	lines  throttle.Lines
	// budget is the number of bytes that may be read before the rate limit applies.
	budget float64
	filled time.Time
}

// step returns requested leases, starts wanted replicas and polls their changelogs
// once.
func (f *follower) step(ctx context.Context) error {
	changed, err := f.giveBack()
	if err != nil {
		return err
	}
	now := f.config.Now()
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
	case f.config.Busy():
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
func (f *follower) poll(ctx context.Context) error {
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
	f.config.Read(after - before)
	if unreadable, ok := errors.AsType[*restore.RecordError](err); ok {
		return f.refuse(unreadable)
	}
	if ctx.Err() != nil {
		return nil // interrupted by a lease request, or stopped
	}
	return err
}

// wait returns the pause before the next poll that the rate limit demands.
func (f *follower) wait(now time.Time) time.Duration {
	rate := float64(f.config.BytesPerSecond)
	f.budget = min(f.budget+rate*now.Sub(f.filled).Seconds(), rate/4)
	f.filled = now
	if f.budget >= 0 {
		return 0
	}
	return time.Duration(-f.budget / rate * float64(time.Second))
}

// giveBack writes pending changes and returns leases that an owner waits for, and those
// of replicas that are no longer wanted.
func (f *follower) giveBack() (changed bool, err error) {
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
func (f *follower) take(ctx context.Context) (changed bool, err error) {
	f.mu.Lock()
	var chosen []*replica
	for p := range f.wanted {
		if f.held[p] != nil || f.refused[p] {
			continue
		}
		h := &replica{Result: restore.Result{Changelog: restore.Changelog{Partition: p, State: f.config.Store.Partition(f.config.Stage, p)}}}
		chosen = append(chosen, h)
	}
	f.mu.Unlock()
	took := chosen[:0]
	for _, h := range chosen {
		if give, ok := f.config.Store.Leases.TakeIdle(f.config.Stage, h.Partition, f.onYield(h)); ok {
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
func (f *follower) begin(ctx context.Context, took []*replica) (begun []*replica, err error) {
	details, err := f.admin.ListTopics(ctx, f.config.Changelog)
	if err == nil {
		err = details.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look at changelog %s: %w", f.config.Changelog, err)
	}
	starts, err := f.listed(f.admin.ListStartOffsets(ctx, f.config.Changelog))
	if err != nil {
		return nil, err
	}
	ends, err := f.listed(f.admin.ListEndOffsets(ctx, f.config.Changelog))
	if err != nil {
		return nil, err
	}
	for _, h := range took {
		start, ok1 := starts.Lookup(f.config.Changelog, h.Partition)
		end, ok2 := ends.Lookup(f.config.Changelog, h.Partition)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("changelog %s has no partition %d", f.config.Changelog, h.Partition)
		}
		h.End = end.Offset
		id := [16]byte(details[f.config.Changelog].ID)
		if left, err := h.allThatIsLeft(id, start.Offset); err != nil {
			return nil, err
		} else if left {
			f.logKept(ctx, h.Partition)
			continue
		}
		if err := restore.UseCheckpoint(f.config.Store, &h.Result, id, start.Offset, f.config.Now(), f.config.DeleteRetention); err != nil {
			return nil, err
		}
		begun = append(begun, h)
	}
	return begun, nil
}

// allThatIsLeft reports whether the replica holds state while the changelog was emptied or
// created again. The owner then refuses to work, and the replica must be kept until the
// changelog has a state again.
func (h *replica) allThatIsLeft(topicID [16]byte, start int64) (bool, error) {
	pos, found, err := h.State.Checkpoint()
	if err != nil {
		return false, err
	}
	return found && start == h.End && (pos.TopicID != topicID || pos.Offset < start), nil
}

// logKept logs, rate-limited, that a replica is kept.
func (f *follower) logKept(ctx context.Context, partition int32) {
	if suppressed, ok := f.lines.Allow(fmt.Sprint("kept ", partition), f.config.Now()); ok {
		f.logger.WarnContext(ctx, "the changelog is empty and this standby replica is not: it is kept as it is, and not followed",
			slog.String("changelog", f.config.Changelog), slog.Int("partition", int(partition)), slog.Int("held_back", suppressed))
	}
}

func (f *follower) listed(listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of %s: %w", f.config.Changelog, err)
	}
	return listed, nil
}

// reopen replaces the reader with one for the current replicas, at their positions.
func (f *follower) reopen() (err error) {
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
	f.reader, err = f.config.Cluster.Read(&kafka.ReadRequest{
		Client: f.config.Stage, Topic: f.config.Changelog, From: from, FetchMaxBytes: min(standbyFetchBytes, f.config.FetchMaxBytes),
	})
	return err
}

// lookAtEnds writes pending changes and compares the replicas with the last stable
// offsets, because they read committed records only.
func (f *follower) lookAtEnds(ctx context.Context) error {
	if len(f.held) == 0 {
		return nil
	}
	now := f.config.Now()
	ends, err := f.listed(f.admin.ListCommittedOffsets(ctx, f.config.Changelog))
	if err != nil {
		return err
	}
	for p, h := range f.held {
		end, ok := ends.Lookup(f.config.Changelog, p)
		if !ok {
			continue
		}
		h.End = end.Offset
		if h.Checkpoint.Offset >= h.End {
			h.Checkpoint.AtEnd = now.UnixMilli()
			f.load.Touched[&h.Changelog] = true
		}
		if h.End-h.Checkpoint.Offset <= assignor.AcceptableLag {
			f.requestMove(h)
		}
	}
	f.publish(f.held)
	return f.load.Flush()
}

// refuse excludes a partition whose changelog this release cannot read. During a
// rolling upgrade, the new release may already write it.
func (f *follower) refuse(cause *restore.RecordError) error {
	f.logger.Warn("standby cannot read a changelog, there is no standby replica here",
		slog.Int("partition", int(cause.Partition)), slog.String("error", cause.Error()))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused[cause.Partition] = true
	return cause
}

// close flushes pending changes and returns all leases.
func (f *follower) close() error {
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
