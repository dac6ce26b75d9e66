package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// errRejoin ends a session whose outcome is not known: it is closed, and a new one
// joins and restores what the changelog has beyond the store.
var errRejoin = errors.New("the session cannot go on")

// worker runs one stage in one group transact session. One goroutine does it all:
// the group's callbacks only leave events for it, because they hold a lock that
// End needs.
//
//	callbacks ─► events ─► worker goroutine: poll → decode → apply → transaction → store
//	                 ▲
//	restore goroutine┘
type worker struct {
	spec            Spec
	index           int
	config          *Config
	deps            *Deps
	store           *Store
	killed          context.Context //nolint:containedctx // when Stop waits no longer
	metrics         *metrics
	logger          *slog.Logger
	group           string
	input           string
	changelog       string
	transactionalID string
	topics          map[string]outputTopic
	partitions      int32 // of the input, and of the changelog
	maxState        int
	// budget is that of the process for state in memory, held is what of it is used here.
	budget  *budget
	held    int64
	machine machine
	traces  *traces
	// instance is the process, standby its copies of the stage.
	instance string
	standby  *standby

	session session
	admin   admin
	streak  streak
	blind   bool // it was said that a look at the brokers failed
	parts   map[int32]*owned
	round   *round
	// lastRound is when the last round ended, lastIdle when idle clocks were last
	// looked at.
	lastRound, lastIdle, lastTouch, lastOrphans, lastSettled, lastWatched time.Time
	// failures counts rounds in a row that were not written.
	failures int
	quiet    quiet
	// orphans are partitions that were seen without an owner.
	orphans []int32

	mu     sync.Mutex
	events []event
	// assigned is all that the group has given, as of its last answer.
	assigned map[int32]bool
	status   Status
	// progress is that of its restores.
	progress board
}

// event is something that happened outside the worker's goroutine.
type event struct {
	assigned, gone []int32
	// joined says that the group has answered, maybe with nothing.
	joined bool
	// restored are partitions whose restore ended, parts what they belong to.
	restored map[int32]*restored
	parts    map[int32]*owned
	err      error
}

func (w *worker) post(e event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// run keeps a session going until ctx ends. It returns nil then, and otherwise the
// error that no new session would mend.
func (w *worker) run(ctx context.Context) error {
	for attempt := 0; ; attempt++ {
		began := w.deps.Now()
		err := w.runSession(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was stopped, and nothing else matters then
		}
		var fatal *fatalError
		if errors.As(err, &fatal) || errors.Is(err, ErrNewerState) || errors.Is(err, ErrDiskFull) || errors.Is(err, ErrStoreBroken) {
			return err
		}
		if w.deps.Now().Sub(began) > 10*time.Second {
			attempt = 0
		}
		w.metrics.sessions.WithLabelValues(w.spec.Name).Inc()
		w.setPassing(err)
		if held, ok := w.quiet.may(err.Error(), w.deps.Now()); ok {
			w.logger.WarnContext(ctx, "session ended, a new one joins", slog.String("error", err.Error()), slog.Int("held_back", held))
		}
		if w.deps.turns.pause(ctx, min(5*time.Second, 50*time.Millisecond<<min(attempt, 7))) != nil {
			return nil //nolint:nilerr // it was stopped
		}
	}
}

// fatalError is one that a new session would meet again.
type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }
func (e *fatalError) Unwrap() error { return e.err }

// runSession joins, works and leaves.
func (w *worker) runSession(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	restores := w.deps.turns.beside()
	defer func() {
		cancel()
		if w.session != nil {
			w.session.Close()
		}
		restores.Wait()
		w.dropAll()
	}()
	var err error
	if w.session, w.admin, err = w.deps.cluster.join(ctx, w); err != nil {
		return err
	}
	if err := w.own(ctx); err != nil {
		return err
	}
	if err := w.at(StepSessionOpen); err != nil {
		return err
	}
	return w.fenced(ctx, w.work(ctx, restores))
}

