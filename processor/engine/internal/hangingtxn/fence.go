package hangingtxn

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// Fence ends transactions that previous owners left open on our changelog. It takes
// over their transactional ids instead of waiting for the broker's transaction timeout.
// It only touches ids of this stage. Without the required ACL, the restore waits for
// the timeout and logs that.
//
// A transaction that its coordinator considers complete, but that is open here, is a
// hanging transaction (KAFKA-20734): no timeout ends it. Fence completes it, or
// returns ErrOwnHangs if it is the worker's own.
func (r *Recovery) Fence(ctx context.Context, partitions []int32) error {
	open, err := r.openInChangelog(ctx, partitions)
	if err != nil {
		r.config.Logger.WarnContext(ctx, "restore waits for an open transaction and cannot see whose it is: waiting for the transaction timeout",
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
	listed, err := r.admin.ListTransactions(ctx, ids, nil)
	if err != nil {
		r.config.Logger.WarnContext(ctx, "restore waits for an open transaction and cannot list it: waiting for the transaction timeout",
			slog.String("error", err.Error()))
		return nil
	}
	var hanging []kadm.ListedTransaction
	for _, t := range listed.Sorted() {
		switch {
		case !strings.HasPrefix(t.TxnID, r.config.Group+"."):
		case isComplete(t.State):
			hanging = append(hanging, t)
		case t.State == "Ongoing" && t.TxnID != r.config.TransactionalID:
			r.fenceOwner(ctx, t.TxnID)
		}
		// One whose end is decided waits for its markers alone, and its owner may live.
	}
	return r.completeIfHanging(ctx, partitions, open, hanging)
}

// completeIfHanging completes hanging transactions. The coordinator writes all markers
// before it reports a transaction complete. So a transaction that was reported complete and is
// still open in a second look at the partitions lacks a marker; one that was only open
// in the first look has ended normally since.
func (r *Recovery) completeIfHanging(ctx context.Context, partitions []int32, before map[openAt]kadm.DescribedProducer, hanging []kadm.ListedTransaction) error {
	if len(hanging) == 0 {
		return nil
	}
	now, err := r.openInChangelog(ctx, partitions)
	if err != nil {
		return nil //nolint:nilerr // the next look retries
	}
	for _, t := range hanging {
		still := false
		for at, p := range now {
			was, ok := before[at]
			still = still || ok && at.pid == t.ProducerID && was.CurrentTxnStartOffset == p.CurrentTxnStartOffset
		}
		switch {
		case !still:
		case t.TxnID == r.config.TransactionalID:
			return ErrOwnHangs
		default:
			if err := r.takeOverAndComplete(ctx, t.TxnID); err != nil {
				r.config.Logger.WarnContext(ctx, "cannot end a transaction that a broker has left open: see the runbook", slog.String("error", err.Error()))
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

// openInChangelog returns the transactions that are open on partitions of the changelog.
func (r *Recovery) openInChangelog(ctx context.Context, partitions []int32) (map[openAt]kadm.DescribedProducer, error) {
	topics := kadm.TopicsSet{}
	topics.Add(r.config.Changelog, partitions...)
	if len(partitions) == 0 {
		return nil, nil
	}
	described, err := r.admin.DescribeProducers(ctx, topics)
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

// fenceOwner calls InitProducerId for a transactional id, which makes the broker abort
// its open transaction and fence its owner.
func (r *Recovery) fenceOwner(ctx context.Context, id string) {
	if _, err := r.admin.TakeOver(ctx, id, r.config.TransactionTimeout); err != nil {
		r.config.Logger.WarnContext(ctx, "cannot fence the owner of an open transaction: waiting for the transaction timeout",
			slog.String("transactional_id", id), slog.String("error", err.Error()))
		return
	}
	r.config.Fenced()
	r.config.Logger.InfoContext(ctx, "fenced the owner of an open transaction", slog.String("transactional_id", id))
}

// LongWait is a time that no healthy transaction stays open for: the transaction
// timeout plus the interval at which brokers check for expired transactions.
func (r *Recovery) LongWait() time.Duration {
	const intervals = 3
	return intervals * r.config.TransactionTimeout
}

// IdleCheckAfter is how long a restore waits for stable offsets before it checks whether
// any transaction can still commit them.
func (r *Recovery) IdleCheckAfter() time.Duration {
	const looks = 4
	return looks * r.config.FenceAfter
}

// CompleteIdle runs the recovery for all idle transactional ids of the stage when
// pending offsets block a restore. Kafka does not show which transaction the offsets
// belong to. So it only runs if every id is idle, or if long is true: the wait exceeded
// LongWait. A living owner of such an id is fenced and rejoins.
func (r *Recovery) CompleteIdle(ctx context.Context, long bool) error {
	listed, err := r.admin.ListTransactions(ctx, nil, nil)
	if err != nil {
		return r.tolerate(ctx, err)
	}
	var idle []string
	for _, t := range listed.Sorted() {
		switch {
		case !strings.HasPrefix(t.TxnID, r.config.Group+"."):
		case isComplete(t.State):
			idle = append(idle, t.TxnID)
		case !long:
			return nil
		}
	}
	own := slices.Contains(idle, r.config.TransactionalID)
	for _, id := range idle {
		if id == r.config.TransactionalID {
			continue
		}
		if err := r.takeOverAndComplete(ctx, id); err != nil {
			r.config.Logger.WarnContext(ctx, "cannot complete the transactions of a transactional id: see the runbook", slog.String("error", err.Error()))
		}
	}
	if own {
		return ErrOwnHangs
	}
	return nil
}
