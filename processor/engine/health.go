package engine

import (
	"strconv"

	"github.com/tributary-hq/tributary/processor/engine/internal/status"
)

// Status is the state of one worker.
type Status = status.Status

// Moved is a partition whose input position differed from the group's committed offset.
type Moved = status.Moved

// Partition is the state of a partition that a worker owns.
type Partition = status.Partition

// The states of a partition.
const (
	PartitionRunning   = status.Running
	PartitionRestoring = status.Restoring
)

// updateStatus publishes the partitions that the worker owns.
func (w *worker) updateStatus() {
	owned, ready := make(map[int32]bool, len(w.parts)), 0
	for p, part := range w.parts {
		owned[p] = part.ready
		if part.ready {
			ready++
		}
	}
	w.metrics.partitions.WithLabelValues(w.spec.Name, strconv.Itoa(w.index), "ready").Set(float64(ready))
	w.metrics.partitions.WithLabelValues(w.spec.Name, strconv.Itoa(w.index), "restoring").Set(float64(len(owned) - ready))
	w.mu.Lock()
	unassigned := w.assigned != nil && len(w.assigned) == 0
	w.mu.Unlock()
	w.status.Owns(status.Partitions{Owned: owned, Unassigned: unassigned, Session: w.session != nil})
}

// Health returns the status of every worker.
func (e *Engine) Health() []Status {
	out := make([]Status, 0, len(e.workers))
	for _, w := range e.workers {
		out = append(out, w.status.Status())
	}
	return out
}
