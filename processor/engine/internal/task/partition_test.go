package task_test

import (
	"errors"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
)

// partition is a partition's state as a worker sees it: write buffer over write-back cache
// over store. Each transaction is one changelog offset.
type partition struct {
	part  *store.Partition
	store *store.Store
	tx    *task.WriteBuffer
	arena task.Arena
	// offset is the number of committed transactions.
	offset int64
}

// firstCommit is the time of the first transaction, unix ms; each takes a millisecond.
const firstCommit = 1_700_000_000_000

func newPartition(s *store.Store) *partition {
	return &partition{part: s.Partition("test", 3), store: s}
}

// begin begins a transaction.
func (p *partition) begin() {
	p.arena.Reset()
	p.tx = task.NewWriteBuffer(p.part, &p.arena)
}

// set writes an entry, or deletes it if payload is nil.
func (p *partition) set(key string, payload []byte, deadline time.Time) error {
	return p.tx.Set([]byte(key), payload, entry.Millis(deadline))
}

func (p *partition) get(key string) ([]byte, error) { return p.tx.Get([]byte(key)) }

// scan returns the entries under a prefix.
func (p *partition) scan(prefix string) (found []string, err error) {
	err = p.tx.Scan([]byte(prefix), func(key, value []byte) bool {
		found = append(found, string(key)+"="+string(value))
		return true
	})
	return found, err
}

// due returns the keys of the first due timers.
func (p *partition) due(until time.Time, limit int) (keys []string, err error) {
	due, _, err := p.tx.Due(until.UnixMilli(), limit)
	for i := range due {
		keys = append(keys, string(due[i].Key))
	}
	return keys, err
}

// dueAndMore is due; more is true if the store stopped at its limit.
func (p *partition) dueAndMore(until time.Time, limit int) (keys []string, more bool, err error) {
	due, more, err := p.tx.Due(until.UnixMilli(), limit)
	for i := range due {
		keys = append(keys, string(due[i].Key))
	}
	return keys, more, err
}

// commit puts the writes of the transaction into the cache.
func (p *partition) commit() {
	p.part.Cache.Begin(cache.Checkpoint{Offset: p.offset, AtEnd: p.offset}, firstCommit+p.offset)
	for _, e := range p.tx.Writes() {
		p.part.Cache.Put(e.Ref, e.KeyBytes(), e.Payload, e.Deadline, e.Before)
	}
	p.offset++
}

// writeBack writes the oldest changes to the store until keep bytes are left in the cache.
// It returns the checkpoint of the store.
func (p *partition) writeBack(keep int64) (rounds int64, err error) {
	batch := p.store.NewBatch()
	n := p.part.Cache.Excess(keep)
	now := cache.Checkpoint{Offset: p.offset}
	pos := p.part.Cache.Checkpoint(n, now)
	if err := p.part.Cache.Flush(batch.Sink(p.part), n, now); err != nil {
		return 0, errors.Join(err, batch.Discard())
	}
	if err := batch.Commit(); err != nil {
		return 0, err
	}
	p.part.Cache.MarkClean(n)
	return pos.Offset, nil
}

// evict evicts clean entries until keep bytes are left.
func (p *partition) evict(keep int64) { p.part.Cache.Evict(keep) }

// bytes returns the memory of dirty and of clean entries.
func (p *partition) bytes() (changed, kept int64) { return p.part.Cache.Bytes() }

// keys returns the number of keys that scans look at, and of dirty entries.
func (p *partition) keys() (keys, changed int) {
	return p.part.Cache.Keys()
}

// crash clears the cache, as a crash does.
func (p *partition) crash() { p.part.Cache.Clear() }

// collide gives all keys the same hash.
func (p *partition) collide() { p.part.Cache.HashAlike() }

func (p *partition) compact() { p.part.Cache.Compact() }

// replay writes an entry as a replay of the changelog does.
func (p *partition) replay(key string, payload []byte, deadline time.Time) error {
	batch := p.store.NewBatch()
	var value []byte
	if payload != nil {
		value = entry.Append(nil, payload, entry.Millis(deadline))
	}
	if err := batch.AddRecord(p.part, []byte(key), value); err != nil {
		return errors.Join(err, batch.Discard())
	}
	return batch.Commit()
}
