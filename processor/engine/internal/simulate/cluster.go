package simulate

import (
	"context"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
	"github.com/tributary-hq/tributary/processor/engine/sim"
)

// cluster connects the workers of a host to the simulated cluster.
type cluster struct {
	world *sim.World
	host  *sim.Host
}

// session is a simulated client as a worker sees it.
type session struct{ *sim.Session }

// FetchOffsets implements kafka.GroupAdmin.
func (s session) FetchOffsets(ctx context.Context, _ string, stable bool) (kadm.OffsetResponses, error) {
	return s.Session.FetchOffsets(ctx, stable) //nolint:wrapcheck // an adapter
}

// TakeOver implements kafka.TransactionAdmin.
func (s session) TakeOver(ctx context.Context, id string, timeout time.Duration) (kafka.Producer, error) {
	pid, epoch, err := s.Session.TakeOver(ctx, id, timeout)
	return kafka.Producer{ID: pid, Epoch: epoch}, err //nolint:wrapcheck // an adapter
}

// Marker implements kafka.TransactionAdmin.
func (s session) Marker(ctx context.Context, topic string, partition int32, of kafka.Producer) (kafka.Marker, error) {
	commit, ok, err := s.Session.Marker(ctx, topic, partition, of.ID, of.Epoch)
	switch {
	case err != nil || !ok:
		return kafka.NoMarker, err //nolint:wrapcheck // an adapter
	case commit:
		return kafka.CommitMarker, nil
	}
	return kafka.AbortMarker, nil
}

// OffsetMetadata implements kafka.TransactionAdmin.
func (s session) OffsetMetadata(ctx context.Context, _, _ string) ([]string, error) {
	return s.OffsetNotes(ctx) //nolint:wrapcheck // an adapter
}

// EndTransaction implements kafka.TransactionAdmin.
func (s session) EndTransaction(ctx context.Context, _ string, as kafka.Producer, open kadm.TopicsSet, group string, commit bool) error {
	return s.EndAs(ctx, as.ID, as.Epoch, open, group != "", commit) //nolint:wrapcheck // an adapter
}

// ForceRebalance implements kafka.Session: no standby replica asks for it.
func (session) ForceRebalance() {}

// Join implements kafka.Cluster.
func (c cluster) Join(_ context.Context, m *kafka.Member) (kafka.Session, kafka.Admin, error) {
	var s *sim.Session
	calls := sim.Callbacks{
		Assigned: func(partitions []int32) { m.Assigned(s, partitions) },
		Revoked:  func(partitions []int32) { m.Revoked(s, partitions) },
		Saw:      m.Saw,
		Lost:     m.Lost,
	}
	s, err := c.host.Join(m.ID, c.short(m.ID), m.Topic, m.TransactionTimeout.Milliseconds(), m.KeepControlRecords, calls, func(made *sim.Session) { s = made })
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // an adapter
	}
	own := session{s}
	return own, own, nil
}

// short returns a member's name in faults and traces: host and number.
func (c cluster) short(id string) string {
	return c.host.Name + id[strings.LastIndexByte(id, '.'):]
}

// Read implements kafka.Cluster.
func (c cluster) Read(r *kafka.ReadRequest) (kafka.Reader, error) {
	positions := map[int32]int64{}
	for p, o := range r.From {
		positions[p] = o.EpochOffset().Offset
	}
	return c.host.Read(c.short(r.Client), r.Topic, positions, !r.Uncommitted), nil
}

// Topics implements kafka.Cluster.
func (c cluster) Topics(context.Context) (kadm.TopicDetails, error) {
	return c.world.Cluster.Details(), nil
}

// virtual lets workers wait in virtual time.
type virtual struct{ world *sim.World }

// NewGroup implements scheduler.Scheduler.
func (v virtual) NewGroup() scheduler.Group { return v.world.Beside() }

// Sleep implements scheduler.Scheduler.
func (v virtual) Sleep(ctx context.Context, d time.Duration) error { return v.world.Pause(ctx, d) } //nolint:wrapcheck // an adapter

// Await implements scheduler.Scheduler.
func (v virtual) Await(ctx context.Context, done <-chan struct{}) error {
	return v.world.Await(ctx, done) //nolint:wrapcheck // an adapter
}
