package engine

import (
	"errors"
	"slices"
	"strconv"
)

// errGroup says that the group could not be joined; kgo goes on trying.
var errGroup = errors.New("the group cannot be joined")

// Status is what one worker is doing.
type Status struct {
	Stage  string `json:"stage"`
	Worker int    `json:"worker"`
	// Ready and Restoring count the partitions owned.
	Ready     int `json:"ready"`
	Restoring int `json:"restoring"`
	// Restored tells how far a restore is, zero when there is none.
	Restored Progress `json:"restored"`
	// Joined says that the group has given partitions, or none, at least once.
	Joined bool `json:"joined"`
	// Err is the last error since the last committed round, or for what is over with a
	// new session since that; empty if none, or if all partitions went to others. It holds
	// no value of a record.
	Err string `json:"error,omitempty"`
	// Moved are the last partitions whose input went on elsewhere than the group stood.
	Moved []Moved `json:"moved,omitempty"`
	// passing says that Err is over when the group has answered and all is restored. A
	// worker without records commits nothing that would clear it.
	passing bool
}

// setJoined notes that the group has answered.
func (w *worker) setJoined() {
	w.mu.Lock()
	w.status.Joined = true
	w.mu.Unlock()
	w.updateStatus()
}

// OK says that the worker has nothing to restore and no error.
func (s *Status) OK() bool { return s.Joined && s.Restoring == 0 && s.Err == "" }

func (w *worker) setError(err error) {
	if err == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status.Err = err.Error()
	w.status.passing = errors.Is(err, errRejoin) || errors.Is(err, errGroup)
}

// setPassing notes what ended a session or hinders a restore. All of it is over when all is
// restored, but a record that cannot be applied: it comes again.
func (w *worker) setPassing(err error) {
	w.setError(err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status.passing = w.status.passing || !errors.Is(err, errNotApplied)
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
	// Whoever was given nothing has nothing left to fail with: what failed goes on elsewhere.
	idle := w.assigned != nil && len(w.assigned) == 0 && ready == 0
	if (w.status.passing || idle) && w.session != nil && restoring == 0 {
		w.status.Err, w.status.passing = "", false
	}
}

// Health returns what every worker is doing.
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
