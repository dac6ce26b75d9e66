package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
)

// newRestorerOf returns the restorer of a worker's partitions.
func newRestorerOf(w *worker) *restore.Restorer {
	return restore.New(restore.Config{
		Stage: w.spec.Name, Group: w.group, Input: w.input, Changelog: w.changelog, Client: w.transactionalID, Partitions: w.partitions,
		Store: w.store, Cluster: w.deps.cluster, Recovery: w.recovery, Scheduler: w.deps.scheduler, Now: w.deps.Now, Logger: w.logger,
		FenceAfter: w.config.FenceAfter, DeleteRetention: w.config.DeleteRetention, FetchMaxBytes: w.config.FetchMaxBytes,
		CheckRebuild: w.checkRebuild, Hint: w.restoreHint, Waiting: w.status.Delayed, Progress: w.publishProgress,
		Replayed: func(records, bytes int64) {
			w.metrics.restoredRecords.WithLabelValues(w.spec.Name).Add(float64(records))
			w.metrics.restoredBytes.WithLabelValues(w.spec.Name).Add(float64(bytes))
		},
	})
}

// restore restores the state of partitions.
func (w *worker) restore(ctx context.Context, states map[int32]*store.Partition) (out map[int32]*restore.Result, err error) {
	ctx, span := w.traces.Restore(ctx, len(states))
	defer func() { span.Ended(out, err) }()
	out, err = w.restoreAll(ctx, states)
	return out, asFatal(err)
}

// asFatal marks errors that a new session would meet again.
func asFatal(err error) error {
	var panicked *task.PanicError
	if errors.As(err, &panicked) || errors.Is(err, restore.ErrStateLost) || errors.Is(err, restore.ErrPartitionCount) || errors.Is(err, restore.ErrUnfinishedReset) {
		return failure.Fatal(err)
	}
	return err
}

// checkRebuild refuses to start a rebuild if the group's offset is past the beginning of
// the input: the records before it would be missing from the state. The header shows
// whether the rebuild has begun.
func (w *worker) checkRebuild(r *restore.Result) error {
	rebuild, err := entry.ReadRebuild(r.State)
	if err != nil {
		return err
	}
	r.RebuildUntil = rebuild.Until
	if rebuild.Until > 0 && r.Header == "" && r.Committed > r.Start {
		return fmt.Errorf("%w: partition %d: the changelog is to be rebuilt, and the group has committed offset %d%s",
			restore.ErrUnfinishedReset, r.Partition, r.Committed, w.restoreHint(restore.ErrUnfinishedReset))
	}
	return nil
}

// restoreHint returns the advice for a problem of a restore.
func (w *worker) restoreHint(problem error) string {
	switch {
	case errors.Is(problem, restore.ErrStateLost):
		return w.deps.hint(ProblemStateLost, w.spec.Name)
	case errors.Is(problem, restore.ErrPartitionCount):
		return w.deps.hint(ProblemPartitions, w.spec.Name)
	}
	return w.deps.hint(ProblemUnfinishedReset, w.spec.Name)
}

// publishProgress publishes the progress of the worker's restores in the status and in
// the metrics.
func (w *worker) publishProgress(partitions []restore.PartitionProgress) {
	w.status.Restoring(partitions)
	m, stage, worker, p := w.metrics, w.spec.Name, strconv.Itoa(w.index), w.status.Status().Restored
	m.restoreLeft.WithLabelValues(stage, worker).Set(float64(p.Offsets))
	m.restorePartitions.WithLabelValues(stage, worker).Set(float64(p.Partitions))
	m.restoreRate.WithLabelValues(stage, worker).Set(p.BytesPerSecond)
	m.restoreSeconds.WithLabelValues(stage, worker).Set(p.SecondsLeft)
}

// restoredAs is the part of a log line that several partitions may share.
type restoredAs struct{ kind, reason string }

// logRestored counts the finished restores of an assignment and logs one line for all
// partitions of the same kind and reason.
func (w *worker) logRestored(found map[int32]*restore.Result) {
	same := map[restoredAs][]int32{}
	var order []restoredAs // by the first partition
	for _, p := range slices.Sorted(maps.Keys(found)) {
		kind, reason := found[p].Kind()
		w.metrics.restores.WithLabelValues(w.spec.Name, kind).Inc()
		as := restoredAs{kind, reason}
		if same[as] == nil {
			order = append(order, as)
		}
		same[as] = append(same[as], p)
	}
	for _, as := range order {
		partitions := same[as]
		var records, bytes int64
		var took time.Duration
		for _, p := range partitions {
			records, bytes, took = records+found[p].Records, bytes+found[p].Bytes, max(took, found[p].Took)
		}
		rate := 0.0
		if took > 0 {
			rate = float64(bytes) / took.Seconds()
		}
		w.logger.Info("state restored", slog.Any("partitions", partitions), slog.String("kind", as.kind), slog.String("reason", as.reason),
			slog.Int64("records", records), slog.Int64("bytes", bytes), slog.Duration("took", took), slog.Int64("bytes_per_second", int64(rate)))
	}
}

// Restoring returns the progress of all running restores, zero if none runs.
func (e *Engine) Restoring() (sum restore.Progress) {
	for _, s := range e.Health() {
		p := s.Restored
		sum.Partitions += p.Partitions
		sum.Records += p.Records
		sum.Bytes += p.Bytes
		sum.Offsets += p.Offsets
		sum.BytesPerSecond += p.BytesPerSecond
		sum.SecondsLeft = max(sum.SecondsLeft, p.SecondsLeft)
	}
	return sum
}
