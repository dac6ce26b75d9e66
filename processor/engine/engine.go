package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
	"github.com/tributary-hq/tributary/processor/engine/internal/standby"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
)

// ErrInstanceTaken means that another process uses the same instance id. The process
// should exit with a distinct code and not restart: a restart would fence the other
// process in turn.
var ErrInstanceTaken = failure.ErrInstanceTaken

// Engine runs stages. Make it with New; Start and Stop are called once each.
type Engine struct {
	config  Config
	specs   []Spec
	deps    Deps
	metrics *metrics
	store   *store.Store
	topics  map[string]map[string]task.Topic // by stage and topic
	// partitions is the partition count of each stage's input.
	partitions map[string]int32
	// maxState is the limit of each stage's state entries.
	maxState map[string]int
	workers  []*worker
	standbys map[string]*standby.Standby // by stage
	budget   *budget
	cancel   context.CancelFunc
	// killed ends when Stop gives up waiting.
	killed  context.Context //nolint:containedctx // the engine's own
	kill    context.CancelFunc
	running sync.WaitGroup
}

// New validates the settings. It starts nothing and connects to nothing.
func New(config Config, specs []Spec, deps Deps) (*Engine, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Namespace == "" {
		deps.Namespace = "engine"
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	if deps.Fail == nil {
		deps.Fail = func(error) {}
	}
	deps.cluster, deps.scheduler = kafka.NewCluster(deps.Kafka, config.FetchMaxBytes), scheduler.Real{}
	if deps.Seams.Cluster != nil {
		deps.cluster = deps.Seams.Cluster(deps.cluster)
	}
	if deps.Seams.Scheduler != nil {
		deps.scheduler = deps.Seams.Scheduler
	}
	e := &Engine{config: config, specs: specs, deps: deps, metrics: newMetrics(deps.Metrics, deps.Namespace, &deps.Latencies), maxState: map[string]int{}}
	for i := range specs {
		changelog, err := task.SettingsOf(deps.Topics, specs[i].Changelog)
		if err != nil {
			return nil, fmt.Errorf("engine: changelog of stage %s: %w", specs[i].Name, err)
		}
		e.maxState[specs[i].Name] = changelog.MaxBytes
		e.metrics.expectMoves(specs[i].Name)
	}
	e.budget = &budget{total: config.Store.WriteBackBytes, sessions: e.sessions()}
	return e, nil
}

// Start checks the topics, opens the store and starts the workers. It returns when they
// run; Health reports when their state is restored.
func (e *Engine) Start(ctx context.Context) error {
	instance, err := e.config.instance()
	if err != nil {
		return err
	}
	if err := e.lookAtTopics(ctx); err != nil {
		return err
	}
	if e.store, err = store.Open(e.config.StateDir, e.config.Store, e.deps.Logger); errors.Is(err, store.ErrLocked) {
		return fmt.Errorf("%w%s", err, e.deps.hint(ProblemStateLocked, ""))
	} else if err != nil {
		return err
	}
	if opened := e.deps.Seams.Store; opened != nil {
		opened(e.store)
	}
	var running context.Context
	running, e.cancel = context.WithCancel(context.WithoutCancel(ctx))
	e.killed, e.kill = context.WithCancel(context.WithoutCancel(ctx))
	e.store.OnBroken(e.deps.Fail)
	e.standbys = make(map[string]*standby.Standby, len(e.specs))
	for i := range e.specs {
		e.standbys[e.specs[i].Name] = e.newStandby(&e.specs[i])
	}
	for i := range e.specs {
		for index := range max(e.specs[i].Workers, 1) {
			e.workers = append(e.workers, newWorker(&e.specs[i], index, instance, e))
		}
	}
	if start := e.deps.Seams.Workers; start != nil {
		for _, w := range e.workers {
			start(w.transactionalID, w.run)
		}
		return nil
	}
	for _, w := range e.workers {
		// Ended by Stop, which waits.
		e.running.Go(func() {
			if err := w.run(running); err != nil {
				e.deps.Logger.ErrorContext(running, "stage ended", slog.String("stage", w.spec.Name), slog.String("error", err.Error()))
				e.deps.Fail(err)
			}
		})
	}
	// All of these are ended by Stop, which waits.
	e.running.Go(func() { e.sweep(running) })
	e.running.Go(func() { e.flush(running) })
	for _, s := range e.standbys {
		if e.config.Standby > 0 {
			e.running.Go(func() { s.Run(running) })
		}
	}
	return nil
}

// Stop finishes the transactions in flight, leaves the groups and closes the store, so
// that the next start replays nothing. When ctx ends first, the transactions in flight
// are aborted, and the next start processes their records again.
func (e *Engine) Stop(ctx context.Context) error {
	if e.cancel == nil {
		return nil
	}
	e.cancel()
	defer e.kill()
	defer context.AfterFunc(ctx, e.kill)()
	if err := e.store.Broken(); err != nil {
		// A worker may hang in a write that never ends.
		return err
	}
	e.running.Wait()
	return e.store.Close()
}

// lookAtTopics looks up the partition count of every topic that the stages use, and
// returns all missing or inconsistent topics as one error.
func (e *Engine) lookAtTopics(ctx context.Context) error {
	listed, err := e.deps.cluster.Topics(ctx)
	if err != nil {
		return err
	}
	partitions := func(name string) int32 {
		return int32(len(listed[e.deps.topic(name)].Partitions)) //nolint:gosec // a partition count
	}
	var errs []error
	var counts []string
	e.topics = make(map[string]map[string]task.Topic, len(e.specs))
	e.partitions = make(map[string]int32, len(e.specs))
	for i := range e.specs {
		spec := &e.specs[i]
		in, log := partitions(spec.Input), partitions(spec.Changelog)
		switch {
		case in == 0:
			errs = append(errs, fmt.Errorf("stage %s: topic %s does not exist, or this user may not see it%s", spec.Name, e.deps.topic(spec.Input), e.deps.hint(ProblemTopicMissing, spec.Name)))
		case spec.Partitions > 0 && in != spec.Partitions:
			counts = append(counts, restore.PartitionCounts(spec.Name, e.deps.topic(spec.Input), int(in), int(spec.Partitions)))
		case log == 0:
			errs = append(errs, fmt.Errorf("stage %s: its changelog %s does not exist, or this user may not see it%s",
				spec.Name, e.deps.topic(spec.Changelog), e.deps.hint(ProblemChangelogMissing, spec.Name)))
		case in != log:
			errs = append(errs, fmt.Errorf("stage %s: %s has %d partitions and its changelog %s has %d: they must be equal",
				spec.Name, e.deps.topic(spec.Input), in, e.deps.topic(spec.Changelog), log))
		}
		topics, err := task.Topics(append([]string{spec.DeadLetter}, spec.Outputs...), e.deps.Prefix, partitions, e.deps.Topics)
		if err != nil {
			err = fmt.Errorf("stage %s: %w", spec.Name, err)
		}
		errs = append(errs, err)
		e.topics[spec.Name], e.partitions[spec.Name] = topics, in
	}
	if len(counts) > 0 {
		errs = append(errs, restore.PartitionCountError(counts, e.deps.hint(ProblemPartitions, "")))
	}
	return errors.Join(errs...)
}

// sessions returns the number of workers.
func (e *Engine) sessions() (n int64) {
	for i := range e.specs {
		n += int64(e.specs[i].Workers)
	}
	return max(n, 1)
}
