package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/stage"
)

// checkpointVersion is the format version of a position. Version 1 had no input, version
// 2 no reach.
const checkpointVersion = 3

// checkpointBytes returns the length of a position by its version, 0 for an unknown one.
func checkpointBytes(version byte) int {
	return [checkpointVersion + 1]int{0, 33, 41, 49}[min(version, checkpointVersion)]
}

// Checkpoint returns the stored checkpoint; found is false if the partition has none.
func (p *Partition) Checkpoint() (pos cache.Checkpoint, found bool, err error) {
	value, closer, err := p.db.Get(p.at(kindCheckpoint))
	if errors.Is(err, pebble.ErrNotFound) {
		return pos, false, nil
	}
	if err != nil {
		return pos, false, p.store.failed(fmt.Errorf("read the state store: %w", err))
	}
	if len(value) > 0 && value[0] > checkpointVersion {
		return pos, false, errors.Join(fmt.Errorf("%w: a position has format version %d, this release reads up to %d",
			stage.ErrNewerState, value[0], checkpointVersion), closer.Close())
	}
	if len(value) == 0 || len(value) != checkpointBytes(value[0]) {
		return pos, false, errors.Join(fmt.Errorf("%w: a position of %d bytes in a format that this program does not read", entry.ErrUnreadable, len(value)), closer.Close())
	}
	copy(pos.TopicID[:], value[1:17])
	pos.Offset = int64(binary.BigEndian.Uint64(value[17:25])) //nolint:gosec // an offset
	pos.AtEnd = int64(binary.BigEndian.Uint64(value[25:33]))  //nolint:gosec // unix ms
	pos.Highest = pos.Offset
	if value[0] > 1 {
		pos.Input = int64(binary.BigEndian.Uint64(value[33:41])) //nolint:gosec // an offset
	}
	if value[0] > 2 {
		pos.Highest = int64(binary.BigEndian.Uint64(value[41:49])) //nolint:gosec // an offset
	}
	return pos, true, closer.Close()
}

// SetCheckpoint adds the checkpoint of the state after the batch.
func (b *Batch) SetCheckpoint(p *Partition, pos cache.Checkpoint) error {
	value := append(make([]byte, 0, checkpointBytes(checkpointVersion)), checkpointVersion)
	value = append(value, pos.TopicID[:]...)
	value = binary.BigEndian.AppendUint64(value, uint64(pos.Offset))  //nolint:gosec // an offset
	value = binary.BigEndian.AppendUint64(value, uint64(pos.AtEnd))   //nolint:gosec // unix ms
	value = binary.BigEndian.AppendUint64(value, uint64(pos.Input))   //nolint:gosec // an offset
	value = binary.BigEndian.AppendUint64(value, uint64(pos.Highest)) //nolint:gosec // an offset
	return b.batch.Set(p.at(kindCheckpoint), value, nil)
}
