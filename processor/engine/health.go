package engine

import (
	"strconv"

	"github.com/tributary-hq/tributary/processor/engine/internal/status"
)

// Status is the state of one worker.
type Status = status.Status

// Moved is a partition whose input position differed from the group's committed offset.
type Moved = status.Moved

// updateStatus publishes the partitions that the worker owns.
func (w *worker) updateStatus() {
	ready, restoring := 0, 0
	for _, p := range w.parts {
		if p.ready {
			ready++
		} else {
			restoring++
		}
	}
	w.metrics.partitions.WithLabelValues(w.spec.Name, strconv.Itoa(w.index), "ready").Set(float64(ready))
	w.metrics.partitions.WithLabelValues(w.spec.Name, strconv.Itoa(w.index), "restoring").Set(float64(restoring))
	w.mu.Lock()
	unassigned := w.assigned != nil && len(w.assigned) == 0
	w.mu.Unlock()
	w.status.Owns(status.Partitions{Ready: ready, Restoring: restoring, Unassigned: unassigned, Session: w.session != nil})
}

// Health returns the status of every worker.
func (e *Engine) Health() []Status {
	out := make([]Status, 0, len(e.workers))
	for _, w := range e.workers {
		out = append(out, w.status.Status())
	}
	return out
}
