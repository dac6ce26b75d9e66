package engine

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/simulate"
)

// simCluster connects workers to a simulated log.
type simCluster struct{ host *simulate.Host }

// simSession is a simulated client as a worker sees it.
type simSession struct {
	*simulate.Session

	stable bool
}

// FetchOffsets implements admin.
func (s simSession) FetchOffsets(ctx context.Context, _ string) (kadm.OffsetResponses, error) {
	return s.Session.FetchOffsets(ctx, s.stable)
}

// TakeOver implements admin.
func (s simSession) TakeOver(ctx context.Context, id string, timeout time.Duration) (producer, error) {
	pid, epoch, err := s.Session.TakeOver(ctx, id, timeout)
	return producer{pid, epoch}, err
}

// Marker implements admin.
func (s simSession) Marker(ctx context.Context, topic string, partition int32, of producer) (marker, error) {
	commit, ok, err := s.Session.Marker(ctx, topic, partition, of.id, of.epoch)
	switch {
	case err != nil || !ok:
		return noMarker, err
	case commit:
		return commitMarker, nil
	}
	return abortMarker, nil
}

// OffsetNotes implements admin.
func (s simSession) OffsetNotes(ctx context.Context, _, _ string) ([]string, error) {
	return s.Session.OffsetNotes(ctx)
}

// EndAs implements admin.
func (s simSession) EndAs(ctx context.Context, _ string, as producer, open kadm.TopicsSet, group string, commit bool) error {
	return s.Session.EndAs(ctx, as.id, as.epoch, open, group != "", commit)
}

func (c simCluster) join(ctx context.Context, w *worker) (session, admin, error) {
	var s *simulate.Session
	calls := simulate.Callbacks{
		Assigned: func(partitions []int32) { w.onAssigned(s, partitions) },
		Revoked:  func(partitions []int32) { w.onRevoked(s, partitions) },
		Saw:      w.sawAssignment,
		Lost:     w.onLost,
	}
	s, err := c.host.Join(w.transactionalID, c.short(w), w.input, w.config.TransactionTimeout.Milliseconds(), w.spec.WallClock, calls, func(made *simulate.Session) { s = made })
	if err != nil {
		return nil, nil, errors.Join(errRejoin, err)
	}
	own := simSession{Session: s, stable: !w.deps.harmed.by(HarmUnstableOffsets)}
	return own, own, nil
}

// short is the worker's name in faults and traces: host and number.
func (c simCluster) short(w *worker) string {
	return c.host.Name + w.transactionalID[strings.LastIndexByte(w.transactionalID, '.'):]
}

func (c simCluster) read(w *worker, from map[int32]kgo.Offset) (reader, error) {
	positions := map[int32]int64{}
	for p, o := range from {
		positions[p] = o.EpochOffset().Offset
	}
	return c.host.Read(c.short(w), w.changelog, positions, !w.deps.harmed.by(HarmReadUncommitted)), nil
}

// simTurns lets workers wait in a simulated world.
type simTurns struct{ world *simulate.World }

func (t simTurns) beside() besides { return t.world.Beside() }

func (t simTurns) pause(ctx context.Context, d time.Duration) error { return t.world.Pause(ctx, d) }

func (t simTurns) await(ctx context.Context, done <-chan struct{}) error {
	return t.world.Await(ctx, done)
}

// SimWorker is a worker's whole life, to be run as a task.
type SimWorker struct {
	Name string
	Run  func(context.Context) error
}

// StartSimulated is Start for a host of a simulated world.
func StartSimulated(config Config, spec *Spec, deps Deps, world *simulate.World, host *simulate.Host, partitions int32) (*Engine, []SimWorker, error) {
	deps.cluster, deps.turns, deps.Now = simCluster{host}, simTurns{world}, host.Now
	e, err := New(config, []Spec{*spec}, deps)
	if err != nil {
		return nil, nil, err
	}
	topics, err := outputTopics(append([]string{spec.DeadLetter}, spec.Outputs...), func(string) int32 { return partitions }, deps.SchemaIDs)
	if err != nil {
		return nil, nil, err
	}
	for name, topic := range topics {
		topic.name = deps.Names.Topic(name)
		topics[name] = topic
	}
	e.topics, e.partitions = map[string]map[string]outputTopic{spec.Name: topics}, map[string]int32{spec.Name: partitions}
	if e.store, err = OpenStore(config.StateDir, config.Store, slog.New(slog.DiscardHandler)); err != nil {
		return nil, nil, err
	}
	e.killed, e.kill = context.WithCancel(context.Background())
	e.standbys = map[string]*standby{spec.Name: newStandby(spec, e)}
	var out []SimWorker
	for index := range spec.Workers {
		w := newWorker(spec, index, config.InstanceID, e)
		e.workers = append(e.workers, w)
		out = append(out, SimWorker{Name: simCluster{host}.short(w), Run: w.run})
	}
	return e, out, nil
}

// FlushStore brings the store to its disk.
func (e *Engine) FlushStore() error { return e.store.db.Flush() }

// CloseStore closes the store; if clean, as a stop does.
func (e *Engine) CloseStore(clean bool) error {
	if clean {
		return e.store.Close()
	}
	return e.store.db.Close()
}

// StoredEntry is an entry of the store, or of a changelog.
type StoredEntry struct {
	Partition int32
	Key       string
	Payload   string
	Deadline  int64
}

// Entries returns what the store has of a stage's partition and the changelog offset
// it corresponds to.
func (e *Engine) Entries(stage string, partition int32) (entries []StoredEntry, offset int64, err error) {
	at := e.store.partition(stage, partition)
	pos, _, err := at.position()
	if err != nil {
		return nil, 0, err
	}
	prefix := string(at.at(kindState))
	err = at.iterate([]byte(prefix), upperBound([]byte(prefix)), func(key, value []byte) (bool, error) {
		entry, err := ParseStored(partition, key[len(prefix):], value)
		if err == nil && !strings.HasPrefix(entry.Key, "\x00") {
			entries = append(entries, entry)
		}
		return true, err
	})
	return entries, pos.offset, err
}

// ParseStored reads an entry as it stands in a changelog.
func ParseStored(partition int32, key, value []byte) (StoredEntry, error) {
	payload, deadline, err := entry.Parse(value)
	return StoredEntry{Partition: partition, Key: string(key), Payload: string(payload), Deadline: deadline}, err
}
