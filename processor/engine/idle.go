package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
)

// followWallClock advances the watermarks of partitions that are read to their end, for
// stages without an upstream watermark. It reads the wall clock before it fetches the
// end offsets and stays behind it by WatermarkIdleTimeout: a record that arrives later has a later
// received_at. These stages poll control records, so that a position can pass a marker
// at the end.
func (w *worker) followWallClock(ctx context.Context) {
	now := w.deps.Now()
	if !w.spec.WallClock || now.Sub(w.lastIdle) < w.config.WatermarkInterval {
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
			w.context(part).AdvanceWatermark(now.Add(-w.config.WatermarkIdleTimeout))
		}
	}
}

// touch refreshes the time at which a stored checkpoint was last known to be the end of
// the changelog, for partitions without writes. At most one offset may follow the
// checkpoint: the marker of our own last transaction, or the first record of a
// transaction that was not committed then. A failure only means a longer restore later.
func (w *worker) touch(ctx context.Context) {
	now := w.deps.Now()
	if now.Sub(w.lastTouch) < w.config.DeleteRetention/100 {
		return
	}
	first := w.lastTouch.IsZero()
	w.lastTouch = now
	if first {
		return // the restore has just written the checkpoint
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	ends, err := w.offsets(w.admin.ListEndOffsets(ctx, w.changelog))
	if err != nil {
		return
	}
	for p, part := range w.parts {
		end, ok := ends.Lookup(w.changelog, p)
		if !ok || !part.ready || end.Offset > part.pos.Offset+1 {
			continue
		}
		part.pos.AtEnd = now.UnixMilli()
		part.state.Cache.Touch()
	}
	if err := w.writeBack(); err != nil {
		w.logger.WarnContext(ctx, "cannot note that the state is current", slog.String("error", err.Error()))
	}
}

func (w *worker) offsets(listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	return restore.CheckOffsets(w.spec.Name, listed, err)
}
