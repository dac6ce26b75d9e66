package engine

import (
	"errors"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// Hot is a partition's state as a worker sees it: in the store, and in memory beside
// it.
type Hot struct {
	part  *store.Partition
	store *store.Store
	round *overlay
	arena arena
	// rounds is how many were committed.
	rounds int64
}

// hotBegin is when the first round was, unix ms; each takes a millisecond.
const hotBegin = 1_700_000_000_000

// NewHot returns the view of a partition.
func NewHot(s *store.Store, partition int32) *Hot {
	return &Hot{part: s.Partition("test", partition), store: s}
}

// Round begins a round.
func (h *Hot) Round() {
	h.arena.reset()
	h.round = newOverlay(h.part, &h.arena)
}

// Set writes an entry of the round, or deletes it where payload is nil.
func (h *Hot) Set(key string, payload []byte, deadline time.Time) error {
	return h.round.set([]byte(key), payload, entry.Millis(deadline))
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
	due, _, err := h.round.due(until.UnixMilli(), limit)
	for i := range due {
		keys = append(keys, string(due[i].Key))
	}
	return keys, err
}

// LookForDue is Due in one round: more says that it did not look at everything.
func (h *Hot) LookForDue(until time.Time, limit int) (keys []string, more bool, err error) {
	due, more, err := h.round.due(until.UnixMilli(), limit)
	for i := range due {
		keys = append(keys, string(due[i].Key))
	}
	return keys, more, err
}

// Commit takes the round over.
func (h *Hot) Commit() {
	h.part.Cache.Begin(cache.Checkpoint{Offset: h.rounds, AtEnd: h.rounds}, hotBegin+h.rounds)
	for _, c := range h.round.dirty() {
		h.part.Cache.Put(c.ref, bytesOfText(c.key), c.payload, c.deadline, c.before)
	}
	h.rounds++
}

// WriteBack brings what changed first to the store, until keep bytes are left, and
// says after how many rounds the store claims to be.
func (h *Hot) WriteBack(keep int64) (rounds int64, err error) {
	batch := h.store.NewBatch()
	n := h.part.Cache.Excess(keep)
	now := cache.Checkpoint{Offset: h.rounds}
	pos := h.part.Cache.Checkpoint(n, now)
	if err := h.part.Cache.Flush(batch.Sink(h.part), n, now); err != nil {
		return 0, errors.Join(err, batch.Discard())
	}
	if err := batch.Commit(); err != nil {
		return 0, err
	}
	h.part.Cache.MarkClean(n)
	return pos.Offset, nil
}

// Before is how many changes the store did not get since a round.
func (h *Hot) Before(round int64) int { return h.part.Cache.OlderThan(hotBegin + round) }

// Forget drops what the store has, until keep bytes are left.
func (h *Hot) Forget(keep int64) { h.part.Cache.Evict(keep) }

// Held is how much is in memory: what the store does not have, and what it has.
func (h *Hot) Held() (changed, kept int64) { return h.part.Cache.Bytes() }

// Keys is how many keys are kept for scans, and how many entries they are for.
func (h *Hot) Keys() (keys, changed int) {
	return h.part.Cache.Keys()
}

// Crash forgets what is in memory, as a crash does.
func (h *Hot) Crash() { h.part.Cache.Clear() }

// Collide gives all keys the same hash.
func (h *Hot) Collide() { h.part.Cache.HashAlike() }

// Gather moves all entries together.
func (h *Hot) Gather() { h.part.Cache.Compact() }

// Replay writes an entry as a replay of the changelog does.
func (h *Hot) Replay(key string, payload []byte, deadline time.Time) error {
	batch := h.store.NewBatch()
	var value []byte
	if payload != nil {
		value = entry.Append(nil, payload, entry.Millis(deadline))
	}
	if err := batch.AddRecord(h.part, []byte(key), value); err != nil {
		return errors.Join(err, batch.Discard())
	}
	return batch.Commit()
}
