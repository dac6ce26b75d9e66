package engine

import (
	"github.com/tributary-hq/tributary/processor/engine/internal/standby"
)

// StandbyPartition is a standby replica of a partition that another instance owns.
type StandbyPartition = standby.Partition

// newStandby returns the standby replicas of a stage in this process.
func (e *Engine) newStandby(spec *Spec) *standby.Standby {
	m, stage := e.metrics, spec.Name
	return standby.New(standby.Config{
		Stage: stage, Changelog: e.deps.topic(spec.Changelog), Kafka: e.deps.Kafka, Cluster: e.deps.cluster, Store: e.store,
		Now: e.deps.Now, Logger: e.deps.Logger, DeleteRetention: e.config.DeleteRetention,
		BytesPerSecond: e.config.StandbyBytesPerSecond, FetchMaxBytes: e.config.FetchMaxBytes, Busy: e.restoring,
		Followed: func(partitions, behind, most int64) {
			m.standbyPartitions.WithLabelValues(stage).Set(float64(partitions))
			m.standbyBehind.WithLabelValues(stage).Set(float64(behind))
			m.standbyMost.WithLabelValues(stage).Set(float64(most))
		},
		Read: func(bytes int64) { m.standbyBytes.WithLabelValues(stage).Add(float64(bytes)) },
	})
}

// restoring reports whether a worker of this process is restoring state.
func (e *Engine) restoring() bool {
	for _, w := range e.workers {
		if s := w.status.Status(); s.Restoring > 0 {
			return true
		}
	}
	return false
}

// Standbys returns the standby replicas of this process.
func (e *Engine) Standbys() []StandbyPartition {
	var out []StandbyPartition
	for i := range e.specs {
		if s := e.standbys[e.specs[i].Name]; s != nil {
			out = append(out, s.Partitions()...)
		}
	}
	return out
}
