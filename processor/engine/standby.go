package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/assignor"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

const (
	// standbyFetchBytes keeps the fetches of a standby small compared with those of
	// live processing.
	standbyFetchBytes = 1 << 20
	// standbyLook is the interval at which a standby flushes its changes and compares
	// its position with the end of the changelog.
	standbyLook = time.Second
)

// standby keeps standby replicas of a stage's partitions that other instances own, by
// replaying their changelogs into the store of this process. It has the lowest priority:
// an owner in this process takes the partition's lease from it, and it pauses during
// restores.
//
//	leader's assignment ─► wanted ─► lease ─► changelog, read committed ─► store
//	copies ─► join's user data ─► leader
type standby struct {
	stage, changelog string
	config           *Config
	deps             *Deps
	store            *store.Store
	metrics          *metrics
	logger           *slog.Logger
	// busy reports whether a partition is being restored in this process.
	busy func() bool

	mu sync.Mutex
	// wanted are the replicas to keep; the value is true for a warm-up replica, whose
	// partition moves here once it has caught up.
	wanted map[int32]bool
	// followed is the last published state of the replicas.
	followed map[int32]StandbyPartition
	// rejoin requests a new assignment from the group, by worker.
	rejoin map[int]func()
	// interrupt cancels the poll in flight.
	interrupt context.CancelFunc
	// refused are partitions whose changelog this release cannot read.
	refused map[int32]bool
	yielded atomic.Bool
}

// StandbyPartition is a standby replica of a partition that another instance owns.
type StandbyPartition struct {
	Stage     string `json:"stage"`
	Partition int32  `json:"partition"`
	// Offset is the replica's changelog position, Behind the number of offsets left.
	Offset int64 `json:"offset"`
	Behind int64 `json:"offsets_behind"`
	// Warm is true if the replica is within the acceptable recovery lag.
	Warm bool `json:"warm"`
}

// copyHeld is a replica whose lease the standby holds.
type copyHeld struct {
	restore.Result
	give  func()
	yield atomic.Bool
}

func newStandby(spec *Spec, e *Engine) *standby {
	s := &standby{
		stage: spec.Name, changelog: e.deps.topic(spec.Changelog), config: &e.config, deps: &e.deps,
		store: e.store, metrics: e.metrics, busy: e.restoring,
		logger: e.deps.Logger.With(slog.String("stage", spec.Name)),
		wanted: map[int32]bool{}, followed: map[int32]StandbyPartition{}, rejoin: map[int]func(){}, refused: map[int32]bool{},
	}
	return s
}

// restoring reports whether a worker of this process is restoring state.
func (e *Engine) restoring() bool {
	for _, w := range e.workers {
		w.mu.Lock()
		busy := w.status.Restoring > 0
		w.mu.Unlock()
		if busy {
			return true
		}
	}
	return false
}

// Standbys returns the standby replicas of this process.
func (e *Engine) Standbys() []StandbyPartition {
	var out []StandbyPartition
	for i := range e.specs {
		if s := e.standbys[e.specs[i].Name]; s != nil {
			out = append(out, s.partitions()...)
		}
	}
	return out
}

// keep sets the replicas that the group leader assigned to this instance.
func (s *standby) keep(wanted map[int32]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !maps.Equal(s.wanted, wanted) {
		s.logger.Info("standby copies wanted here", slog.Any("partitions", slices.Sorted(maps.Keys(wanted))))
	}
	s.wanted = maps.Clone(wanted)
}

// copies returns the standby replicas in the store for the group leader. A replica that
// would be restored from the beginning is left out.
func (s *standby) copies() map[int32]assignor.Replica {
	out := map[int32]assignor.Replica{}
	all, err := s.store.Partitions()
	if err != nil {
		s.logger.Warn("cannot tell the group which state is here", slog.String("error", err.Error()))
		return out
	}
	oldest := s.deps.Now().Add(-s.config.DeleteRetention / 2).UnixMilli()
	for _, found := range all {
		if found.Stage == s.stage && found.Checkpoint.AtEnd >= oldest {
			out[found.Partition] = assignor.Replica{Offset: found.Checkpoint.Offset}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, f := range s.followed {
		out[p] = assignor.Replica{Offset: f.Offset, CaughtUp: f.Warm}
	}
	return out
}

// partitions returns the state of the replicas, sorted by partition.
func (s *standby) partitions() []StandbyPartition {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]StandbyPartition, 0, len(s.followed))
	for _, p := range slices.Sorted(maps.Keys(s.followed)) {
		out = append(out, s.followed[p])
	}
	return out
}

// run keeps the replicas up to date until ctx ends. It restarts after any error.
func (s *standby) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := s.follow(ctx)
		s.publish(nil)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.logger.WarnContext(ctx, "standby stopped, beginning again", slog.String("error", err.Error()))
		}
		if scheduler.Sleep(ctx, time.Second) != nil {
			return
		}
	}
}

// follow keeps the replicas up to date until an error occurs or ctx ends.
func (s *standby) follow(ctx context.Context) (err error) {
	client, err := kgo.NewClient(s.deps.Kafka...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	admin := kadm.NewClient(client)
	f := &followers{standby: s, admin: admin, held: map[int32]*copyHeld{}, load: restore.NewLoader(s.store)}
	defer func() {
		err = errors.Join(err, f.close())
		client.Close()
	}()
	for ctx.Err() == nil {
		if err := f.turn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// publish updates the status and the metrics of the replicas.
func (s *standby) publish(held map[int32]*copyHeld) {
	var behind, most float64
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.followed)
	for p, h := range held {
		left := max(h.End-h.Checkpoint.Offset, 0)
		behind += float64(left)
		most = max(most, float64(left))
		s.followed[p] = StandbyPartition{Stage: s.stage, Partition: p, Offset: h.Checkpoint.Offset, Behind: left, Warm: left <= assignor.AcceptableLag}
	}
	s.metrics.standbyPartitions.WithLabelValues(s.stage).Set(float64(len(held)))
	s.metrics.standbyBehind.WithLabelValues(s.stage).Set(behind)
	s.metrics.standbyMost.WithLabelValues(s.stage).Set(most)
}

// onYield returns the callback with which an owner requests a lease: it interrupts the
// poll in flight.
func (s *standby) onYield(h *copyHeld) func() {
	return func() {
		h.yield.Store(true)
		s.yielded.Store(true)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.interrupt != nil {
			s.interrupt()
		}
	}
}

// interruptible returns a context with a timeout that a requested lease also cancels.
func (s *standby) interruptible(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, d)
	s.mu.Lock()
	s.interrupt = cancel
	s.mu.Unlock()
	if s.yielded.Load() {
		cancel()
	}
	return ctx, cancel
}

// onRejoin sets the function with which a worker requests a new assignment.
func (s *standby) onRejoin(worker int, rejoin func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejoin[worker] = rejoin
}

// tellWarm requests a new assignment when a warm-up replica has caught up.
func (s *standby) tellWarm(h *copyHeld) {
	s.mu.Lock()
	moves := s.wanted[h.Partition]
	s.wanted[h.Partition] = false
	var ask func()
	for _, index := range slices.Sorted(maps.Keys(s.rejoin)) {
		ask = s.rejoin[index]
		break
	}
	s.mu.Unlock()
	if moves && ask != nil {
		s.logger.Info("standby copy has caught up, asking for its partition", slog.Int("partition", int(h.Partition)), slog.Int64("records", h.Records))
		ask()
	}
}
