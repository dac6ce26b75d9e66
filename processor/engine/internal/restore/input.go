package restore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// ErrStateLost means that a stage's changelog lacks state that the stage had: it was
// emptied, recreated or truncated. Going on would emit facts a second time.
var ErrStateLost = errors.New("the stage's state is lost")

// ErrPartitionCount means that the partition count of the input differs from the
// configuration. Keys then hash to partitions that do not have their state.
var ErrPartitionCount = errors.New("the input has another number of partitions than configured")

// Cause is why a partition's input position differs from the group's offset.
type Cause string

const (
	// Gone means that the group has no committed offset, because it was deleted or
	// its offsets expired.
	Gone Cause = "offsets_gone"
	// SetBack means that an administrator set the group's offset back.
	SetBack Cause = "offsets_set_back"
	// SetForward means that an administrator set the group's offset forward.
	SetForward Cause = "offsets_set_forward"
	// Retention means that retention deleted records before they were read.
	Retention Cause = "retention"
	// Truncated means that the input lost records that had been read.
	Truncated Cause = "truncated"
	// Recreated means that the input topic was deleted and created again.
	Recreated Cause = "recreated"
)

// Causes returns all causes.
func Causes() []Cause {
	return []Cause{Gone, SetBack, SetForward, Retention, Truncated, Recreated}
}

// Move is a difference between the group's offset and the position at which the
// state resumes.
//
//	cause                  resumes at                           lost
//	offsets_gone, set_back the state's position                 nothing
//	offsets_set_forward    the group's offset                   from..to, skipped by an administrator
//	retention              the first existing record            from..to, never read
//	truncated              the end of the common log prefix     to..from, read and deleted
//	recreated              the start of the new topic           unread records of the old topic
type Move struct {
	Cause Cause
	// Committed is the group's offset, -1 for none. from is the position before the
	// correction, to the one after it.
	Committed, From, To int64
}

// String implements fmt.Stringer.
func (m *Move) String() string {
	return fmt.Sprintf("the input goes on at offset %d: %s (from %d, the group stood at %d)", m.To, m.Cause, m.From, m.Committed)
}

// Lost returns the number of offsets between from and to whose records are lost.
func (m *Move) Lost() int64 {
	switch m.Cause {
	case SetForward, Retention:
		return m.To - m.From
	case Truncated:
		return m.From - m.To
	case Gone, SetBack, Recreated:
	}
	return 0
}

// placeInputs determines the input position of each restored partition, within the
// bounds of the input log.
func (s *Restorer) placeInputs(ctx context.Context, found map[int32]*Result) error {
	epochs := map[int32]int32{}
	for p, r := range found {
		if err := s.placeInput(r); err != nil {
			return err
		}
		if r.Input.Epoch >= 0 {
			epochs[p] = r.Input.Epoch
		}
	}
	ends := map[int32]int64{}
	if len(epochs) > 0 {
		var err error
		if ends, err = s.admin.EpochEnds(ctx, s.config.Input, epochs); err != nil {
			return fmt.Errorf("ask where leader epochs of %s end: %w", s.config.Input, err)
		}
	}
	for p, r := range found {
		end, ok := ends[p]
		if !ok {
			end = r.inputEnd
		}
		r.limitTo(min(end, r.inputEnd))
	}
	return nil
}

// placeInput sets a partition's input position from the group's offset and the state.
func (s *Restorer) placeInput(r *Result) error {
	at, cause, err := s.resumeAt(r)
	if err != nil {
		return err
	}
	r.Input, r.Move = at, nil
	if cause != "" {
		r.Move = &Move{Cause: cause, Committed: r.Committed, From: at.Offset, To: at.Offset}
	}
	if cause == SetForward || cause == Recreated {
		r.Move.From = r.Progress.Input.Offset
	}
	return nil
}

