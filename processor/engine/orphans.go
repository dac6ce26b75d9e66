package engine

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
)

// adoptOrphans ends the session and leaves the group if partitions of the input have no
// owner.
//
// If a static member is killed between giving partitions up and rejoining, nobody owns
// them: the member comes back under its instance id and gets its previous assignment
// without a rebalance. Two looks that are one session timeout apart rule out a
// rebalance in progress.
func (w *worker) adoptOrphans(ctx context.Context) error {
	now := w.deps.Now()
	if now.Sub(w.lastOrphans) < w.config.SessionTimeout {
		return nil
	}
	w.lastOrphans = now
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	orphans, first, err := w.admin.Orphans(ctx, w.group, w.input)
	if err != nil || first != w.transactionalID {
		orphans = nil // only the member with the smallest instance id acts
	}
	seen := len(orphans) > 0 && slices.Equal(orphans, w.orphans)
	w.orphans = orphans
	if !seen {
		return nil
	}
	w.orphans = nil
	w.logger.WarnContext(ctx, "partitions have no owner, leaving the group so that it shares them out anew", slog.Any("partitions", orphans))
	if err := w.admin.LeaveAs(ctx, w.group, w.transactionalID); err != nil {
		return fmt.Errorf("%w: leave group %s: %w", failure.ErrRejoin, w.group, err)
	}
	return fmt.Errorf("%w: partitions %v of %s had no owner", failure.ErrRejoin, orphans, w.input)
}
