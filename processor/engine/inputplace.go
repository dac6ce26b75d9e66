package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// ErrStateLost means that a stage's changelog lacks state that the stage had: it was
// emptied, recreated or truncated. Going on would emit facts a second time.
var ErrStateLost = errors.New("the stage's state is lost")

// ErrPartitionCount means that the partition count of the input differs from the
// configuration. Keys then hash to partitions that do not have their state.
var ErrPartitionCount = errors.New("the input has another number of partitions than configured")

// moveCause is why a partition's input position differs from the group's offset.
type moveCause string

const (
	// moveGone: the group has no committed offset, because it was deleted or its
	// offsets expired.
	moveGone moveCause = "offsets_gone"
	// moveBack: an administrator set the group's offset back.
	moveBack moveCause = "offsets_set_back"
	// moveForward: an administrator set the group's offset forward.
	moveForward moveCause = "offsets_set_forward"
	// moveRetention: retention deleted records before they were read.
	moveRetention moveCause = "retention"
	// moveTruncated: the input lost records that had been read.
	moveTruncated moveCause = "truncated"
	// moveRecreated: the input topic was deleted and created again.
	moveRecreated moveCause = "recreated"
)

func moveCauses() []moveCause {
	return []moveCause{moveGone, moveBack, moveForward, moveRetention, moveTruncated, moveRecreated}
}

// inputMove is a difference between the group's offset and the position at which the
// state resumes.
//
//	cause                  resumes at                           lost
//	offsets_gone, set_back the state's position                 nothing
//	offsets_set_forward    the group's offset                   from..to, skipped by an administrator
//	retention              the first existing record            from..to, never read
//	truncated              the end of the common log prefix     to..from, read and deleted
//	recreated              the start of the new topic           unread records of the old topic
type inputMove struct {
	cause moveCause
	// committed is the group's offset, -1 for none. from is the position before the
	// correction, to the one after it.
	committed, from, to int64
}

// String implements fmt.Stringer.
func (m *inputMove) String() string {
	return fmt.Sprintf("the input goes on at offset %d: %s (from %d, the group stood at %d)", m.to, m.cause, m.from, m.committed)
}

// lost returns the number of offsets between from and to whose records are lost.
func (m *inputMove) lost() int64 {
	switch m.cause {
	case moveForward, moveRetention:
		return m.to - m.from
	case moveTruncated:
		return m.from - m.to
	case moveGone, moveBack, moveRecreated:
	}
	return 0
}

// placeInputs determines the input position of each restored partition, within the
// bounds of the input log.
func (w *restorer) placeInputs(ctx context.Context, found map[int32]*restored) error {
	epochs := map[int32]int32{}
	for p, r := range found {
		if err := w.place(r); err != nil {
			return err
		}
		if r.input.Epoch >= 0 {
			epochs[p] = r.input.Epoch
		}
	}
	if w.config.Off.Truncation {
		return nil
	}
	ends := map[int32]int64{}
	if len(epochs) > 0 {
		var err error
		if ends, err = w.admin.EpochEnds(ctx, w.config.Input, epochs); err != nil {
			return fmt.Errorf("ask where leader epochs of %s end: %w", w.config.Input, err)
		}
	}
	for p, r := range found {
		end, ok := ends[p]
		if !ok {
			end = r.inputEnd
		}
		r.within(min(end, r.inputEnd))
	}
	return nil
}

// place sets a partition's input position from the group's offset and the state.
func (w *restorer) place(r *restored) error {
	at, cause, err := w.goOn(r)
	if err != nil {
		return err
	}
	r.input, r.move = at, nil
	if cause != "" {
		r.move = &inputMove{cause: cause, committed: r.committed, from: at.Offset, to: at.Offset}
	}
	if cause == moveForward || cause == moveRecreated {
		r.move.from = r.progress.Input.Offset
	}
	return nil
}

