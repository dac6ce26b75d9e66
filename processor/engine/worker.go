package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/hangingtxn"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/pace"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
	"github.com/tributary-hq/tributary/processor/engine/internal/seam"
	"github.com/tributary-hq/tributary/processor/engine/internal/standby"
	"github.com/tributary-hq/tributary/processor/engine/internal/status"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/engine/internal/throttle"
	"github.com/tributary-hq/tributary/processor/engine/internal/tracing"
	"github.com/tributary-hq/tributary/processor/stage"
)

// worker runs one stage in one group transact session, with a single goroutine. The group
// callbacks only post events to it, because they hold a lock that End needs.
//
//	callbacks ─► events ─► worker goroutine: poll → decode → apply → transaction → store
//	                 ▲
//	restore goroutine┘
type worker struct {
	spec            Spec
	index           int
	config          *Config
	deps            *Deps
	store           *store.Store
	killed          context.Context //nolint:containedctx // ends when Stop gives up waiting
	metrics         *metrics
	logger          *slog.Logger
	group           string
	input           string
	changelog       string
	transactionalID string
	topics          map[string]task.Topic
	partitions      int32 // partition count of input and changelog
	// budget is the memory budget of the process for cached state; held is this
	// worker's share in use.
	budget *budget
	held   int64
	task   *task.Task
	traces *tracing.Traces
	// instance identifies the process; standby are its standby replicas of the stage.
	instance string
	standby  *standby.Standby

	session kafka.Session
	admin   kafka.Admin
	// recovery completes hanging transactions; evidence is its record of the committed
	// ones.
	recovery *hangingtxn.Recovery
	restorer *restore.Restorer
	// restoreAll is restorer.Restore, leases are the store's, unless a test wraps them.
	restoreAll seam.Restore
	leases     seam.Leases
	evidence   hangingtxn.Evidence
	parts      map[int32]*owned
	batch      *batch
	pace       pace.Pace
	// The times of the last periodic checks.
	lastIdle, lastTouch, lastOrphans, lastWatched time.Time
	// paused is the last answer of Spec.Paused.
	paused bool
	// failures counts consecutive transactions with a failed produce.
	failures int
	lines    throttle.Lines
	// orphans are the partitions without an owner at the last check.
	orphans []int32
	status  *status.Tracker

	mu     sync.Mutex
	events []event
	// assigned is the complete assignment in the group's last answer.
	assigned map[int32]bool
}

// event is a message to the worker's goroutine.
type event struct {
	assigned, gone []int32
	// joined means that the group has answered, perhaps with an empty assignment.
	joined bool
	// restored are the results of an ended restore, parts the partitions that it was
	// started for.
	restored map[int32]*restore.Result
	parts    map[int32]*owned
	err      error
}

func (w *worker) post(e event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// run restarts the session until ctx ends, then it returns nil. It returns an error
// that a new session would not resolve.
func (w *worker) run(ctx context.Context) error {
	for attempt := 0; ; attempt++ {
		began := w.deps.Now()
		err := w.runSession(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // stopped
		}
		if failure.IsFatal(err) || errors.Is(err, stage.ErrNewerState) || errors.Is(err, store.ErrDiskFull) || errors.Is(err, store.ErrStoreBroken) {
			return err
		}
		if w.deps.Now().Sub(began) > 10*time.Second {
			attempt = 0
		}
		w.metrics.sessions.WithLabelValues(w.spec.Name).Inc()
		w.status.Delayed(err)
		if suppressed, ok := w.lines.Allow(err.Error(), w.deps.Now()); ok {
			w.logger.WarnContext(ctx, "session ended, a new one joins", slog.String("error", err.Error()), slog.Int("held_back", suppressed))
		}
		if w.deps.scheduler.Sleep(ctx, min(5*time.Second, 50*time.Millisecond<<min(attempt, 7))) != nil {
			return nil //nolint:nilerr // stopped
		}
	}
}

// runSession joins the group, works until ctx ends or an error occurs, and leaves.
func (w *worker) runSession(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	restores := w.deps.scheduler.NewGroup()
	defer func() {
		cancel()
		if w.session != nil {
			w.session.Close()
		}
		restores.Wait()
		w.dropAll()
	}()
	if err := w.join(ctx); err != nil {
		return err
	}
	if err := w.takeOver(ctx); err != nil {
		return err
	}
	return w.fenced(ctx, w.work(ctx, restores))
}

// work runs transactions and periodic checks until ctx or the session ends.
func (w *worker) work(ctx context.Context, restores scheduler.Group) error {
	for ctx.Err() == nil {
		if err := w.handleEvents(ctx, restores); err != nil {
			return err
		}
		w.gate()
		records, err := w.collect(ctx)
		if err != nil {
			return err
		}
		if err := w.handleEvents(ctx, restores); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // stopped
		}
		// A transaction without records would fire timers and report watermarks.
		if len(records) > 0 || !w.paused {
			if err := w.runBatch(ctx, records); err != nil {
				return err
			}
		}
		w.touch(ctx)
		if err := w.writeBackOld(); err != nil {
			return err
		}
		if err := w.adoptOrphans(ctx); err != nil {
			return err
		}
		if err := w.checkLastTransaction(ctx); err != nil {
			return err
		}
		if err := w.watchTopics(ctx); err != nil {
			return err
		}
	}
	return nil
}

