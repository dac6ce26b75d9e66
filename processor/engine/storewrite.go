package engine

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// positionVersion is the format version of a position. Version 1 had no input, version
// 2 no reach.
const positionVersion = 3

// positionBytes returns the length of a position by its version, 0 for an unknown one.
func positionBytes(version byte) int {
	return [positionVersion + 1]int{0, 33, 41, 49}[min(version, positionVersion)]
}

// position returns the stored checkpoint; found is false if the partition has none.
func (p *storePartition) position() (pos cache.Checkpoint, found bool, err error) {
	value, closer, err := p.db.Get(p.at(kindPosition))
	if errors.Is(err, pebble.ErrNotFound) {
		return pos, false, nil
	}
	if err != nil {
		return pos, false, p.store.failed(fmt.Errorf("read the state store: %w", err))
	}
	if len(value) > 0 && value[0] > positionVersion {
		return pos, false, errors.Join(fmt.Errorf("%w: a position has format version %d, this release reads up to %d",
			entry.ErrNewerState, value[0], positionVersion), closer.Close())
	}
	if len(value) == 0 || len(value) != positionBytes(value[0]) {
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

// writer collects one store batch for one or more partitions.
type writer struct {
	store *Store
	batch *pebble.Batch
	// keys is true if keys of the batch were added to the filter. begun is the number
	// of filter scans started before the first of them.
	keys  bool
	begun int
}

func (s *Store) writer() *writer { return &writer{store: s, batch: s.db.NewBatch()} }

// largeWriter returns a writer with a preallocated batch of n bytes.
func (s *Store) largeWriter(n int) *writer {
	const (
		last = 64 << 10 // room for the entries that exceed the limit
		// Pebble reuses a finished batch of at most this size.
		keep = 16 << 20
	)
	return &writer{store: s, batch: s.db.NewBatch(pebble.WithInitialSizeBytes(n+last), pebble.WithMaxRetainedSizeBytes(keep))}
}

// size returns how many bytes were added so far.
func (w *writer) size() int { return w.batch.Len() }

// changelog adds a changelog record, whose value is an encoded entry. It does not read
// the previous entry, so the timer index keeps its deadline as a stale index entry.
func (w *writer) changelog(p *storePartition, key, value []byte) error {
	if value == nil {
		return w.batch.Delete(p.at(kindState, key), nil)
	}
	payload, deadline, err := entry.Parse(value)
	if err == nil && string(key) == entry.HeaderKey {
		err = entry.CheckHeader(payload)
	}
	if err != nil {
		return err
	}
	if err := w.index(p, key, deadline); err != nil {
		return err
	}
	return w.set(p.at(kindState, key), value)
}

// deadline adds an entry's deadline to the timer index, or deletes it if goes is true.
func (w *writer) deadline(p *storePartition, key []byte, deadline int64, goes bool) error {
	if goes {
		return w.batch.Delete(p.deadlineKey(deadline, key), nil)
	}
	return w.index(p, key, deadline)
}

// state writes an entry, or deletes it if payload is nil.
func (w *writer) state(p *storePartition, key, payload []byte, deadline int64) error {
	if payload == nil {
		return w.batch.Delete(p.at(kindState, key), nil)
	}
	return w.set(p.at(kindState, key), p.encode(payload, deadline))
}

// index adds a deadline to the timer index, if it is not 0.
func (w *writer) index(p *storePartition, key []byte, deadline int64) error {
	if deadline == 0 {
		return nil
	}
	p.quiet = min(p.quiet, deadline)
	return w.batch.Set(p.deadlineKey(deadline, key), nil, nil)
}

// set writes an entry. Its key is added to the filter before it is in the store.
func (w *writer) set(at, value []byte) error {
	begun := w.store.keys.add(at)
	if !w.keys {
		w.keys, w.begun = true, begun
	}
	return w.batch.Set(at, value, nil)
}

// encode returns an encoded entry in memory that the next call reuses.
func (p *storePartition) encode(payload []byte, deadline int64) []byte {
	p.value = entry.Append(p.value[:0], payload, deadline)
	return p.value
}

func (p *storePartition) deadlineKey(deadline int64, key []byte) []byte {
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(deadline)) //nolint:gosec // unix ms
	return p.at(kindDeadline, at[:], key)
}

// position adds the checkpoint of the state after the batch.
func (w *writer) position(p *storePartition, pos cache.Checkpoint) error {
	value := append(make([]byte, 0, positionBytes(positionVersion)), positionVersion)
	value = append(value, pos.TopicID[:]...)
	value = binary.BigEndian.AppendUint64(value, uint64(pos.Offset))  //nolint:gosec // an offset
	value = binary.BigEndian.AppendUint64(value, uint64(pos.AtEnd))   //nolint:gosec // unix ms
	value = binary.BigEndian.AppendUint64(value, uint64(pos.Input))   //nolint:gosec // an offset
	value = binary.BigEndian.AppendUint64(value, uint64(pos.Highest)) //nolint:gosec // an offset
	return w.batch.Set(p.at(kindPosition), value, nil)
}

// partitionWriter is a batch for one partition, as its cache writes to it.
type partitionWriter struct {
	w *writer
	p *storePartition
}

// sink returns the batch as the sink of a partition's cache.
func (w *writer) sink(p *storePartition) cache.Sink { return partitionWriter{w, p} }

// Timer implements sink.
func (s partitionWriter) Timer(key []byte, deadline int64, remove bool) error {
	return s.w.deadline(s.p, key, deadline, remove)
}

// Checkpoint implements sink.
func (s partitionWriter) Checkpoint(at cache.Checkpoint) error { return s.w.position(s.p, at) }

// Entry implements sink.
func (s partitionWriter) Entry(key, payload []byte, deadline int64) error {
	return s.w.state(s.p, key, payload, deadline)
}

// wipe deletes the partition's state, timer index and checkpoint.
func (w *writer) wipe(p *storePartition) error {
	return w.batch.DeleteRange(p.prefix, upperBound(p.prefix), nil)
}

// commit writes the batch atomically, without fsync: see Store.
func (w *writer) commit() error {
	err := w.store.keys.commit(w.batch, w.begun)
	return w.store.failed(errors.Join(err, w.batch.Close()))
}

// drop discards the batch.
func (w *writer) drop() error { return w.batch.Close() }
