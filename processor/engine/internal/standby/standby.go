package standby

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
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
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

// Config describes the replicas of a stage.
type Config struct {
	// Stage is the stage's name, Changelog its topic on the cluster.
	Stage, Changelog string
	// Kafka are the options of the client that looks up offsets; Cluster creates readers.
	Kafka   []kgo.Opt
	Cluster kafka.Cluster
	Store   *store.Store
	Now     func() time.Time
	Logger  *slog.Logger
	// DeleteRetention is the delete.retention.ms of the changelog.
	DeleteRetention time.Duration
	// BytesPerSecond limits the read rate, FetchMaxBytes the size of a fetch.
	BytesPerSecond int64
	FetchMaxBytes  int32
	// Busy reports whether a partition is being restored in this process.
	Busy func() bool
	// Followed is called with the number of replicas and the changelog offsets that they
	// are behind: their sum and their maximum.
	Followed func(partitions, behind, most int64)
	// Read is called with the number of changelog bytes read.
	Read func(bytes int64)
}

// Standby keeps standby replicas of a stage's partitions.
type Standby struct {
	config Config
	logger *slog.Logger

	mu sync.Mutex
	// wanted are the replicas to keep; the value is true for a warm-up replica, whose
	// partition moves here once it has caught up.
	wanted map[int32]bool
	// followed is the last published state of the replicas.
	followed map[int32]Partition
	// rejoin requests a new assignment from the group, by worker.
	rejoin map[int]func()
	// interrupt cancels the poll in flight.
	interrupt context.CancelFunc
	// refused are partitions whose changelog this release cannot read.
	refused map[int32]bool
	yielded atomic.Bool
}

// Partition is a standby replica of a partition that another instance owns.
type Partition struct {
	Stage     string `json:"stage"`
	Partition int32  `json:"partition"`
	// Offset is the replica's changelog position, Behind the number of offsets left.
	Offset int64 `json:"offset"`
	Behind int64 `json:"offsets_behind"`
	// Warm is true if the replica is within the acceptable recovery lag.
	Warm bool `json:"warm"`
}

// replica is a replica whose lease the standby holds.
type replica struct {
	restore.Result
	give  func()
	yield atomic.Bool
}

// New returns a standby without replicas.
func New(config Config) *Standby {
	return &Standby{
		config: config, logger: config.Logger.With(slog.String("stage", config.Stage)),
		wanted: map[int32]bool{}, followed: map[int32]Partition{}, rejoin: map[int]func(){}, refused: map[int32]bool{},
	}
}

// Keep sets the replicas that the group leader assigned to this instance.
func (s *Standby) Keep(wanted map[int32]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !maps.Equal(s.wanted, wanted) {
		s.logger.Info("standby replicas wanted here", slog.Any("partitions", slices.Sorted(maps.Keys(wanted))))
	}
	s.wanted = maps.Clone(wanted)
}

// Replicas returns the standby replicas in the store for the group leader. A replica that
// would be restored from the beginning is left out.
func (s *Standby) Replicas() map[int32]assignor.Replica {
	out := map[int32]assignor.Replica{}
	all, err := s.config.Store.Partitions()
	if err != nil {
		s.logger.Warn("cannot report local state to the group", slog.String("error", err.Error()))
		return out
	}
	oldest := s.config.Now().Add(-s.config.DeleteRetention / 2).UnixMilli()
	for _, found := range all {
		if found.Stage == s.config.Stage && found.Checkpoint.AtEnd >= oldest {
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

// Partitions returns the state of the replicas, sorted by partition.
func (s *Standby) Partitions() []Partition {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Partition, 0, len(s.followed))
	for _, p := range slices.Sorted(maps.Keys(s.followed)) {
		out = append(out, s.followed[p])
	}
	return out
}

// Run keeps the replicas up to date until ctx ends. It restarts after any error.
func (s *Standby) Run(ctx context.Context) {
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
func (s *Standby) follow(ctx context.Context) (err error) {
	client, err := kgo.NewClient(s.config.Kafka...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	admin := kadm.NewClient(client)
	f := &follower{Standby: s, admin: admin, held: map[int32]*replica{}, load: restore.NewLoader(s.config.Store)}
	defer func() {
		err = errors.Join(err, f.close())
		client.Close()
	}()
	for ctx.Err() == nil {
		if err := f.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// publish updates the status and the metrics of the replicas.
func (s *Standby) publish(held map[int32]*replica) {
	var behind, most int64
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.followed)
	for p, h := range held {
		left := max(h.End-h.Checkpoint.Offset, 0)
		behind += left
		most = max(most, left)
		s.followed[p] = Partition{Stage: s.config.Stage, Partition: p, Offset: h.Checkpoint.Offset, Behind: left, Warm: left <= assignor.AcceptableLag}
	}
	s.config.Followed(int64(len(held)), behind, most)
}

// onYield returns the callback with which an owner requests a lease: it interrupts the
// poll in flight.
func (s *Standby) onYield(h *replica) func() {
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
func (s *Standby) interruptible(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, d)
	s.mu.Lock()
	s.interrupt = cancel
	s.mu.Unlock()
	if s.yielded.Load() {
		cancel()
	}
	return ctx, cancel
}

// OnRejoin sets the function with which a worker requests a new assignment.
func (s *Standby) OnRejoin(worker int, rejoin func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejoin[worker] = rejoin
}

// requestMove requests a new assignment when a warm-up replica has caught up.
func (s *Standby) requestMove(h *replica) {
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
		s.logger.Info("standby replica has caught up, asking for its partition", slog.Int("partition", int(h.Partition)), slog.Int64("records", h.Records))
		ask()
	}
}
