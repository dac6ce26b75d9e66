package engine

import (
	"context"
	"errors"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// SetCheckpoint writes the checkpoint of a partition's state.
func SetCheckpoint(s *store.Store, partition int32, topicID [16]byte, offset, atEnd int64) error {
	batch := s.NewBatch()
	at := cache.Checkpoint{TopicID: topicID, Offset: offset, Highest: offset, AtEnd: atEnd}
	return errors.Join(batch.SetCheckpoint(s.Partition("test", partition), at), batch.Commit())
}

// PutEntry writes an entry of a partition.
func PutEntry(s *store.Store, partition int32, key, payload []byte) error {
	batch := s.NewBatch()
	return errors.Join(batch.Sink(s.Partition("test", partition)).Entry(key, payload, 0), batch.Commit())
}

// ReadEntry reads an entry of a partition.
func ReadEntry(s *store.Store, partition int32, key []byte) ([]byte, error) {
	e, err := s.Partition("test", partition).Get(key, entry.Heap{})
	return e.Payload, err
}

// FollowOnce lets a standby of this store begin to follow one partition and stop. It
// returns the offset it would follow from; followed is false for a copy left alone.
func FollowOnce(ctx context.Context, s *store.Store, deps Deps, changelog string, partition int32) (from int64, followed bool, err error) {
	config := DefaultConfig()
	st := &standby{
		stage: "test", changelog: changelog, config: &config, deps: &deps, store: s, metrics: newMetrics(prometheus.NewRegistry(), "engine"),
		logger: slog.New(slog.DiscardHandler), wanted: map[int32]bool{partition: false}, followed: map[int32]StandbyPartition{}, refused: map[int32]bool{},
	}
	client, err := kgo.NewClient(deps.Kafka...)
	if err != nil {
		return 0, false, err
	}
	defer client.Close()
	f := &followers{standby: st, admin: kadm.NewClient(client), held: map[int32]*copyHeld{}, load: restore.NewLoader(s)}
	if _, err := f.take(ctx); err != nil {
		return 0, false, err
	}
	h := f.held[partition]
	if h == nil {
		return 0, false, nil
	}
	from = h.From
	return from, true, f.close()
}
