package engine

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// fence ends transactions that previous owners left open on our changelog. It takes
// over their transactional ids instead of waiting for the broker's transaction timeout.
// It only touches ids of this stage. Without the required ACL, the restore waits for
// the timeout and logs that.
//
// A transaction that its coordinator considers complete, but that is open here, is a
// hanging transaction (KAFKA-20734): no timeout ends it. fence completes it, or ends
// the session if it is the worker's own.
func (w *worker) fence(ctx context.Context, partitions []int32) error {
	open, err := w.openHere(ctx, partitions)
	if err != nil {
		w.logger.WarnContext(ctx, "restore waits for an open transaction and cannot see whose it is: waiting for the transaction timeout",
			slog.String("error", err.Error()))
		return nil
	}
	if len(open) == 0 {
		return nil
	}
	var ids []int64
	for _, p := range open {
		ids = append(ids, p.ProducerID)
	}
	listed, err := w.admin.ListTransactions(ctx, ids, nil)
	if err != nil {
		w.logger.WarnContext(ctx, "restore waits for an open transaction and cannot list it: waiting for the transaction timeout",
			slog.String("error", err.Error()))
		return nil
	}
	var forgotten []kadm.ListedTransaction
	for _, t := range listed.Sorted() {
		switch {
		case !strings.HasPrefix(t.TxnID, w.group+"."):
		case over(t.State):
			forgotten = append(forgotten, t)
		case t.State == "Ongoing" && t.TxnID != w.transactionalID:
			w.takeOver(ctx, t.TxnID)
		}
		// One whose end is decided waits for its markers alone, and its owner may live.
	}
	return w.remember(ctx, partitions, open, forgotten)
}

// remember completes hanging transactions. The coordinator writes all markers before it
// reports a transaction complete. So a transaction that was reported complete and is
// still open in a second look at the partitions lacks a marker; one that was only open
// in the first look has ended normally since.
func (w *worker) remember(ctx context.Context, partitions []int32, before map[openAt]kadm.DescribedProducer, forgotten []kadm.ListedTransaction) error {
	if len(forgotten) == 0 {
		return nil
	}
	now, err := w.openHere(ctx, partitions)
	if err != nil {
		return nil //nolint:nilerr // the next look retries
	}
	for _, t := range forgotten {
		still := false
		for at, p := range now {
			was, ok := before[at]
			still = still || ok && at.pid == t.ProducerID && was.CurrentTxnStartOffset == p.CurrentTxnStartOffset
		}
		switch {
		case !still:
		case t.TxnID == w.transactionalID:
			return errForgotten
		default:
			if err := w.heal(ctx, t.TxnID); err != nil {
				w.logger.WarnContext(ctx, "cannot end a transaction that a broker has left open: see the runbook", slog.String("error", err.Error()))
			}
		}
	}
	return nil
}

// openAt identifies a producer's open transaction in a changelog partition.
type openAt struct {
	partition int32
	pid       int64
}

// openHere returns the transactions that are open on partitions of the changelog.
func (w *worker) openHere(ctx context.Context, partitions []int32) (map[openAt]kadm.DescribedProducer, error) {
	topics := kadm.TopicsSet{}
	topics.Add(w.changelog, partitions...)
	if len(partitions) == 0 {
		return nil, nil
	}
	described, err := w.admin.DescribeProducers(ctx, topics)
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller adds the context
	}
	open := map[openAt]kadm.DescribedProducer{}
	described.EachProducer(func(p kadm.DescribedProducer) {
		if p.CurrentTxnStartOffset >= 0 {
			open[openAt{p.Partition, p.ProducerID}] = p
		}
	})
	return open, nil
}

// takeOver calls InitProducerId for a transactional id, which makes the broker abort
// its open transaction and fence its owner.
func (w *worker) takeOver(ctx context.Context, id string) {
	if _, err := w.admin.TakeOver(ctx, id, w.config.TransactionTimeout); err != nil {
		w.logger.WarnContext(ctx, "cannot fence the owner of an open transaction: waiting for the transaction timeout",
			slog.String("transactional_id", id), slog.String("error", err.Error()))
		return
	}
	w.metrics.fenced.WithLabelValues(w.spec.Name).Inc()
	w.logger.InfoContext(ctx, "fenced the owner of an open transaction", slog.String("transactional_id", id))
}

// forgottenAfter is a time that no healthy transaction stays open for: the transaction
// timeout plus the interval at which brokers check for expired transactions.
func (w *worker) forgottenAfter() time.Duration {
	const intervals = 3
	return intervals * w.config.TransactionTimeout
}

// restAfter is how long a restore waits for stable offsets before it checks whether any
// transaction can still commit them.
func (w *worker) restAfter() time.Duration {
	const looks = 4
	return looks * w.config.FenceAfter
}

// healWaiting runs the recovery for all idle transactional ids of the stage when
// pending offsets block a restore. Kafka does not show which transaction the offsets
// belong to. So it only runs if every id is idle, or if long is true: the wait exceeded
// forgottenAfter. A living owner of such an id is fenced and rejoins.
func (w *worker) healWaiting(ctx context.Context, long bool) error {
	listed, err := w.admin.ListTransactions(ctx, nil, nil)
	if err != nil {
		return w.cannotLook(ctx, err)
	}
	var atRest []string
	for _, t := range listed.Sorted() {
		switch {
		case !strings.HasPrefix(t.TxnID, w.group+"."):
		case over(t.State):
			atRest = append(atRest, t.TxnID)
		case !long:
			return nil
		}
	}
	own := slices.Contains(atRest, w.transactionalID)
	for _, id := range atRest {
		if id == w.transactionalID {
			continue
		}
		if err := w.heal(ctx, id); err != nil {
			w.logger.WarnContext(ctx, "cannot settle a transactional id: see the runbook", slog.String("error", err.Error()))
		}
	}
	if own {
		return errForgotten
	}
	return nil
}
