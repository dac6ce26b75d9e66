package engine

import (
	"errors"
	"time"
)

// Hot is a partition's state as a worker sees it: in the store, and in memory beside
// it.
type Hot struct {
	part  *storePartition
	store *Store
	round *overlay
	arena arena
}

// Hot returns the view of a partition.
func (s *Store) Hot(partition int32) *Hot {
	return &Hot{part: s.partition("test", partition), store: s}
}

// Round begins a round.
func (h *Hot) Round() {
	h.arena.reset()
	h.round = newOverlay(h.part, &h.arena)
}

// Set writes an entry of the round, or deletes it where payload is nil.
func (h *Hot) Set(key string, payload []byte, deadline time.Time) error {
	return h.round.set([]byte(key), payload, millis(deadline))
}

// Get reads an entry.
func (h *Hot) Get(key string) ([]byte, error) { return h.round.get([]byte(key)) }

// Scan reads the keys and values under a prefix.
func (h *Hot) Scan(prefix string) (found []string, err error) {
	err = h.round.scan([]byte(prefix), func(key, value []byte) bool {
		found = append(found, string(key)+"="+string(value))
		return true
	})
	return found, err
}

// Due returns the keys of the first deadlines up to a time.
func (h *Hot) Due(until time.Time, limit int) (keys []string, err error) {
	due, err := h.round.due(until.UnixMilli(), limit)
	for i := range due {
		keys = append(keys, string(due[i].key))
	}
	return keys, err
}

// Commit takes the round over.
func (h *Hot) Commit() { h.part.hot.absorb(h.round) }

// WriteBack brings what is in memory to the store.
func (h *Hot) WriteBack() error {
	batch := h.store.writer()
	if err := h.part.hot.write(batch, h.part); err != nil {
		return errors.Join(err, batch.drop())
	}
	if err := batch.commit(); err != nil {
		return err
	}
	h.part.hot.written()
	return nil
}
