package cache

import (
	"bytes"
	"hash/maphash"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// Cache is the write-back cache of one partition: dirty entries, which committed
// transactions have changed and the store does not hold yet, and clean entries, which
// were written last and have a deadline soon.
//
//	committed transaction ─► dirty ─► (the oldest, over the memory budget) store ─► clean ─► evicted
//	                           │
//	                           └ the store's checkpoint is before the first dirty change
//
// The oldest changes are written first, so that an entity that changes repeatedly within
// the window is written once. The store then holds entries of different moments: every
// change before its checkpoint, and some of the changes after it. After a crash the
// changelog is replayed from the checkpoint, which brings every entry to its last value,
// whichever value the store had. Only committed changes enter the cache.
//
// There may be a million entries, so they contain no pointers: an entry is a number, and
// its key and payload are a piece of a slab.
type Cache struct {
	index index
	seed  maphash.Seed
	// collide gives all keys the same hash: see HashAlike.
	collide bool
	// items are indexed by number; free are the numbers of unused entries.
	items items
	free  []uint32
	slab  slab
	// dirty are the dirty entries in the order of their first change. clean are the
	// clean entries in the order in which they were written to the store; it also
	// contains some entries that have become dirty since.
	dirty, clean queue
	// marks holds the checkpoint before each range of changes in the queue.
	marks []mark
	// dirtyBytes and cleanBytes are the memory of dirty and of clean entries.
	dirtyBytes, cleanBytes int64
	// earliest is a lower bound of the deadlines of dirty entries, 0 if there are none.
	earliest int64
	// latest is the commit time of the last transaction, unix ms.
	latest int64
	// moved is true if the checkpoint differs from the stored one.
	moved bool
	// sorted and tail together are all dirty entries: sorted by key, and the newer ones
	// unsorted. Only scans use them, and scans are rare.
	sorted, tail []uint32
}

func (c *Cache) hash(key []byte) uint32 {
	if c.collide {
		return 0
	}
	return uint32(maphash.Bytes(c.seed, key)) //nolint:gosec // the index uses 32 bits
}

// keyOf returns the key of an entry, valid until the entry is removed.
func (c *Cache) keyOf(e *item) []byte { return c.slab.at(e.piece, int(e.keyLen)) }

// payloadOf returns the payload of an entry, valid until the entry changes.
func (c *Cache) payloadOf(e *item) []byte { return c.slab.at(e.piece, e.size())[e.keyLen:] }

// find returns the number of a cached entry, 0 if the key must be read from the store.
// The number is valid until the end of the transaction.
func (c *Cache) find(key []byte) uint32 {
	if c.index.n == 0 {
		return 0
	}
	return c.index.find(c.hash(key), func(id uint32) bool { return bytes.Equal(c.keyOf(c.items.at(id)), key) })
}

// IsDirty reports whether the store's entry for a key is outdated.
func (c *Cache) IsDirty(key []byte) bool {
	id := c.find(key)
	return id != 0 && c.items.at(id).dirty
}

// Begin begins to add the writes of a committed transaction at a time in unix ms. before
// is the checkpoint that the state corresponded to until then.
func (c *Cache) Begin(before Checkpoint, at int64) {
	if c.items.n == 0 {
		c.seed = maphash.MakeSeed()
	}
	if n := len(c.marks); n == 0 || c.marks[n-1].offset != before.Offset || c.marks[n-1].atEnd != before.AtEnd {
		c.marks = append(c.marks, mark{from: c.dirty.pushed(), offset: before.Offset, atEnd: before.AtEnd, at: at})
	}
	c.moved, c.latest = true, at
}

// Put adds a write of the transaction; a nil payload deletes. ref is the entry's number,
// 0 if it is not cached; before is the stored deadline of an entry that is not cached.
func (c *Cache) Put(ref uint32, key, payload []byte, deadline, before int64) {
	id := ref
	if id == 0 {
		id = c.insert(key, before)
	}
	e := c.items.at(id)
	if !e.dirty {
		c.markDirty(id, e)
	}
	c.dirtyBytes -= e.bytes()
	c.set(e, payload)
	c.dirtyBytes += e.bytes()
	e.deleted, e.deadline = payload == nil, deadline
	if deadline != 0 && (c.earliest == 0 || deadline < c.earliest) {
		c.earliest = deadline
	}
}

// Get returns a cached entry; ok is false if the key must be read from the store. The
// result is valid until the end of the transaction.
func (c *Cache) Get(key []byte) (found entry.Stored, ok bool) {
	id := c.find(key)
	if id == 0 {
		return entry.Stored{}, false
	}
	e := c.items.at(id)
	found = entry.Stored{Deadline: e.deadline, Ref: id}
	if !e.deleted {
		found.Payload = c.payloadOf(e)
	}
	return found, true
}

// Bytes returns the memory of dirty and of clean entries.
func (c *Cache) Bytes() (dirty, clean int64) { return c.dirtyBytes, c.cleanBytes }

// Pending reports whether the checkpoint differs from the stored one.
func (c *Cache) Pending() bool { return c.moved }

// Keys returns the number of keys that scans may have to look at, and of dirty entries.
func (c *Cache) Keys() (indexed, dirty int) {
	return len(c.sorted) + len(c.tail), len(c.dirty.waiting())
}

// Clear empties the cache.
func (c *Cache) Clear() { *c = Cache{collide: c.collide} }

// HashAlike gives all keys the same hash, to test collisions. The cache must be empty.
func (c *Cache) HashAlike() { c.collide = true }

// Touch makes the next write include the checkpoint, even if nothing else changed.
func (c *Cache) Touch() { c.moved = true }

// insert creates a clean entry for a key that is not cached.
func (c *Cache) insert(key []byte, deadline int64) uint32 {
	hash := c.hash(key)
	var id uint32
	if n := len(c.free); n > 0 {
		id, c.free = c.free[n-1], c.free[:n-1]
	} else {
		id = c.items.add()
	}
	e := c.items.at(id)
	*e = item{hash: hash, deadline: deadline, writes: e.writes + 1, keyLen: uint32(len(key))} //nolint:gosec // bounded by the changelog's limit
	e.piece = c.slab.take(len(key))
	copy(c.keyOf(e), key)
	c.index.add(hash, id)
	c.cleanBytes += e.bytes()
	return id
}

// remove frees an entry.
func (c *Cache) remove(id uint32, e *item) {
	c.index.remove(e.hash, id)
	c.slab.give(e.piece, e.size())
	e.piece, c.free = 0, append(c.free, id)
}

// markDirty marks an entry dirty before its value changes.
func (c *Cache) markDirty(id uint32, e *item) {
	e.dirty, e.stored = true, e.deadline
	c.cleanBytes -= e.bytes()
	c.dirtyBytes += e.bytes()
	c.dirty.push(id, e.writes)
	c.tail = append(c.tail, id)
}

// set stores a payload. It reuses the entry's memory if the size class stays the same.
func (c *Cache) set(e *item, payload []byte) {
	size := int(e.keyLen) + len(payload)
	if slabSize(size) != slabSize(e.size()) {
		piece := c.slab.take(size)
		copy(c.slab.at(piece, int(e.keyLen)), c.keyOf(e))
		copy(c.slab.at(piece, size)[e.keyLen:], payload)
		c.slab.give(e.piece, e.size())
		e.piece = piece
	} else {
		copy(c.slab.at(e.piece, size)[e.keyLen:], payload)
	}
	e.payload = uint32(len(payload)) //nolint:gosec // bounded by the changelog's limit
}

// Sink is the store, as the cache writes to it.
type Sink interface {
	// Timer adds a deadline of a key to the timer index, or removes it.
	Timer(key []byte, deadline int64, remove bool) error
	// Checkpoint sets the checkpoint of the store.
	Checkpoint(at Checkpoint) error
	// Entry writes an entry; a nil payload deletes it.
	Entry(key, payload []byte, deadline int64) error
}
