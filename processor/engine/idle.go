package engine

import (
	"context"
	"log/slog"
	"time"
)

// followWallClock moves the clocks of partitions that are read to their end, for
// stages that have no upstream clock. The time is noted before the end is asked
// for, and stays behind by ClockLag: a record that is not there yet has a later
// received_at. The position passes markers too, for these stages poll them.
func (w *worker) followWallClock(ctx context.Context) {
	now := w.deps.Now()
	if !w.spec.WallClock || now.Sub(w.lastIdle) < w.config.ClockInterval {
		return
	}
	w.lastIdle = now
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	ends, err := w.offsets(w.admin.ListCommittedOffsets(ctx, w.input))
	if err != nil {
		w.logger.DebugContext(ctx, "cannot look at the input's end, idle clocks stand", slog.String("error", err.Error()))
		return
	}
	for p, part := range w.parts {
		end, ok := ends.Lookup(w.input, p)
		if !ok || !part.ready {
			continue
		}
		if part.next >= end.Offset {
			w.scope(part).AdvanceClock(now.Add(-w.config.ClockLag))
		}
	}
}

// touch keeps the time at which a stored position was last known to be the
// changelog's end, for partitions that have nothing to write. At most one offset
// may lie behind the position: our own last marker, or the first record of a
// transaction that was not committed then. Failing costs nothing but a longer
// restore some day.
func (w *worker) touch(ctx context.Context) {
	now := w.deps.Now()
	if now.Sub(w.lastTouch) < w.config.DeleteRetention/100 {
		return
	}
	first := w.lastTouch.IsZero()
	w.lastTouch = now
	if first {
		return // a restore has just written it
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	ends, err := w.offsets(w.admin.ListEndOffsets(ctx, w.changelog))
	if err != nil {
		return
	}
	for p, part := range w.parts {
		end, ok := ends.Lookup(w.changelog, p)
		if !ok || !part.ready || end.Offset > part.pos.offset+1 {
			continue
		}
		part.pos.atEnd = now.UnixMilli()
		part.state.hot.moved = true
	}
	if err := w.writeBack(); err != nil {
		w.logger.WarnContext(ctx, "cannot note that the state is current", slog.String("error", err.Error()))
	}
}