// goOn returns the position at which a partition's input resumes: the input position in
// the state, which is committed with it, unless an administrator set the group's offset
// forward.
func (w *restorer) goOn(r *restored) (at entry.InputPosition, cause moveCause, err error) {
	group, state := entry.InputPosition{Offset: r.committed, Epoch: r.epoch, TopicID: r.topicID}, r.progress.Input
	begin := entry.InputPosition{Offset: r.start, Epoch: -1, TopicID: r.topicID}
	switch {
	case r.committed < 0 && (!r.progress.Known || w.config.Off.Group):
		return begin, "", nil
	case w.noState(r) && !w.config.Off.Changelog:
		return at, "", w.stateLost(r.partition, fmt.Sprintf("its changelog holds no state, or not all of the first transaction, and the group has committed input offset %d", r.committed))
	case !r.progress.Known, w.config.Off.Group:
		return group, "", nil
	case state.TopicID != r.topicID:
		return begin, moveRecreated, nil
	case r.committed < 0:
		return state, moveGone, nil
	case r.committed < state.Offset:
		return state, moveBack, nil
	case r.committed == state.Offset:
		return state, "", nil
	case r.rebuildUntil >= r.committed && !r.ours:
		return at, "", fmt.Errorf("%w: partition %d%s", ErrUnfinishedReset, r.partition, w.config.Hint(ErrUnfinishedReset))
	case r.ours && !w.config.Off.Changelog:
		return at, "", w.stateLost(r.partition, fmt.Sprintf("its changelog has the state of input offset %d, and a transaction that wrote to it committed offset %d: it lost its end", state.Offset, r.committed))
	}
	return group, moveForward, nil
}

// noState reports whether the changelog lacks the state that was committed together
// with the group's offset.
func (*restorer) noState(r *restored) bool {
	empty := r.header == "" && r.rebuildUntil == 0 && r.committed > r.start
	return empty || r.ours && !r.progress.Known
}

// within limits the position to the offsets that the input has. end is the end of the
// log, or the end of the part of it that was read before a truncation.
func (r *restored) within(end int64) {
	at := r.input.Offset
	switch {
	case at < r.start:
		r.moved(moveRetention, at, r.start)
	case at > end:
		r.moved(moveTruncated, at, max(end, r.start))
	}
}

func (r *restored) moved(cause moveCause, from, to int64) {
	r.move = &inputMove{cause: cause, committed: r.committed, from: from, to: to}
	r.input.Offset, r.input.Epoch = to, -1
}

// changelogLost returns an error if the changelog lacks state that the stage had. It is
// called before the local store is changed. topicID and start are the changelog's.
func (w *restorer) changelogLost(r *restored, topicID [16]byte, start int64) error {
	if w.config.Off.Changelog {
		return nil
	}
	if start == r.end && r.committed >= 0 && (r.committed > r.start || r.ours) {
		return w.stateLost(r.partition, fmt.Sprintf("its changelog is empty, and the group has committed input offset %d", r.committed))
	}
	pos, found, err := r.state.Checkpoint()
	if err != nil {
		return err
	}
	if found && pos.TopicID == topicID && pos.Input > 0 && r.committed >= pos.Input && max(pos.Offset, pos.Highest) > r.end {
		return w.stateLost(r.partition, fmt.Sprintf("its changelog ends at offset %d, and the local state has more, up to %d", r.end, max(pos.Offset, pos.Highest)))
	}
	return nil
}

// stateLost returns the error for a lost state, with the way to recover.
func (w *restorer) stateLost(partition int32, why string) error {
	return fmt.Errorf("%w: stage %s, partition %d of %s: %s; the stage has stopped and emits nothing from an incomplete state%s",
		ErrStateLost, w.config.Stage, partition, w.config.Changelog, why, w.config.Hint(ErrStateLost))
}

// checkPartitions returns an error if the input has another partition count than
// configured.
func (w *restorer) checkPartitions(details kadm.TopicDetails) error {
	if have := len(details[w.config.Input].Partitions); have != int(w.config.Partitions) && !w.config.Off.Partitions {
		return partitionCount(w.config.Stage, w.config.Input, have, int(w.config.Partitions), w.config.Hint(ErrPartitionCount))
	}
	return nil
}

// partitionCount returns the error for an input with another number of partitions than
// configured.
func partitionCount(stage, input string, have, want int, hint string) error {
	return fmt.Errorf("%w: stage %s: %s has %d partitions instead of %d: keys of new partitions would meet state that lies elsewhere%s",
		ErrPartitionCount, stage, input, have, want, hint)
}

// ErrUnfinishedReset means that a reset emptied the changelog but did not set the
// group's offset back.
var ErrUnfinishedReset = errors.New("a reset of the stage was not finished")
