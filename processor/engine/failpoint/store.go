package failpoint

import (
	"errors"
	"log/slog"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// Entry is an entry of a store or a changelog.
type Entry = store.Entry

// ReadStore returns the entries of a stage's partitions in the store of a stopped process,
// without the engine's own, and the changelog offsets of their checkpoints.
func ReadStore(dir string, config engine.StoreConfig, stage string, partitions int32) (entries [][]Entry, offsets []int64, err error) {
	s, err := store.Open(dir, config, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, nil, err
	}
	for p := range partitions {
		found, offset, partErr := s.Entries(stage, p)
		entries, offsets, err = append(entries, found), append(offsets, offset), errors.Join(err, partErr)
	}
	return entries, offsets, errors.Join(err, s.Close())
}

// ParseEntry decodes a changelog record.
func ParseEntry(partition int32, key, value []byte) (Entry, error) {
	return store.ParseRecord(partition, key, value)
}
