package engine

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Settler is what the engine asks of a broker to settle a forgotten transaction.
type Settler struct{ admin kgoAdmin }

// NewSettler makes a Settler.
func NewSettler(client *kgo.Client, opts []kgo.Opt) Settler {
	return Settler{kgoAdmin{kadm.NewClient(client), client, opts}}
}

// EpochPerTransaction is the admin's.
func (s Settler) EpochPerTransaction(ctx context.Context) (bool, error) {
	return s.admin.EpochPerTransaction(ctx)
}

// EndAs is the admin's.
func (s Settler) EndAs(ctx context.Context, id string, pid int64, epoch int16, open kadm.TopicsSet, group string, commit bool) error {
	return s.admin.EndAs(ctx, id, producer{pid, epoch}, open, group, commit)
}

// Marker is the admin's.
func (s Settler) Marker(ctx context.Context, topic string, partition int32, pid int64, epoch int16) (found, commit bool, err error) {
	m, err := s.admin.Marker(ctx, topic, partition, producer{pid, epoch})
	return m != noMarker, m == commitMarker, err
}

// OffsetNotes is the admin's.
func (s Settler) OffsetNotes(ctx context.Context, group, topic string) ([]string, error) {
	return s.admin.OffsetNotes(ctx, group, topic)
}
