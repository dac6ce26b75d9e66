package page

import (
	"context"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/console/poll"
)

// Job is work that takes longer than a request: a replay, an audit. One runs at a time.
type Job[T any] struct {
	mu      sync.Mutex
	state   JobState[T]
	changed chan struct{}
	work    sync.WaitGroup
}

// JobState is how far a job is.
type JobState[T any] struct {
	// By is who began it, Began and Ended when; Ended is zero while it runs.
	By    string    `json:"by,omitempty"`
	Began time.Time `json:"began_at,omitzero"`
	Ended time.Time `json:"ended_at,omitzero"`
	// Doing is the step, with Done of Total.
	Doing string `json:"doing,omitempty"`
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
	// Result is that of the last run that did not fail.
	Result *T     `json:"result,omitempty"`
	Err    string `json:"error,omitempty"`
}

// Running reports whether it runs.
func (s *JobState[T]) Running() bool { return !s.Began.IsZero() && s.Ended.IsZero() }

// NewJob returns a job that has not begun.
func NewJob[T any]() *Job[T] { return &Job[T]{changed: make(chan struct{})} }

var _ Watched = (*poll.Poll[int])(nil)

// Start begins the work, unless it runs already.
func (j *Job[T]) Start(ctx context.Context, by string, now func() time.Time, run func(context.Context) (*T, error)) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state.Running() {
		return false
	}
	j.state = JobState[T]{By: by, Began: now(), Result: j.state.Result}
	j.notify()
	// Ended by its own end, or by the context.
	j.work.Go(func() {
		result, err := run(ctx)
		j.mu.Lock()
		defer j.mu.Unlock()
		j.state.Ended = now()
		if err != nil {
			j.state.Err = err.Error()
		}
		if result != nil {
			j.state.Result = result
		}
		j.notify()
	})
	return true
}

// Wait waits for the end of the work.
func (j *Job[T]) Wait() { j.work.Wait() }

// notify wakes the viewers; the caller holds the lock.
func (j *Job[T]) notify() {
	close(j.changed)
	j.changed = make(chan struct{})
}

// Step implements the tools' Progress.
func (j *Job[T]) Step(name string, total int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state.Doing, j.state.Done, j.state.Total = name, 0, total
	j.notify()
}

// At implements the tools' Progress.
func (j *Job[T]) At(done int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state.Done = done
	j.notify()
}

// Now returns the state.
func (j *Job[T]) Now() JobState[T] {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state
}

// Watch implements Watched.
func (*Job[T]) Watch() (end func()) { return func() {} }

// Changed implements Watched.
func (j *Job[T]) Changed() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.changed
}
