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
)

// A broker that dies amid transactions can take one for completed whose markers it
// has not written everywhere (KAFKA-20734): partitions then wait for ever for an end.
// Whoever finds one becomes the owner of its transactional id and writes what is
// missing, as a transaction of its own on just these partitions, which ends as the
// one before had ended. How that was its traces say: see verdict.

// producer is the owner of a transactional id, as its coordinator knows it.
type producer struct {
	id    int64
	epoch int16
}

// errEpochs says that nobody can tell one transaction's markers from another's.
var errEpochs = errors.New("the brokers' transaction.version is below 2: transactions cannot be told apart by their epochs")

// errForgotten ends a session so that the next one settles what a broker has
// forgotten.
var errForgotten = fmt.Errorf("%w: a broker has left this worker's last transaction open", errRejoin)

// over says that a transaction's coordinator has nothing more to do for it.
func over(state string) bool {
	return state == "CompleteCommit" || state == "CompleteAbort" || state == "Empty"
}

// own takes the worker's transactional id. kgo would ask for its producer id with the
// first transaction; asked for now, it ends a transaction that an earlier life of
// this worker left open, before a restore waits for it. What a broker has forgotten of
// an earlier one is settled then.
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
	if err := w.endForgotten(ctx, w.transactionalID, producer{pid, epoch}); err != nil {
		return fmt.Errorf("%w: %w", errRejoin, err)
	}
	return nil
}

// someWait says that some of the group's offsets wait for the end of a transaction,
// anybody's.
func (w *worker) someWait(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	offsets, err := w.admin.FetchOffsets(kadm.RequireStable(ctx), w.group)
	if err == nil {
		err = offsets.Error()
	}
	return errors.Is(err, kerr.UnstableOffsetCommit)
}

// settled makes sure, before a round begins, that the worker's last transaction has
// left nothing open: what the next one wrote to such a partition would share its fate.
// If it has, the session ends, and the next one settles that.
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
			// The markers come before the completion: what is open after it lacks one.
			open, err = w.openOf(ctx, w.streak.pid)
			if err != nil || len(open) == 0 {
				return w.cannotLook(ctx, err)
			}
			return errForgotten
		}
		if err := w.deps.turns.pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// cannotLook lets a worker go on that may not see, or does not find out, whether
// something was left open: it would only be the worse for waiting.
func (w *worker) cannotLook(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return nil //nolint:nilerr // see above
	}
	level := slog.LevelWarn
	if w.blind {
		level = slog.LevelDebug // it was said before, and is asked again and again
	}
	w.blind = true
	w.logger.Log(ctx, level, "cannot see whether a broker has left the last transaction open", slog.String("error", err.Error()))
	return nil
}

// lookFor bounds a look at the brokers: one that is away must not keep a worker from
// what the others have.
const lookFor = 5 * time.Second

// stateOf returns the state of the transactional id that has a producer id, empty if
// none has it.
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

// openOf returns where a producer has a transaction open.
func (w *worker) openOf(ctx context.Context, pid int64) ([]kadm.DescribedProducer, error) {
	all, err := w.tracesOf(ctx, pid)
	return slices.DeleteFunc(all, func(p kadm.DescribedProducer) bool { return p.CurrentTxnStartOffset < 0 }), err
}

// tracesOf asks the leaders of all partitions that the stage may write to what they
// know of a producer.
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

// heal becomes the owner of a transactional id and ends what its coordinator has
// forgotten.
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

// endForgotten ends, as the owner of a transactional id, what its coordinator has
// forgotten of earlier transactions, the group's offsets included.
func (w *worker) endForgotten(ctx context.Context, id string, owner producer) error {
	traces, err := w.tracesOf(ctx, owner.id)
	if err != nil {
		return fmt.Errorf("settle the transactions of %s: %w", id, err)
	}
	open, last := map[int16]kadm.TopicsSet{}, int16(-1)
	for i := range traces {
		p := &traces[i]
		if p.CurrentTxnStartOffset < 0 {
			last = max(last, p.ProducerEpoch-1) // the epoch is that of a marker
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
		commit, why, err := w.verdict(ctx, traces, producer{owner.id, epoch})
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
	commit, why, err := w.verdictOfOffsets(ctx, traces, producer{owner.id, last})
	if err != nil {
		return fmt.Errorf("find out how what %s did last ended: %w", id, err)
	}
	return w.endAs(ctx, id, owner, nil, w.group, commit, why)
}

// endAs ends what is open, and says so.
func (w *worker) endAs(ctx context.Context, id string, owner producer, open kadm.TopicsSet, group string, commit bool, why string) error {
	if w.deps.harmed.by(HarmSettleAborts) {
		commit = false
	}
	if err := w.admin.EndAs(ctx, id, owner, open, group, commit); err != nil {
		return fmt.Errorf("end the transactions of %s: %w", id, err)
	}
	outcome := outcomeAborted
	if commit {
		outcome = outcomeCommitted
	}
	about := []any{slog.String("transactional_id", id), slog.String("outcome", outcome), slog.String("reason", why)}
	if group != "" {
		// Nobody can see whether some of those that wait are of this id.
		w.logger.InfoContext(ctx, "ended the offsets that may wait for a transaction that a broker has left open", about...)
		return nil
	}
	w.metrics.settled.WithLabelValues(w.spec.Name, outcome).Inc()
	w.logger.WarnContext(ctx, "ended a transaction that a broker has left open", append(about, slog.Any("partitions", open.IntoList()))...)
	return nil
}

// lookForOwn is settled, now and then between rounds: what a broker has forgotten in
// an output hinders nobody here, only those who read it.
func (w *worker) lookForOwn(ctx context.Context) error {
	now := w.deps.Now()
	if now.Sub(w.lastSettled) < w.config.SessionTimeout {
		return nil
	}
	w.lastSettled = now
	return w.settled(ctx)
}
