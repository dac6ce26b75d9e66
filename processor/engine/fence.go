package engine

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
)

// fence ends transactions that a former owner left open on our changelog, by
// taking over its transactional id: instead of waiting until the broker's
// transaction timeout aborts them. It only touches ids of this stage. Where the
// right to do so is missing, the restore waits for the timeout, and says so.
func (w *worker) fence(ctx context.Context, partitions []int32) {
	if len(partitions) == 0 {
		return
	}
	topics := kadm.TopicsSet{}
	topics.Add(w.changelog, partitions...)
	described, err := w.admin.DescribeProducers(ctx, topics)
	if err != nil {
		w.logger.WarnContext(ctx, "restore waits for an open transaction and cannot see whose it is: waiting for the transaction timeout",
			slog.String("error", err.Error()))
		return
	}
	var ids []int64
	described.EachProducer(func(p kadm.DescribedProducer) {
		if p.CurrentTxnStartOffset >= 0 {
			ids = append(ids, p.ProducerID)
		}
	})
	if len(ids) == 0 {
		return
	}
	// One whose end is decided waits for its markers alone, and its owner may live.
	open, err := w.admin.ListTransactions(ctx, ids, []string{"Ongoing"})
	if err != nil {
		w.logger.WarnContext(ctx, "restore waits for an open transaction and cannot list it: waiting for the transaction timeout",
			slog.String("error", err.Error()))
		return
	}
	for _, id := range slices.Sorted(maps.Keys(open)) {
		if !strings.HasPrefix(id, w.group+".") || id == w.transactionalID {
			continue
		}
		w.takeOver(ctx, id)
	}
}

// takeOver makes the broker abort what is open under a transactional id and
// refuse its owner from now on.
func (w *worker) takeOver(ctx context.Context, id string) {
	if err := w.admin.TakeOver(ctx, id, w.config.TransactionTimeout); err != nil {
		w.logger.WarnContext(ctx, "cannot fence the owner of an open transaction: waiting for the transaction timeout",
			slog.String("transactional_id", id), slog.String("error", err.Error()))
		return
	}
	w.metrics.fenced.WithLabelValues(w.spec.Name).Inc()
	w.logger.InfoContext(ctx, "fenced the owner of an open transaction", slog.String("transactional_id", id))
}
