package processor

import "context"

// StateDir is the watch over a state directory. Tests reach it without the processor around
// it, because only without Kafka's connections virtual time passes the look's interval.
type StateDir struct{ *stateDir }

// WatchStateDir starts the watch.
func WatchStateDir(ctx context.Context, dir string, deps *Deps) StateDir {
	return StateDir{watchStateDir(ctx, dir, deps)}
}

// Why describes the directory's problem.
func (s StateDir) Why() string { return s.why() }

// End ends the watch.
func (s StateDir) End() { s.end() }