// handleEvents handles the events of the callbacks and restores in their order.
// Unhandled events stay for dropAll, which returns their leases.
func (w *worker) handleEvents(ctx context.Context, restores scheduler.Group) error {
	for {
		w.mu.Lock()
		if len(w.events) == 0 {
			w.mu.Unlock()
			w.reconcile()
			return nil
		}
		e := w.events[0]
		if e.err == nil {
			w.events = w.events[1:]
		}
		w.mu.Unlock()
		switch {
		case e.err != nil:
			return e.err
		case e.restored != nil:
			if err := w.resume(ctx, &e); err != nil {
				return err
			}
		default:
			w.release(e.gone)
			w.assign(ctx, e.assigned, restores)
			w.status.Joined()
			w.updateStatus()
		}
	}
}

// reconcile removes partitions that the group has reassigned without a callback: the
// session forwards only the first revocation between two Ends.
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

// assign starts the restore of new partitions, which are paused, concurrently with the
// processing of the others.
func (w *worker) assign(ctx context.Context, partitions []int32, restores scheduler.Group) {
	if len(partitions) == 0 {
		return
	}
	w.release(partitions) // a partition assigned again was revoked before, perhaps without a callback
	parts := make(map[int32]*owned, len(partitions))
	for _, p := range partitions {
		parts[p] = w.adopt(ctx, p)
	}
	w.updateStatus()
	// The goroutine ends with its restore or with the session's context. A partition
	// that is revoked meanwhile is still restored, and its lease is returned
	// afterwards.
	restores.Go(func() {
		found, err := w.takeAndRestore(ctx, parts)
		w.post(event{restored: found, parts: parts, err: err})
	})
}

// dropAll returns every lease at the end of a session.
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
	w.parts, w.paused = map[int32]*owned{}, false
	w.status.Paused(false)
	w.noteHeld()
	w.session = nil
	w.mu.Lock()
	w.assigned = nil
	w.mu.Unlock()
	w.updateStatus()
}

func paceOf(spec *Spec, config *Config) pace.Pace {
	if spec.CommitInterval > config.CommitInterval {
		return pace.Pace{Interval: spec.CommitInterval, Least: spec.CommitInterval}
	}
	return pace.Pace{Interval: config.CommitInterval, Least: config.MinCommitInterval}
}

func newWorker(spec *Spec, index int, instance string, e *Engine) *worker {
	group := e.deps.topic(spec.Name)
	id := fmt.Sprintf("%s.%s.%d", group, instance, index)
	w := &worker{
		pace: paceOf(spec, &e.config),
		spec: *spec, index: index, config: &e.config, deps: &e.deps, store: e.store, killed: e.killed, metrics: e.metrics,
		logger: e.deps.Logger.With(slog.String("stage", spec.Name), slog.Int("worker", index)),
		group:  group, input: e.deps.topic(spec.Input), changelog: e.deps.topic(spec.Changelog),
		transactionalID: id, topics: e.topics[spec.Name], partitions: e.partitions[spec.Name],
		instance: instance, standby: e.standbys[spec.Name],
		parts: map[int32]*owned{}, batch: newBatch(e.deps.topic(spec.Changelog)),
	}
	w.budget, w.status = e.budget, status.New(spec.Name, index)
	w.recovery = newRecovery(w)
	w.restorer = newRestorerOf(w)
	w.restoreAll, w.leases = w.restorer.Restore, w.store.Leases
	if wrap := e.deps.Seams.Restore; wrap != nil {
		w.restoreAll = wrap(&seam.Worker{ID: id, Group: group, Input: w.input, Changelog: w.changelog, Store: e.store}, w.restoreAll)
	}
	if wrap := e.deps.Seams.Leases; wrap != nil {
		w.leases = wrap(w.leases)
	}
	w.traces = tracing.New(tracing.Config{
		Provider: e.deps.Tracer, Namespace: e.deps.Namespace, Stage: spec.Name, Worker: index, Group: group, Input: w.input,
		TransactionalID: id, Prefix: e.deps.Prefix, DeadLetter: spec.DeadLetter, ErrorKind: failure.Kind,
	})
	config := task.Config{
		Stage: spec.Stage, Name: spec.Name, DeadLetter: spec.DeadLetter, Version: e.deps.Version, Namespace: e.deps.Namespace,
		Topics: w.topics, MaxState: e.maxState[spec.Name], WatermarkInterval: e.config.WatermarkInterval,
		LatestOnly: e.config.LatestOnly,
	}
	if w.traces != nil {
		config.Emitted = w.traces.Carry
	}
	w.task = task.New(config)
	return w
}
