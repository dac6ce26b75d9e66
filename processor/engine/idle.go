package engine

import (
	"context"
	"log/slog"
	"time"
)

// idleCheck is what was last seen of an input partition's end.
type idleCheck struct{ end, next int64 }

// followWallClock moves the clocks of partitions that are read to their end, for
// stages that have no upstream clock. The time is noted before the end is asked
// for, and stays behind by ClockLag: a record that is not there yet has a later
// received_at. A transaction marker can stay behind the last record for good, so a
// partition whose end and position stood still since the last look is at its end
// too.
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
		seen := idleCheck{end: end.Offset, next: part.next}
		if part.next >= end.Offset || part.idle == seen {
			w.scope(part).AdvanceClock(now.Add(-w.config.ClockLag))
		}
		part.idle = seen
	}
}