// work goes from round to round until ctx or the session ends.
func (w *worker) work(ctx context.Context, restores besides) error {
	for ctx.Err() == nil {
		if err := w.handleEvents(ctx, restores); err != nil {
			return err
		}
		records, err := w.collect(ctx)
		if err != nil {
			return err
		}
		if err := w.handleEvents(ctx, restores); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was stopped
		}
		if err := w.runRound(ctx, records); err != nil {
			return err
		}
		w.touch(ctx)
		if err := w.writeBackOld(); err != nil {
			return err
		}
		if err := w.adoptOrphans(ctx); err != nil {
			return err
		}
		if err := w.lookForOwn(ctx); err != nil {
			return err
		}
		if err := w.watchTopics(ctx); err != nil {
			return err
		}
	}
	return nil
}

// handleEvents takes up what the callbacks and restores left.
func (w *worker) handleEvents(ctx context.Context, restores besides) error {
	w.mu.Lock()
	events := w.events
	w.events = nil
	w.mu.Unlock()
	for i := range events {
		e := &events[i]
		switch {
		case e.err != nil:
			// What was not handled stays for dropAll, which gives its leases back.
			w.mu.Lock()
			w.events = append(events[i:], w.events...)
			w.mu.Unlock()
			return e.err
		case e.restored != nil:
			if err := w.resume(ctx, e); err != nil {
				w.mu.Lock()
				w.events = append(events[i+1:], w.events...)
				w.mu.Unlock()
				return err
			}
		default:
			w.release(e.gone)
			w.assign(ctx, e.assigned, restores)
			w.setJoined()
		}
	}
	w.reconcile()
	return nil
}

// reconcile forgets partitions that the group has given to others without a
// callback: the session passes on only the first revocation between two Ends.
func (w *worker) reconcile() {
	w.mu.Lock()
	var gone []int32
	for p := range w.parts {
		if !w.assigned[p] {
			gone = append(gone, p)
		}
	}
	w.mu.Unlock()
	w.release(gone)
}

// assign begins the restore of new partitions, which are paused, beside the work
// on the others.
func (w *worker) assign(ctx context.Context, partitions []int32, restores besides) {
	if len(partitions) == 0 {
		return
	}
	w.release(partitions) // what is assigned anew was revoked before, heard or not
	parts := make(map[int32]*owned, len(partitions))
	for _, p := range partitions {
		parts[p] = w.adopt(ctx, p)
	}
	w.updateStatus()
	// The goroutine ends with its restore or with the session's context. A partition
	// that goes meanwhile is restored all the same and given back then.
	restores.Go(func() {
		found, err := w.takeAndRestore(ctx, parts)
		w.post(event{restored: found, parts: parts, err: err})
	})
}

// dropAll gives every lease back at the end of a session.
func (w *worker) dropAll() {
	w.mu.Lock()
	events := w.events
	w.events = nil
	w.mu.Unlock()
	for _, e := range events {
		for _, part := range e.parts {
			part.giveBack()
		}
	}
	w.writeBackLate()
	for _, part := range w.parts {
		part.giveBack()
	}
	w.parts = map[int32]*owned{}
	w.noteHeld()
	w.session = nil
	w.mu.Lock()
	w.assigned = nil
	w.mu.Unlock()
	w.updateStatus()
}

func newWorker(spec *Spec, index int, instance string, e *Engine) *worker {
	group := e.deps.Names.Group(spec.Name)
	id := fmt.Sprintf("%s.%s.%d", group, instance, index)
	w := &worker{
		spec: *spec, index: index, config: &e.config, deps: &e.deps, store: e.store, killed: e.killed, metrics: e.metrics,
		logger: e.deps.Logger.With(slog.String("stage", spec.Name), slog.Int("worker", index)),
		group:  group, input: e.deps.Names.Topic(spec.Input), changelog: e.deps.Names.Topic(spec.Changelog),
		transactionalID: id, topics: e.topics[spec.Name], partitions: e.partitions[spec.Name], maxState: e.maxState,
		instance: instance, standby: e.standbys[spec.Name],
		machine: machine{
			stage: spec.Stage, name: spec.Name, deadLetter: spec.DeadLetter, version: e.deps.Version, buried: map[Cause]int{},
		},
		parts: map[int32]*owned{}, round: newRound(e.deps.Names.Topic(spec.Changelog)),
	}
	w.budget = e.budget
	w.traces = newTraces(w)
	w.machine.traces = w.traces
	return w
}
