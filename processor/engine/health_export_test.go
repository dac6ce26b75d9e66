package engine

import (
	"fmt"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// StatusAfter is the status of a worker that failed, was then told by its group that these
// partitions are its own, nil for no answer, and has let go of others.
func StatusAfter(err error, assigned []int32) Status {
	return statusAfter(func(w *worker) { w.setError(err) }, assigned)
}

// StatusAfterSession is the same where the failure ended the session. notApplied says that it
// was of a round.
func StatusAfterSession(err error, notApplied bool, assigned []int32) Status {
	if notApplied {
		err = fmt.Errorf("%w: %w", failure.ErrNotApplied, err)
	}
	return statusAfter(func(w *worker) { w.setPassing(err) }, assigned)
}

func statusAfter(fail func(*worker), assigned []int32) Status {
	w := &worker{metrics: newMetrics(nil, "engine", &LatencyNames{}), session: struct{ kafka.Session }{}, parts: map[int32]*owned{}}
	fail(w)
	for _, p := range assigned {
		w.parts[p] = &owned{ready: true}
	}
	if assigned != nil {
		w.sawAssignment(assigned)
	}
	w.status.Joined = true
	w.updateStatus()
	return w.status
}
