package engine

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
)

// moveInputs commits the position at which the state resumes as the group's offset, in
// a transaction that also writes the progress entry to the changelog. The client has
// already fetched from the group's previous offset, so the session ends.
func (w *worker) moveInputs(ctx context.Context, moves map[int32]*restore.Move) (err error) {
	ctx = w.traces.Begin(ctx, nil)
	defer func() {
		w.traces.Ended(w.tracedCounts(), err)
		w.batch = newBatch(w.changelog) // the client may still refer to the old one's memory
	}()
	w.task.ResetCounts()
	for p := range moves {
		w.context(w.parts[p])
	}
	if err := w.transact(ctx); err != nil {
		return err
	}
	if !w.evidence.Committed() {
		return fmt.Errorf("%w: the group's offsets were not moved to the state's position", failure.ErrRejoin)
	}
	var all []string
	for _, p := range slices.Sorted(maps.Keys(moves)) {
		w.tellMoved(ctx, p, moves[p])
		all = append(all, fmt.Sprintf("partition %d: %s", p, moves[p]))
	}
	return fmt.Errorf("%w: %s", failure.ErrRejoin, strings.Join(all, "; "))
}

// tellMoved logs and counts a correction and adds it to the status.
func (w *worker) tellMoved(ctx context.Context, p int32, m *restore.Move) {
	w.metrics.inputMoves.WithLabelValues(w.spec.Name, string(m.Cause)).Inc()
	w.metrics.inputLost.WithLabelValues(w.spec.Name, string(m.Cause)).Add(float64(m.Lost()))
	w.logger.ErrorContext(ctx, "the input goes on elsewhere than the group stood", slog.String("meaning", moveMessage(m.Cause)), slog.String("topic", w.input), slog.Int("partition", int(p)), slog.String("cause", string(m.Cause)),
		slog.Int64("committed", m.Committed), slog.Int64("from", m.From), slog.Int64("to", m.To), slog.Int64("offsets_lost", m.Lost()))
	w.status.Moved(Moved{Partition: p, Cause: string(m.Cause), From: m.From, To: m.To, At: w.deps.Now()})
}

// expectMoves creates a stage's counters with the value 0. A counter that appears with
// its first event has no increase that an alert could see.
func (m *metrics) expectMoves(stage string) {
	for _, cause := range restore.Causes() {
		m.inputMoves.WithLabelValues(stage, string(cause))
		m.inputLost.WithLabelValues(stage, string(cause))
	}
	for _, cause := range []string{kafka.GapRetention, kafka.GapAborted} {
		m.inputGaps.WithLabelValues(stage, cause)
	}
}

// moveMessage returns the explanation of a cause for the log.
func moveMessage(cause restore.Cause) string {
	switch cause {
	case restore.Gone:
		return "the group has no committed offset and the stage has state: going on at the state's own position"
	case restore.SetBack:
		return "the group's offset is before the state's position: going on at the state's own position; to read again reset the stage"
	case restore.SetForward:
		return "the group's offset was set forward: the records between are not processed"
	case restore.Retention:
		return "input records were removed before they were read: check retention"
	case restore.Truncated:
		return "the input lost records that were read: going on where its log parted"
	case restore.Recreated:
	}
	return "the input is another topic of the same name: reading it from its start"
}
