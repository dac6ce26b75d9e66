package engine

import "strconv"

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
	// Err is the last error since the last committed round, empty if none. It holds
	// no value of a record.
	Err string `json:"error,omitempty"`
}

func (w *worker) setJoined() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status.Stage, w.status.Worker, w.status.Joined = w.spec.Name, w.index, true
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
}

// Health returns what every worker is doing.
func (e *Engine) Health() []Status {
	out := make([]Status, 0, len(e.workers))
	for _, w := range e.workers {
		w.mu.Lock()
		out = append(out, w.status)
		w.mu.Unlock()
	}
	return out
}
