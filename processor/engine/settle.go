package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// Recovery of hanging transactions. A broker that dies during a transaction can
// complete it without having written all markers (KAFKA-20734). The partitions without
// a marker then have an open transaction that never ends, which blocks their last
// stable offset. The worker that finds one takes over its transactional id and writes
// the missing markers with a new transaction on just these partitions, which ends as
// the hanging one had ended. verdict decides that from the traces of the hanging
// transaction.

// errEpochs means that the markers of a producer's transactions cannot be distinguished.
var errEpochs = errors.New("the brokers' transaction.version is below 2: transactions cannot be told apart by their epochs")

// errForgotten ends a session so that the next one completes the hanging transaction.
var errForgotten = fmt.Errorf("%w: a broker has left this worker's last transaction open", errRejoin)

// over reports whether a transaction is complete for its coordinator.
func over(state string) bool {
	return state == "CompleteCommit" || state == "CompleteAbort" || state == "Empty"
}

// own initializes the worker's transactional id. kgo would do so with the first
// transaction; doing it earlier aborts a transaction that a previous run of this worker
// left open, before a restore waits for it. It also completes hanging transactions of
// previous runs.
func (w *worker) own(ctx context.Context) error {
	pid, epoch, err := w.session.ProducerID(ctx)
	if err != nil {
		return fmt.Errorf("%w: take over transactional id %s: %w", errRejoin, w.transactionalID, err)
	}
	w.streak = streak{pid: pid}
	if w.deps.harmed.by(HarmNoSettle) {
		return nil
	}
	open, err := w.openOf(ctx, pid)
	if err != nil {
		return w.cannotLook(ctx, err)
	}
	if len(open) == 0 && !w.someWait(ctx) {
		return nil
	}
	if ok, err := w.admin.EpochPerTransaction(ctx); err != nil || !ok {
		if err == nil && len(open) > 0 {
			err = errEpochs
		}
		return w.cannotLook(ctx, err)
	}
	if err := w.endForgotten(ctx, w.transactionalID, kafka.Producer{ID: pid, Epoch: epoch}); err != nil {
		return fmt.Errorf("%w: %w", errRejoin, err)
	}
	return nil
}

// someWait reports whether any of the group's offsets are pending in a transaction.
func (w *worker) someWait(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	offsets, err := w.admin.FetchOffsets(kadm.RequireStable(ctx), w.group)
	if err == nil {
		err = offsets.Error()
	}
	return errors.Is(err, kerr.UnstableOffsetCommit)
}

