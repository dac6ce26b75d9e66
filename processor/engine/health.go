package engine

import (
	"errors"
	"slices"
	"strconv"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
)

// Status is the state of one worker.
type Status struct {
	Stage  string `json:"stage"`
	Worker int    `json:"worker"`
	// Ready and Restoring count the partitions owned.
	Ready     int `json:"ready"`
	Restoring int `json:"restoring"`
	// Restored is the progress of running restores, zero if none runs.
	Restored restore.Progress `json:"restored"`
	// Joined is true once the group has answered, even with an empty assignment.
	Joined bool `json:"joined"`
	// Err is the last error. A committed transaction clears it, and so does an empty
	// assignment; an error for which passing is set is also cleared when the new
	// session has restored its state. It contains no value of a record.
	Err string `json:"error,omitempty"`
	// Moved are the last partitions whose input position differed from the group's
	// offset.
	Moved []Moved `json:"moved,omitempty"`
	// passing is true if Err is obsolete once the group has answered and all state is
	// restored. Without it, an idle worker, which commits nothing, would keep the
	// error.
	passing bool
}

// setJoined records that the group has answered.
func (w *worker) setJoined() {
	w.mu.Lock()
	w.status.Joined = true
	w.mu.Unlock()
	w.updateStatus()
}

// OK reports whether the worker has joined, restored its state and has no error.
func (s *Status) OK() bool { return s.Joined && s.Restoring == 0 && s.Err == "" }

func (w *worker) setError(err error) {
	if err == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status.Err = err.Error()
	w.status.passing = errors.Is(err, failure.ErrRejoin) || errors.Is(err, failure.ErrGroup)
}

// setPassing sets an error that ended a session or delays a restore. It is obsolete
// once the state is restored, except for a record that could not be applied: that
// record will be polled again.
func (w *worker) setPassing(err error) {
	w.setError(err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status.passing = w.status.passing || !errors.Is(err, failure.ErrNotApplied)
}

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
	defer w.mu.Unlock()
	w.status.Stage, w.status.Worker = w.spec.Name, w.index
	w.status.Ready, w.status.Restoring = ready, restoring
	w.status.Joined = w.status.Joined || ready+restoring > 0
	// A worker without partitions cannot fail any more; the failing partition is
	// elsewhere.
	idle := w.assigned != nil && len(w.assigned) == 0 && ready == 0
	if (w.status.passing || idle) && w.session != nil && restoring == 0 {
		w.status.Err, w.status.passing = "", false
	}
}

// Health returns the status of every worker.
func (e *Engine) Health() []Status {
	out := make([]Status, 0, len(e.workers))
	for _, w := range e.workers {
		w.mu.Lock()
		status := w.status
		status.Moved = slices.Clone(status.Moved)
		out = append(out, status)
		w.mu.Unlock()
	}
	return out
}
