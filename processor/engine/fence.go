package engine

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// fence ends transactions that a former owner left open on our changelog, by
// taking over its transactional id: instead of waiting until the broker's
// transaction timeout aborts them. It only touches ids of this stage. Where the
// right to do so is missing, the restore waits for the timeout, and says so.
//
// A transaction that its coordinator takes for over, while it is open here, was
// forgotten by a broker: nothing but settling it would end it. If it is the worker's
// own, the session ends.
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

// remember settles transactions that are over for their coordinator and open all the
// same, then as before: markers come before the completion.
func (w *worker) remember(ctx context.Context, partitions []int32, before map[openAt]kadm.DescribedProducer, forgotten []kadm.ListedTransaction) error {
	if len(forgotten) == 0 {
		return nil
	}
	now, err := w.openHere(ctx, partitions)
	if err != nil {
		return nil //nolint:nilerr // asked again soon
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

// openAt is a producer's place in the changelog.
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
		return nil, err //nolint:wrapcheck // the caller says what was asked
	}
	open := map[openAt]kadm.DescribedProducer{}
	described.EachProducer(func(p kadm.DescribedProducer) {
		if p.CurrentTxnStartOffset >= 0 {
			open[openAt{p.Partition, p.ProducerID}] = p
		}
	})
	return open, nil
}

// takeOver calls InitProducerID for a transactional id, which makes the broker abort
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

// forgottenAfter is longer than any transaction is open: its timeout and the brokers'
// interval of looking for those.
func (w *worker) forgottenAfter() time.Duration {
	const intervals = 3
	return intervals * w.config.TransactionTimeout
}

// restAfter is how long a restore waits for offsets before it looks whether anybody
// could still be about to commit them.
func (w *worker) restAfter() time.Duration {
	const looks = 4
	return looks * w.config.FenceAfter
}

// healWaiting settles every transactional id of the stage that is at rest, when
// offsets wait for none that could be seen: all are at rest, or the wait was longer than
// any transaction may be open. Whose they are is not to be seen; an owner that lives
// joins anew.
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
