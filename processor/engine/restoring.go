package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"

	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// newRestorerOf returns the restorer of a worker's partitions.
func newRestorerOf(w *worker) *restorer {
	harmed := w.deps.harmed
	return newRestorer(restoreConfig{
		Stage: w.spec.Name, Group: w.group, Input: w.input, Changelog: w.changelog, Client: w.transactionalID, Partitions: w.partitions,
		Store: w.store, Cluster: w.deps.cluster, Recovery: w.recovery, Scheduler: w.deps.scheduler, Now: w.deps.Now, Logger: w.logger,
		FenceAfter: w.config.FenceAfter, DeleteRetention: w.config.DeleteRetention, FetchMaxBytes: w.config.FetchMaxBytes,
		CheckRebuild: w.checkRebuild, Hint: w.restoreHint, Waiting: w.setPassing, Progress: w.publishProgress,
		Replayed: func(records, bytes int64) {
			w.metrics.restoredRecords.WithLabelValues(w.spec.Name).Add(float64(records))
			w.metrics.restoredBytes.WithLabelValues(w.spec.Name).Add(float64(bytes))
		},
		Off: safeguards{
			UnstableOffsets: harmed.by(HarmUnstableOffsets), Replay: harmed.by(HarmForgetChangelog), Uncommitted: harmed.by(HarmReadUncommitted),
			BrokerOffsets: harmed.by(HarmStoreFirst) || harmed.by(HarmKeepAborted) || harmed.by(HarmUnknownIsCommitted),
			Timers:        harmed.by(HarmDropDeadlines), Group: harmed.by(HarmBelieveGroup), Truncation: harmed.by(HarmIgnoreTruncation),
			Changelog: harmed.by(HarmEmptyChangelog), Partitions: harmed.by(HarmAnyPartitions),
		},
	})
}

// restore restores the state of partitions.
func (w *worker) restore(ctx context.Context, states map[int32]*store.Partition) (out map[int32]*restored, err error) {
	ctx, span := w.traces.restore(ctx, len(states))
	defer func() { span.ended(out, err) }()
	if err := w.at(StepRestoring); err != nil {
		return nil, err
	}
	if out, err = w.restorer.restore(ctx, states); err != nil {
		return nil, asFatal(err)
	}
	return out, w.at(StepRestored)
}

// asFatal marks errors of a restore that a new session would meet again.
func asFatal(err error) error {
	if errors.Is(err, ErrStateLost) || errors.Is(err, ErrPartitionCount) || errors.Is(err, ErrUnfinishedReset) {
		return &fatalError{err}
	}
	return err
}

// checkRebuild refuses to start a rebuild if the group's offset is past the beginning of
// the input: the records before it would be missing from the state. The header shows
// whether the rebuild has begun.
func (w *worker) checkRebuild(r *restored) error {
	rebuild, err := readRebuild(r.state)
	if err != nil {
		return err
	}
	r.rebuildUntil = rebuild.Until
	if rebuild.Until > 0 && r.header == "" && r.committed > r.start {
		return fmt.Errorf("%w: partition %d: the changelog is to be rebuilt, and the group has committed offset %d%s",
			ErrUnfinishedReset, r.partition, r.committed, w.restoreHint(ErrUnfinishedReset))
	}
	return nil
}

// restoreHint returns the advice for a problem of a restore.
func (w *worker) restoreHint(problem error) string {
	switch {
	case errors.Is(problem, ErrStateLost):
		return w.deps.hint(ProblemStateLost, w.spec.Name)
	case errors.Is(problem, ErrPartitionCount):
		return w.deps.hint(ProblemPartitions, w.spec.Name)
	}
	return w.deps.hint(ProblemUnfinishedReset, w.spec.Name)
}

// publishProgress publishes the progress of the worker's restores in the metrics and in
// the status.
func (w *worker) publishProgress(p Progress) {
	m, stage, worker := w.metrics, w.spec.Name, strconv.Itoa(w.index)
	m.restoreLeft.WithLabelValues(stage, worker).Set(float64(p.Offsets))
	m.restorePartitions.WithLabelValues(stage, worker).Set(float64(p.Partitions))
	m.restoreRate.WithLabelValues(stage, worker).Set(p.BytesPerSecond)
	m.restoreSeconds.WithLabelValues(stage, worker).Set(p.SecondsLeft)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status.Restored = p
}

// logRestored logs and counts the finished restores of an assignment, by partition.
func (w *worker) logRestored(found map[int32]*restored) {
	for _, p := range slices.Sorted(maps.Keys(found)) {
		r := found[p]
		kind, why := r.kind()
		rate := 0.0
		if r.took > 0 {
			rate = float64(r.bytes) / r.took.Seconds()
		}
		w.metrics.restores.WithLabelValues(w.spec.Name, kind).Inc()
		w.logger.Info("state restored", slog.Int("partition", int(p)), slog.String("kind", kind), slog.String("reason", why),
			slog.Int64("records", r.records), slog.Int64("bytes", r.bytes), slog.Duration("took", r.took), slog.Int64("bytes_per_second", int64(rate)),
			slog.Int64("from", r.from), slog.Int64("to", r.pos.Offset))
	}
}
