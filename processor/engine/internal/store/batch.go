package store

import (
	"encoding/binary"
	"errors"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// Batch collects the writes that are committed together, for one or more partitions.
type Batch struct {
	store *Store
	batch *pebble.Batch
	// keys is true if keys of the batch were added to the filter. begun is the number
	// of filter scans started before the first of them.
	keys  bool
	begun int
}

// NewBatch returns an empty batch.
func (s *Store) NewBatch() *Batch { return &Batch{store: s, batch: s.db.NewBatch()} }

// NewLargeBatch returns a batch with preallocated memory for n bytes.
func (s *Store) NewLargeBatch(n int) *Batch {
	const (
		last = 64 << 10 // room for the entries that exceed the limit
		// Pebble reuses a finished batch of at most this size.
		keep = 16 << 20
	)
	return &Batch{store: s, batch: s.db.NewBatch(pebble.WithInitialSizeBytes(n+last), pebble.WithMaxRetainedSizeBytes(keep))}
}

// Size returns how many bytes were added so far.
func (b *Batch) Size() int { return b.batch.Len() }

// AddRecord adds a changelog record, whose value is an encoded entry. It does not read
// the previous entry, so the timer index keeps its deadline as a stale index entry.
func (b *Batch) AddRecord(p *Partition, key, value []byte) error {
	if value == nil {
		return b.batch.Delete(p.at(kindState, key), nil)
	}
	payload, deadline, err := entry.Parse(value)
	if err == nil && string(key) == entry.HeaderKey {
		err = entry.CheckHeader(payload)
	}
	if err != nil {
		return err
	}
	if err := b.index(p, key, deadline); err != nil {
		return err
	}
	return b.set(p.at(kindState, key), value)
}

// setTimer adds an entry's deadline to the timer index, or deletes it if remove is true.
func (b *Batch) setTimer(p *Partition, key []byte, deadline int64, remove bool) error {
	if remove {
		return b.batch.Delete(p.timerKey(deadline, key), nil)
	}
	return b.index(p, key, deadline)
}

// setEntry writes an entry, or deletes it if payload is nil.
func (b *Batch) setEntry(p *Partition, key, payload []byte, deadline int64) error {
	if payload == nil {
		return b.batch.Delete(p.at(kindState, key), nil)
	}
	return b.set(p.at(kindState, key), p.encode(payload, deadline))
}

// index adds a deadline to the timer index, if it is not 0.
func (b *Batch) index(p *Partition, key []byte, deadline int64) error {
	if deadline == 0 {
		return nil
	}
	p.quiet = min(p.quiet, deadline)
	return b.batch.Set(p.timerKey(deadline, key), nil, nil)
}

// set writes an entry. Its key is added to the filter before it is in the store.
func (b *Batch) set(at, value []byte) error {
	begun := b.store.keys.add(at)
	if !b.keys {
		b.keys, b.begun = true, begun
	}
	return b.batch.Set(at, value, nil)
}

// encode returns an encoded entry in memory that the next call reuses.
func (p *Partition) encode(payload []byte, deadline int64) []byte {
	p.value = entry.Append(p.value[:0], payload, deadline)
	return p.value
}

func (p *Partition) timerKey(deadline int64, key []byte) []byte {
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(deadline)) //nolint:gosec // unix ms
	return p.at(kindTimer, at[:], key)
}

// sink is a batch for one partition, as its cache writes to it.
type sink struct {
	batch *Batch
	p     *Partition
}

// Sink returns the batch as the sink of a partition's cache.
func (b *Batch) Sink(p *Partition) cache.Sink { return sink{b, p} }

// Timer implements cache.Sink.
func (s sink) Timer(key []byte, deadline int64, remove bool) error {
	return s.batch.setTimer(s.p, key, deadline, remove)
}

// Checkpoint implements cache.Sink.
func (s sink) Checkpoint(at cache.Checkpoint) error { return s.batch.SetCheckpoint(s.p, at) }

// Entry implements cache.Sink.
func (s sink) Entry(key, payload []byte, deadline int64) error {
	return s.batch.setEntry(s.p, key, payload, deadline)
}

// Wipe deletes the partition's state, timer index and checkpoint.
func (b *Batch) Wipe(p *Partition) error {
	return b.batch.DeleteRange(p.prefix, upperBound(p.prefix), nil)
}

// Commit writes the batch atomically, without fsync: see Store.
func (b *Batch) Commit() error {
	err := b.store.keys.commit(b.batch, b.begun)
	return b.store.failed(errors.Join(err, b.batch.Close()))
}

// Discard discards the batch.
func (b *Batch) Discard() error { return b.batch.Close() }
