package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/hangingtxn"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/tracing"
)

// newRecovery returns the recovery of the worker's hanging transactions.
func newRecovery(w *worker) *hangingtxn.Recovery {
	topics := map[string]int32{w.changelog: w.partitions}
	for _, topic := range w.topics {
		topics[topic.Name] = topic.Partitions
	}
	return hangingtxn.New(hangingtxn.Config{
		Scheduler: w.deps.scheduler, Now: w.deps.Now, Logger: w.logger,
		Group: w.group, TransactionalID: w.transactionalID, Input: w.input, Changelog: w.changelog, Topics: topics,
		SessionTimeout: w.config.SessionTimeout, TransactionTimeout: w.config.TransactionTimeout, FenceAfter: w.config.FenceAfter,
		Completed: func(committed bool) {
			outcome := tracing.Aborted
			if committed {
				outcome = tracing.Committed
			}
			w.metrics.settled.WithLabelValues(w.spec.Name, outcome).Inc()
		},
		Fenced: func() { w.metrics.fenced.WithLabelValues(w.spec.Name).Inc() },
	})
}

// takeOver initializes the worker's transactional id. kgo would do so with the first
// transaction; doing it earlier aborts a transaction that a previous run of this worker
// left open, before a restore waits for it. It also completes hanging transactions of
// previous runs.
func (w *worker) takeOver(ctx context.Context) error {
	pid, epoch, err := w.session.ProducerID(ctx)
	if err != nil {
		return fmt.Errorf("%w: take over transactional id %s: %w", failure.ErrRejoin, w.transactionalID, err)
	}
	w.evidence.Start(pid)
	if err := w.recovery.Start(ctx, kafka.Producer{ID: pid, Epoch: epoch}); err != nil {
		return fmt.Errorf("%w: %w", failure.ErrRejoin, err)
	}
	return nil
}

// checkLastTransaction ends the session if the worker's last transaction hangs.
func (w *worker) checkLastTransaction(ctx context.Context) error {
	if err := w.recovery.CheckPeriodically(ctx, w.evidence.ProducerID()); err != nil {
		return fmt.Errorf("%w: %w", failure.ErrRejoin, err)
	}
	return nil
}

// changelogWentBack aborts the transaction, before its commit, if the changelog was
// truncated while the worker was running: the new entries would fill the lost offsets
// and hide the loss.
func (w *worker) changelogWentBack(ctx context.Context) error {
	for p, at := range w.batch.acks.written {
		part := w.parts[p]
		if at.first >= part.pos.Offset {
			continue
		}
		w.evidence.Ended(false)
		_, err := w.traces.End(ctx, w.session, kgo.TryAbort, nil)
		return errors.Join(failure.Fatal(w.restorer.StateLost(p, fmt.Sprintf("its changelog lost its end: a record was written at offset %d, and the state has read up to %d", at.first, part.pos.Offset))), err)
	}
	return nil
}