// resumeAt returns the position at which a partition's input resumes: the input position in
// the state, which is committed with it, unless an administrator set the group's offset
// forward.
func (s *Restorer) resumeAt(r *Result) (at entry.InputPosition, cause Cause, err error) {
	group, state := entry.InputPosition{Offset: r.Committed, Epoch: r.epoch, TopicID: r.topicID}, r.Progress.Input
	begin := entry.InputPosition{Offset: r.Start, Epoch: -1, TopicID: r.topicID}
	switch {
	case r.Committed < 0 && !r.Progress.Known:
		return begin, "", nil
	case s.noState(r):
		return at, "", s.StateLost(r.Partition, fmt.Sprintf("its changelog holds no state, or not all of the first transaction, and the group has committed input offset %d", r.Committed))
	case !r.Progress.Known:
		return group, "", nil
	case state.TopicID != r.topicID:
		return begin, Recreated, nil
	case r.Committed < 0:
		return state, Gone, nil
	case r.Committed < state.Offset:
		return state, SetBack, nil
	case r.Committed == state.Offset:
		return state, "", nil
	case r.RebuildUntil >= r.Committed && !r.ours:
		return at, "", fmt.Errorf("%w: partition %d%s", ErrUnfinishedReset, r.Partition, s.config.Hint(ErrUnfinishedReset))
	case r.ours:
		return at, "", s.StateLost(r.Partition, fmt.Sprintf("its changelog has the state of input offset %d, and a transaction that wrote to it committed offset %d: it lost its end", state.Offset, r.Committed))
	}
	return group, SetForward, nil
}

// noState reports whether the changelog lacks the state that was committed together
// with the group's offset.
func (*Restorer) noState(r *Result) bool {
	empty := r.Header == "" && r.RebuildUntil == 0 && r.Committed > r.Start
	return empty || r.ours && !r.Progress.Known
}

// limitTo limits the position to the offsets that the input has. end is the end of the
// log, or the end of the part of it that was read before a truncation.
func (r *Result) limitTo(end int64) {
	at := r.Input.Offset
	switch {
	case at < r.Start:
		r.moveTo(Retention, at, r.Start)
	case at > end:
		r.moveTo(Truncated, at, max(end, r.Start))
	}
}

func (r *Result) moveTo(cause Cause, from, to int64) {
	r.Move = &Move{Cause: cause, Committed: r.Committed, From: from, To: to}
	r.Input.Offset, r.Input.Epoch = to, -1
}

// changelogLost returns an error if the changelog lacks state that the stage had. It is
// called before the local store is changed. topicID and start are the changelog's.
func (s *Restorer) changelogLost(r *Result, topicID [16]byte, start int64) error {
	if start == r.End && r.Committed >= 0 && (r.Committed > r.Start || r.ours) {
		return s.StateLost(r.Partition, fmt.Sprintf("its changelog is empty, and the group has committed input offset %d", r.Committed))
	}
	pos, found, err := r.State.Checkpoint()
	if err != nil {
		return err
	}
	if found && pos.TopicID == topicID && pos.Input > 0 && r.Committed >= pos.Input && max(pos.Offset, pos.Highest) > r.End {
		return s.StateLost(r.Partition, fmt.Sprintf("its changelog ends at offset %d, and the local state has more, up to %d", r.End, max(pos.Offset, pos.Highest)))
	}
	return nil
}

// StateLost returns the error for a lost state, with the way to recover.
func (s *Restorer) StateLost(partition int32, why string) error {
	return fmt.Errorf("%w: stage %s, partition %d of %s: %s; the stage has stopped and emits nothing from an incomplete state%s",
		ErrStateLost, s.config.Stage, partition, s.config.Changelog, why, s.config.Hint(ErrStateLost))
}

// CheckPartitions returns an error if the input has another partition count than
// configured.
func (s *Restorer) CheckPartitions(details kadm.TopicDetails) error {
	if have := len(details[s.config.Input].Partitions); have != int(s.config.Partitions) {
		return PartitionCountError([]string{PartitionCounts(s.config.Stage, s.config.Input, have, int(s.config.Partitions))}, s.config.Hint(ErrPartitionCount))
	}
	return nil
}

// PartitionCounts describes an input with another number of partitions than configured.
func PartitionCounts(stage, input string, have, want int) string {
	return fmt.Sprintf("stage %s: %s has %d partitions instead of %d", stage, input, have, want)
}

// PartitionCountError returns the error for the inputs that PartitionCounts describes.
func PartitionCountError(counts []string, hint string) error {
	return fmt.Errorf("%w: %s: keys of new partitions would meet state that lies elsewhere%s", ErrPartitionCount, strings.Join(counts, "; "), hint)
}

// ErrUnfinishedReset means that a reset emptied the changelog but did not set the
// group's offset back.
var ErrUnfinishedReset = errors.New("a reset of the stage was not finished")
