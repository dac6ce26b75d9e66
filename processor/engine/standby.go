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
)

const (
	// standbyFetchBytes keeps a fetch of a standby small beside the live work's.
	standbyFetchBytes = 1 << 20
	// standbyLook is the interval at which a standby writes its changes and compares
	// itself with the end of the changelog.
	standbyLook = time.Second
	// standbySlack is the acceptable recovery lag of a caught-up standby in changelog
	// offsets: an owner replays as many in a fraction of a second.
	standbySlack = 50_000
)

// standby keeps warm copies of a stage's partitions that other instances own, by
// following their changelogs into the store of this process. It gives way: to an
// owner in this process, who takes the partition's lease from it, and to restores.
//
//	leader's assignment ─► wanted ─► lease ─► changelog, read committed ─► store
//	copies ─► join's user data ─► leader
type standby struct {
	stage, changelog string
	config           *Config
	deps             *Deps
	store            *Store
	metrics          *metrics
	logger           *slog.Logger
	// busy says that a partition is being restored in this process.
	busy func() bool

	mu sync.Mutex
	// wanted are the copies to keep; true for one whose partition is to come here.
	wanted map[int32]bool
	// followed are the copies as they were last looked at.
	followed map[int32]StandbyPartition
	// rejoin asks the group for a new assignment; by worker.
	rejoin map[int]func()
	// interrupt ends the poll in flight.
	interrupt context.CancelFunc
	// refused are partitions whose changelog this release cannot read.
	refused map[int32]bool
	yielded atomic.Bool
}

// StandbyPartition is a warm copy of a partition that another instance owns.
type StandbyPartition struct {
	Stage     string `json:"stage"`
	Partition int32  `json:"partition"`
	// Offset is the copy's changelog position, Behind how many offsets are left.
	Offset int64 `json:"offset"`
	Behind int64 `json:"offsets_behind"`
	// Warm says that a take-over replays but a moment's worth.
	Warm bool `json:"warm"`
}

// copyHeld is a copy while it is followed.
type copyHeld struct {
	restored
	give  func()
	yield atomic.Bool
}

func newStandby(spec *Spec, e *Engine) *standby {
	s := &standby{
		stage: spec.Name, changelog: e.deps.Names.Topic(spec.Changelog), config: &e.config, deps: &e.deps,
		store: e.store, metrics: e.metrics, busy: e.restoring,
		logger: e.deps.Logger.With(slog.String("stage", spec.Name)),
		wanted: map[int32]bool{}, followed: map[int32]StandbyPartition{}, rejoin: map[int]func(){}, refused: map[int32]bool{},
	}
	return s
}

// restoring says that a worker of this process has state to restore.
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

// Standbys returns the warm copies that this process keeps.
func (e *Engine) Standbys() []StandbyPartition {
	var out []StandbyPartition
	for i := range e.specs {
		if s := e.standbys[e.specs[i].Name]; s != nil {
			out = append(out, s.partitions()...)
		}
	}
	return out
}

// keep takes over which copies the leader wants here.
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
func (s *standby) copies() map[int32]warmth {
	out := map[int32]warmth{}
	all, err := s.store.partitions()
	if err != nil {
		s.logger.Warn("cannot tell the group which state is here", slog.String("error", err.Error()))
		return out
	}
	oldest := s.deps.Now().Add(-s.config.DeleteRetention / 2).UnixMilli()
	for _, found := range all {
		if found.stage == s.stage && found.pos.atEnd >= oldest {
			out[found.partition] = warmth{Offset: found.pos.offset}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, f := range s.followed {
		out[p] = warmth{Offset: f.Offset, Caught: f.Warm}
	}
	return out
}

// partitions returns the copies that are followed, in order.
func (s *standby) partitions() []StandbyPartition {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]StandbyPartition, 0, len(s.followed))
	for _, p := range slices.Sorted(maps.Keys(s.followed)) {
		out = append(out, s.followed[p])
	}
	return out
}

// run follows until ctx ends. Whatever fails is tried again.
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
		if pause(ctx, time.Second) != nil {
			return
		}
	}
}

// follow keeps the wanted copies until something fails.
func (s *standby) follow(ctx context.Context) (err error) {
	client, err := kgo.NewClient(s.deps.Kafka...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	admin := kadm.NewClient(client)
	f := &followers{standby: s, admin: admin, held: map[int32]*copyHeld{}, load: newLoader(s.store)}
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

// publish tells how far the copies are.
func (s *standby) publish(held map[int32]*copyHeld) {
	var behind, most float64
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.followed)
	for p, h := range held {
		left := max(h.end-h.pos.offset, 0)
		behind += float64(left)
		most = max(most, float64(left))
		s.followed[p] = StandbyPartition{Stage: s.stage, Partition: p, Offset: h.pos.offset, Behind: left, Warm: left <= standbySlack}
	}
	s.metrics.standbyPartitions.WithLabelValues(s.stage).Set(float64(len(held)))
	s.metrics.standbyBehind.WithLabelValues(s.stage).Set(behind)
	s.metrics.standbyMost.WithLabelValues(s.stage).Set(most)
}

// onYield wakes the loop to give a lease back.
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

// interruptible returns a context that a yield ends.
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

// onRejoin sets how a worker asks its group for a new assignment.
func (s *standby) onRejoin(worker int, rejoin func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejoin[worker] = rejoin
}

// tellWarm asks for a new assignment once a copy that is to own its partition has
// caught up.
func (s *standby) tellWarm(h *copyHeld) {
	s.mu.Lock()
	moves := s.wanted[h.partition]
	s.wanted[h.partition] = false
	var ask func()
	for _, index := range slices.Sorted(maps.Keys(s.rejoin)) {
		ask = s.rejoin[index]
		break
	}
	s.mu.Unlock()
	if moves && ask != nil {
		s.logger.Info("standby copy has caught up, asking for its partition", slog.Int("partition", int(h.partition)), slog.Int64("records", h.records))
		ask()
	}
}
