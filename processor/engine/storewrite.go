package engine

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// position says which point of the changelog a partition's state corresponds to.
type position struct {
	// topicID is the changelog topic's: a topic made anew is another one.
	topicID [16]byte
	// offset is the next changelog offset to read.
	offset int64
	// atEnd is when offset was last known to be the changelog's end, or when the replay
	// that has come this far began, unix ms.
	atEnd int64
	// reach is the checkpoint: the offset up to which the store holds every change.
	// Between reach and the highest offset, the store holds some of the changes.
	reach int64
	// input is the input offset up to which rounds that the broker confirmed are in the
	// state; less than that where the state came from the changelog.
	input int64
}

// positionVersion is the format of a position; the first had no input, the second no
// reach.
const positionVersion = 3

// positionBytes is the length of a position by its version, 0 for none.
func positionBytes(version byte) int {
	return [positionVersion + 1]int{0, 33, 41, 49}[min(version, positionVersion)]
}

// position returns the stored position; found is false for a partition that has
// none.
func (p *storePartition) position() (pos position, found bool, err error) {
	value, closer, err := p.db.Get(p.at(kindPosition))
	if errors.Is(err, pebble.ErrNotFound) {
		return pos, false, nil
	}
	if err != nil {
		return pos, false, p.store.failed(fmt.Errorf("read the state store: %w", err))
	}
	if len(value) > 0 && value[0] > positionVersion {
		return pos, false, errors.Join(fmt.Errorf("%w: a position has format version %d, this release reads up to %d",
			ErrNewerState, value[0], positionVersion), closer.Close())
	}
	if len(value) == 0 || len(value) != positionBytes(value[0]) {
		return pos, false, errors.Join(fmt.Errorf("%w: a position of %d bytes in a format that this program does not read", errEntry, len(value)), closer.Close())
	}
	copy(pos.topicID[:], value[1:17])
	pos.offset = int64(binary.BigEndian.Uint64(value[17:25])) //nolint:gosec // an offset
	pos.atEnd = int64(binary.BigEndian.Uint64(value[25:33]))  //nolint:gosec // unix ms
	pos.reach = pos.offset
	if value[0] > 1 {
		pos.input = int64(binary.BigEndian.Uint64(value[33:41])) //nolint:gosec // an offset
	}
	if value[0] > 2 {
		pos.reach = int64(binary.BigEndian.Uint64(value[41:49])) //nolint:gosec // an offset
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

// largeWriter is a writer with room for n bytes from the start.
func (s *Store) largeWriter(n int) *writer {
	const (
		last = 64 << 10 // the entries that make the batch full
		// Pebble keeps a batch that is over for the next one if it is not larger.
		keep = 16 << 20
	)
	return &writer{store: s, batch: s.db.NewBatch(pebble.WithInitialSizeBytes(n+last), pebble.WithMaxRetainedSizeBytes(keep))}
}

// size returns how many bytes were added so far.
func (w *writer) size() int { return w.batch.Len() }

// changelog adds a changelog record as it is: its value is an entry. Nothing is
// read, so the index keeps the former deadline of an entry that has another one.
func (w *writer) changelog(p *storePartition, key, value []byte) error {
	if value == nil {
		return w.batch.Delete(p.at(kindState, key), nil)
	}
	payload, deadline, err := parseEntry(value)
	if err == nil && string(key) == headerKey {
		err = checkHeader(payload)
	}
	if err != nil {
		return err
	}
	if err := w.index(p, key, deadline); err != nil {
		return err
	}
	return w.set(p.at(kindState, key), value)
}

// deadline adds one of an entry to the index, or takes it away.
func (w *writer) deadline(p *storePartition, key []byte, deadline int64, goes bool) error {
	if goes {
		return w.batch.Delete(p.deadlineKey(deadline, key), nil)
	}
	return w.index(p, key, deadline)
}

// state writes an entry, or deletes it where payload is nil.
func (w *writer) state(p *storePartition, key, payload []byte, deadline int64) error {
	if payload == nil {
		return w.batch.Delete(p.at(kindState, key), nil)
	}
	return w.set(p.at(kindState, key), p.encode(payload, deadline))
}

// index adds a deadline to the index, if there is one.
func (w *writer) index(p *storePartition, key []byte, deadline int64) error {
	if deadline == 0 {
		return nil
	}
	p.quiet = min(p.quiet, deadline)
	return w.batch.Set(p.deadlineKey(deadline, key), nil, nil)
}

// set writes the entry of a key, which the filter knows before the store does.
func (w *writer) set(at, value []byte) error {
	begun := w.store.keys.add(at)
	if !w.keys {
		w.keys, w.begun = true, begun
	}
	return w.batch.Set(at, value, nil)
}

// encode makes a state entry in memory that the next one takes over.
func (p *storePartition) encode(payload []byte, deadline int64) []byte {
	p.value = appendEntry(p.value[:0], payload, deadline)
	return p.value
}

func (p *storePartition) deadlineKey(deadline int64, key []byte) []byte {
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(deadline)) //nolint:gosec // unix ms
	return p.at(kindDeadline, at[:], key)
}

// position adds the checkpoint of the state after the batch.
func (w *writer) position(p *storePartition, pos position) error {
	value := append(make([]byte, 0, positionBytes(positionVersion)), positionVersion)
	value = append(value, pos.topicID[:]...)
	value = binary.BigEndian.AppendUint64(value, uint64(pos.offset)) //nolint:gosec // an offset
	value = binary.BigEndian.AppendUint64(value, uint64(pos.atEnd))  //nolint:gosec // unix ms
	value = binary.BigEndian.AppendUint64(value, uint64(pos.input))  //nolint:gosec // an offset
	value = binary.BigEndian.AppendUint64(value, uint64(pos.reach))  //nolint:gosec // an offset
	return w.batch.Set(p.at(kindPosition), value, nil)
}

// wipe deletes everything of a partition.
func (w *writer) wipe(p *storePartition) error {
	return w.batch.DeleteRange(p.prefix, upperBound(p.prefix), nil)
}

// commit writes the batch, atomically. No fsync: see Store.
func (w *writer) commit() error {
	err := w.store.keys.commit(w.batch, w.begun)
	return w.store.failed(errors.Join(err, w.batch.Close()))
}

// drop forgets the batch.
func (w *writer) drop() error { return w.batch.Close() }
