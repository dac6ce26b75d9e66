// Package status keeps the status of one worker: its partitions, and the error that it
// fails with until it is obsolete.
package status

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

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
	// Partitions are the partitions owned, in order.
	Partitions []Partition `json:"partitions,omitempty"`
	// Restored is the progress of the restores of partitions owned, zero if none runs.
	Restored restore.Progress `json:"restored"`
	// Paused is true while the worker processes nothing because Spec.Paused says so.
	Paused bool `json:"paused,omitempty"`
	// Joined is true once the group has answered, even with an empty assignment.
	Joined bool `json:"joined"`
	// Err is the last error. A committed transaction clears it, and so does an empty
	// assignment; an error that ended a session is also cleared when the new session has
	// restored its state. It contains no value of a record.
	Err string `json:"error,omitempty"`
	// Moved are the last partitions whose input position differed from the group's
	// offset.
	Moved []Moved `json:"moved,omitempty"`
}

// The states of a partition that a worker owns.
const (
	// Running partitions have their state and read their input.
	Running = "running"
	// Restoring partitions read their changelog, or wait until they can.
	Restoring = "restoring"
)

// Partition is the state of a partition that a worker owns.
type Partition struct {
	Partition int32 `json:"partition"`
	// State is Running or Restoring.
	State string `json:"state"`
	// Read and Left count the changelog offsets that the restore has read and has still
	// to read. Both are 0 while it waits for an earlier owner.
	Read int64 `json:"offsets_read,omitempty"`
	Left int64 `json:"offsets_left,omitempty"`
	// SecondsLeft is the estimated time left, 0 if unknown.
	SecondsLeft float64 `json:"seconds_left,omitempty"`
}

// Moved is a partition whose input position differed from the group's committed offset.
type Moved struct {
	Partition int32  `json:"partition"`
	Cause     string `json:"cause"`
	// From is the input offset before the correction, To the one after it.
	From int64     `json:"from"`
	To   int64     `json:"to"`
	At   time.Time `json:"at"`
}

// OK reports whether the worker has joined, restored its state and has no error.
func (s *Status) OK() bool { return s.Joined && s.Restoring == 0 && s.Err == "" }

// Tracker updates the status of a worker. It is safe for concurrent use.
type Tracker struct {
	mu     sync.Mutex
	status Status
	// owned holds the partitions and whether each is ready; restores is the progress of
	// the running restores.
	owned    map[int32]bool
	restores []restore.PartitionProgress
	// passing is true if the error is obsolete once the group has answered and all state
	// is restored. Without it, an idle worker, which commits nothing, would keep the
	// error.
	passing bool
}

// New returns the tracker of a worker.
func New(stage string, worker int) *Tracker {
	return &Tracker{status: Status{Stage: stage, Worker: worker}}
}

// Status returns the current status.
func (t *Tracker) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.status
	out.Moved = slices.Clone(out.Moved)
	out.Partitions = t.partitions()
	// A partition that was revoked goes on being restored for a while: it is another
	// worker's now, and counted there.
	out.Restored = restore.Sum(slices.DeleteFunc(slices.Clone(t.restores), func(p restore.PartitionProgress) bool {
		ready, owned := t.owned[p.Partition]
		return ready || !owned
	}))
	return out
}

// partitions returns the partitions owned; the caller holds the lock.
func (t *Tracker) partitions() []Partition {
	out := make([]Partition, 0, len(t.owned))
	for _, p := range slices.Sorted(maps.Keys(t.owned)) {
		if t.owned[p] {
			out = append(out, Partition{Partition: p, State: Running})
			continue
		}
		part := Partition{Partition: p, State: Restoring}
		for _, r := range t.restores {
			if r.Partition == p {
				part.Read, part.Left, part.SecondsLeft = r.Read, r.Left, r.SecondsLeft
			}
		}
		out = append(out, part)
	}
	return out
}

// Failed sets the error; nil changes nothing.
func (t *Tracker) Failed(err error) {
	if err == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status.Err = err.Error()
	t.passing = errors.Is(err, failure.ErrRejoin) || errors.Is(err, failure.ErrGroup)
}

// Delayed sets an error that ended a session or delays a restore. It is obsolete once the
// state is restored, except for a record that could not be applied: that record will be
// polled again.
func (t *Tracker) Delayed(err error) {
	t.Failed(err)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.passing = t.passing || !errors.Is(err, failure.ErrNotApplied)
}

// Committed clears the error: a transaction has been committed.
func (t *Tracker) Committed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status.Err = ""
}

// Paused sets whether the worker is paused.
func (t *Tracker) Paused(paused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status.Paused = paused
}

// Restoring sets the progress of the running restores.
func (t *Tracker) Restoring(partitions []restore.PartitionProgress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.restores = partitions
}

// mostMoved limits the list in a status.
const mostMoved = 20

// Moved adds a corrected input position.
func (t *Tracker) Moved(m Moved) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status.Moved = append(t.status.Moved, m)
	t.status.Moved = t.status.Moved[max(0, len(t.status.Moved)-mostMoved):]
}

// Joined records that the group has answered.
func (t *Tracker) Joined() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status.Joined = true
}

// Partitions are the partitions of a worker.
type Partitions struct {
	// Owned are the partitions owned; the value is true for those that are ready.
	Owned map[int32]bool
	// Unassigned is true if the group's last answer was an empty assignment.
	Unassigned bool
	// Session is true if the worker has a session.
	Session bool
}

// Owns sets the partitions, and clears an error that is obsolete by them.
func (t *Tracker) Owns(p Partitions) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.owned, t.status.Ready, t.status.Restoring = p.Owned, 0, 0
	for _, ready := range p.Owned {
		if ready {
			t.status.Ready++
		} else {
			t.status.Restoring++
		}
	}
	t.status.Joined = t.status.Joined || len(p.Owned) > 0
	// A worker without partitions cannot fail any more; the failing partition is
	// elsewhere.
	idle := p.Unassigned && t.status.Ready == 0
	if (t.passing || idle) && p.Session && t.status.Restoring == 0 {
		t.status.Err, t.passing = "", false
	}
}