// settled checks, before a transaction begins, that the worker's last one is not
// hanging in any partition: records of the next transaction in such a partition would
// end with it. If it hangs, the session ends, and the next session completes it.
func (w *worker) settled(ctx context.Context) error {
	for !w.deps.harmed.by(HarmNoSettle) {
		open, err := w.openOf(ctx, w.streak.pid)
		if err != nil || len(open) == 0 {
			return w.cannotLook(ctx, err)
		}
		state, err := w.stateOf(ctx, w.streak.pid)
		if err != nil {
			return w.cannotLook(ctx, err)
		}
		if over(state) {
			// The coordinator writes all markers before it reports the transaction
			// complete, so one that is open after the report lacks a marker.
			open, err = w.openOf(ctx, w.streak.pid)
			if err != nil || len(open) == 0 {
				return w.cannotLook(ctx, err)
			}
			return errForgotten
		}
		if err := w.deps.scheduler.Sleep(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// cannotLook lets a worker continue if the check for hanging transactions fails or is
// forbidden: blocking the worker would be worse. The first failure is logged as a
// warning, later ones at debug level.
func (w *worker) cannotLook(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return nil //nolint:nilerr // see above
	}
	level := slog.LevelWarn
	if w.blind {
		level = slog.LevelDebug // already logged as a warning
	}
	w.blind = true
	w.logger.Log(ctx, level, "cannot see whether a broker has left the last transaction open", slog.String("error", err.Error()))
	return nil
}

// lookFor is the timeout of a check: an unavailable broker must not keep a worker from
// the partitions of the others.
const lookFor = 5 * time.Second

// stateOf returns the state of the transactional id with a producer id, empty if there
// is none.
func (w *worker) stateOf(ctx context.Context, pid int64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	listed, err := w.admin.ListTransactions(ctx, []int64{pid}, nil)
	if err != nil {
		return "", fmt.Errorf("list transactions: %w", err)
	}
	for _, t := range listed {
		return t.State, nil
	}
	return "", nil
}

// openOf returns the partitions in which a producer has an open transaction.
func (w *worker) openOf(ctx context.Context, pid int64) ([]kadm.DescribedProducer, error) {
	all, err := w.tracesOf(ctx, pid)
	return slices.DeleteFunc(all, func(p kadm.DescribedProducer) bool { return p.CurrentTxnStartOffset < 0 }), err
}

// tracesOf returns the producer's state in all partitions that the stage may write to,
// as their leaders report it.
func (w *worker) tracesOf(ctx context.Context, pid int64) ([]kadm.DescribedProducer, error) {
	written := kadm.TopicsSet{}
	for _, topic := range w.topics {
		for p := range topic.partitions {
			written.Add(topic.name, p)
		}
	}
	for p := range w.partitions {
		written.Add(w.changelog, p)
	}
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	described, err := w.admin.DescribeProducers(ctx, written)
	if err != nil {
		return nil, fmt.Errorf("describe the producers of the stage's topics: %w", err)
	}
	var out []kadm.DescribedProducer
	for _, part := range described.SortedPartitions() {
		if part.Err != nil {
			return nil, fmt.Errorf("describe the producers of %s/%d: %w", part.Topic, part.Partition, part.Err)
		}
		if p, ok := part.ActiveProducers[pid]; ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// heal takes over a transactional id and completes its hanging transactions.
func (w *worker) heal(ctx context.Context, id string) error {
	if ok, err := w.admin.EpochPerTransaction(ctx); err != nil || !ok {
		return errors.Join(err, fmt.Errorf("settle the transactions of %s: %w", id, errEpochs))
	}
	owner, err := w.admin.TakeOver(ctx, id, w.config.TransactionTimeout)
	if err != nil {
		return fmt.Errorf("settle the transactions of %s: %w", id, err)
	}
	return w.endForgotten(ctx, id, owner)
}

// endForgotten completes the hanging transactions of a transactional id, as its owner:
// first those in partitions, in the order of their epochs, then the group's pending
// offsets.
func (w *worker) endForgotten(ctx context.Context, id string, owner kafka.Producer) error {
	traces, err := w.tracesOf(ctx, owner.ID)
	if err != nil {
		return fmt.Errorf("settle the transactions of %s: %w", id, err)
	}
	open, last := map[int16]kadm.TopicsSet{}, int16(-1)
	for i := range traces {
		p := &traces[i]
		if p.CurrentTxnStartOffset < 0 {
			last = max(last, p.ProducerEpoch-1) // a marker has the next epoch
			continue
		}
		last = max(last, p.ProducerEpoch)
		if open[p.ProducerEpoch] == nil {
			open[p.ProducerEpoch] = kadm.TopicsSet{}
		}
		set := open[p.ProducerEpoch]
		set.Add(p.Topic, p.Partition)
	}
	for _, epoch := range slices.Sorted(maps.Keys(open)) {
		commit, why, err := w.verdict(ctx, traces, kafka.Producer{ID: owner.ID, Epoch: epoch})
		if err != nil {
			return fmt.Errorf("find out how epoch %d of %s ended: %w", epoch, id, err)
		}
		if err := w.endAs(ctx, id, owner, open[epoch], "", commit, why); err != nil {
			return err
		}
	}
	if !w.someWait(ctx) {
		return nil
	}
	commit, why, err := w.verdictOfOffsets(ctx, traces, kafka.Producer{ID: owner.ID, Epoch: last})
	if err != nil {
		return fmt.Errorf("find out how what %s did last ended: %w", id, err)
	}
	return w.endAs(ctx, id, owner, nil, w.group, commit, why)
}

// endAs completes a hanging transaction, and logs and counts it.
func (w *worker) endAs(ctx context.Context, id string, owner kafka.Producer, open kadm.TopicsSet, group string, commit bool, why string) error {
	if w.deps.harmed.by(HarmSettleAborts) {
		commit = false
	}
	if err := w.admin.EndTransaction(ctx, id, owner, open, group, commit); err != nil {
		return fmt.Errorf("end the transactions of %s: %w", id, err)
	}
	outcome := outcomeAborted
	if commit {
		outcome = outcomeCommitted
	}
	about := []any{slog.String("transactional_id", id), slog.String("outcome", outcome), slog.String("reason", why)}
	if group != "" {
		// Kafka does not show whether pending offsets belong to this id.
		w.logger.InfoContext(ctx, "ended the offsets that may wait for a transaction that a broker has left open", about...)
		return nil
	}
	w.metrics.settled.WithLabelValues(w.spec.Name, outcome).Inc()
	w.logger.WarnContext(ctx, "ended a transaction that a broker has left open", append(about, slog.Any("partitions", open.IntoList()))...)
	return nil
}

// lookForOwn repeats that check between transactions, once per session timeout. A
// hanging transaction in an output topic does not block this worker, but it blocks the
// topic's read-committed consumers.
func (w *worker) lookForOwn(ctx context.Context) error {
	now := w.deps.Now()
	if now.Sub(w.lastSettled) < w.config.SessionTimeout {
		return nil
	}
	w.lastSettled = now
	return w.settled(ctx)
}
