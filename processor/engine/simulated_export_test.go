package engine

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
	"github.com/tributary-hq/tributary/processor/engine/internal/standby"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/engine/sim"
)

// simCluster connects workers to a simulated log.
type simCluster struct {
	host *sim.Host
}

// simSession is a simulated client as a worker sees it.
type simSession struct{ *sim.Session }

// FetchOffsets implements admin.
func (s simSession) FetchOffsets(ctx context.Context, _ string, stable bool) (kadm.OffsetResponses, error) {
	return s.Session.FetchOffsets(ctx, stable)
}

// TakeOver implements admin.
func (s simSession) TakeOver(ctx context.Context, id string, timeout time.Duration) (kafka.Producer, error) {
	pid, epoch, err := s.Session.TakeOver(ctx, id, timeout)
	return kafka.Producer{ID: pid, Epoch: epoch}, err
}

// Marker implements admin.
func (s simSession) Marker(ctx context.Context, topic string, partition int32, of kafka.Producer) (kafka.Marker, error) {
	commit, ok, err := s.Session.Marker(ctx, topic, partition, of.ID, of.Epoch)
	switch {
	case err != nil || !ok:
		return kafka.NoMarker, err
	case commit:
		return kafka.CommitMarker, nil
	}
	return kafka.AbortMarker, nil
}

// OffsetMetadata implements admin.
func (s simSession) OffsetMetadata(ctx context.Context, _, _ string) ([]string, error) {
	return s.OffsetNotes(ctx)
}

// EndTransaction implements admin.
func (s simSession) EndTransaction(ctx context.Context, _ string, as kafka.Producer, open kadm.TopicsSet, group string, commit bool) error {
	return s.EndAs(ctx, as.ID, as.Epoch, open, group != "", commit)
}

func (c simCluster) Join(ctx context.Context, m *kafka.Member) (kafka.Session, kafka.Admin, error) {
	var s *sim.Session
	calls := sim.Callbacks{
		Assigned: func(partitions []int32) { m.Assigned(s, partitions) },
		Revoked:  func(partitions []int32) { m.Revoked(s, partitions) },
		Saw:      m.Saw,
		Lost:     m.Lost,
	}
	s, err := c.host.Join(m.ID, c.short(m.ID), m.Topic, m.TransactionTimeout.Milliseconds(), m.KeepControlRecords, calls, func(made *sim.Session) { s = made })
	if err != nil {
		return nil, nil, err
	}
	own := simSession{s}
	return own, own, nil
}

// ForceRebalance implements session: no standby asks for it.
func (simSession) ForceRebalance() {}

// short is a member's name in faults and traces: host and number.
func (c simCluster) short(id string) string {
	return c.host.Name + id[strings.LastIndexByte(id, '.'):]
}

func (c simCluster) Read(r *kafka.ReadRequest) (kafka.Reader, error) {
	positions := map[int32]int64{}
	for p, o := range r.From {
		positions[p] = o.EpochOffset().Offset
	}
	return c.host.Read(c.short(r.Client), r.Topic, positions, !r.Uncommitted), nil
}

// simTurns lets workers wait in a simulated world.
type simTurns struct{ world *sim.World }

func (t simTurns) NewGroup() scheduler.Group { return t.world.Beside() }

func (t simTurns) Sleep(ctx context.Context, d time.Duration) error { return t.world.Pause(ctx, d) }

func (t simTurns) Await(ctx context.Context, done <-chan struct{}) error {
	return t.world.Await(ctx, done)
}

// SimWorker is a worker's whole life, to be run as a task.
type SimWorker struct {
	Name string
	Run  func(context.Context) error
}

// StartSimulated is Start for a host of a simulated world.
func StartSimulated(config Config, spec *Spec, deps Deps, world *sim.World, host *sim.Host, partitions int32) (*Engine, []SimWorker, error) {
	wrap := deps.Seams.Cluster
	deps.Seams.Cluster = func(kafka.Cluster) kafka.Cluster {
		if wrap == nil {
			return simCluster{host: host}
		}
		return wrap(simCluster{host: host})
	}
	deps.Seams.Scheduler, deps.Now = simTurns{world}, host.Now
	e, err := New(config, []Spec{*spec}, deps)
	if err != nil {
		return nil, nil, err
	}
	topics, err := task.Topics(append([]string{spec.DeadLetter}, spec.Outputs...), deps.Prefix, func(string) int32 { return partitions }, deps.Topics)
	if err != nil {
		return nil, nil, err
	}
	e.topics, e.partitions = map[string]map[string]task.Topic{spec.Name: topics}, map[string]int32{spec.Name: partitions}
	if e.store, err = store.Open(config.StateDir, config.Store, slog.New(slog.DiscardHandler)); err != nil {
		return nil, nil, err
	}
	e.killed, e.kill = context.WithCancel(context.Background())
	e.standbys = map[string]*standby.Standby{spec.Name: e.newStandby(spec)}
	var out []SimWorker
	for index := range spec.Workers {
		w := newWorker(spec, index, config.InstanceID, e)
		e.workers = append(e.workers, w)
		out = append(out, SimWorker{Name: simCluster{host: host}.short(w.transactionalID), Run: w.run})
	}
	return e, out, nil
}

// FlushStore writes the store's memtable to its disk.
func (e *Engine) FlushStore() error { return e.store.FlushNow() }

// CloseStore closes the store; if clean, as a stop does.
func (e *Engine) CloseStore(clean bool) error {
	if clean {
		return e.store.Close()
	}
	return e.store.Abandon()
}

// StoredEntry is an entry of the store, or of a changelog.
type StoredEntry = store.Entry

// Entries returns what the store has of a stage's partition and the changelog offset
// it corresponds to.
func (e *Engine) Entries(stage string, partition int32) (entries []StoredEntry, offset int64, err error) {
	return e.store.Entries(stage, partition)
}

// ParseStored reads an entry as it stands in a changelog.
func ParseStored(partition int32, key, value []byte) (StoredEntry, error) {
	return store.ParseRecord(partition, key, value)
}
