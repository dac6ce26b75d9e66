package engine

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
)

// SetPosition writes where a partition's state stands in its changelog.
func (s *Store) SetPosition(partition int32, topicID [16]byte, offset, atEnd int64) error {
	batch, part := s.writer(), s.partition("test", partition)
	if err := batch.position(part, cache.Checkpoint{TopicID: topicID, Offset: offset, Highest: offset, AtEnd: atEnd}); err != nil {
		return err
	}
	return batch.commit()
}

// FollowOnce lets a standby of this store begin to follow one partition and stop. It
// returns the offset it would follow from; followed is false for a copy left alone.
func FollowOnce(ctx context.Context, s *Store, deps Deps, changelog string, partition int32) (from int64, followed bool, err error) {
	config := DefaultConfig()
	st := &standby{
		stage: "test", changelog: changelog, config: &config, deps: &deps, store: s, metrics: newMetrics(prometheus.NewRegistry()),
		logger: slog.New(slog.DiscardHandler), wanted: map[int32]bool{partition: false}, followed: map[int32]StandbyPartition{}, refused: map[int32]bool{},
	}
	client, err := kgo.NewClient(deps.Kafka...)
	if err != nil {
		return 0, false, err
	}
	defer client.Close()
	f := &followers{standby: st, admin: kadm.NewClient(client), held: map[int32]*copyHeld{}, load: newLoader(s)}
	if _, err := f.take(ctx); err != nil {
		return 0, false, err
	}
	h := f.held[partition]
	if h == nil {
		return 0, false, nil
	}
	from = h.from
	return from, true, f.close()
}
