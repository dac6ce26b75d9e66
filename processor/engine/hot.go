package engine

import (
	"bytes"
	"hash/maphash"
)

// hot is the write-back cache of one partition: dirty entries, which committed
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
type hot struct {
	index hotIndex
	seed  maphash.Seed
	// collide gives all keys the same hash, in tests.
	collide bool
	// entries are indexed by number; free heads the list of unused entries.
	entries entryList
	free    uint32
	slab    slab
	// changed are the dirty entries in the order of their first change. kept are the
	// clean entries in the order in which they were written to the store; it also
	// contains some entries that have become dirty since.
	changed, kept queue
	// since holds the checkpoint before each range of changes in the queue.
	since []mark
	// changedBytes and keptBytes are the memory of dirty and of clean entries.
	changedBytes, keptBytes int64
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

// mark is the checkpoint before the changes that begin at queue position from. at is
// the commit time of these changes, unix ms; atEnd may be much older if the partition
// was idle.
type mark struct {
	from          int
	offset, atEnd int64
	at            int64
}

func (h *hot) hash(key []byte) uint32 {
	if h.collide {
		return 0
	}
	return uint32(maphash.Bytes(h.seed, key)) //nolint:gosec // the index uses 32 bits
}

// keyOf returns the key of an entry, valid until the entry is removed.
func (h *hot) keyOf(e *held) []byte { return h.slab.at(e.piece, int(e.keyLen)) }

// payloadOf returns the payload of an entry, valid until the entry changes.
func (h *hot) payloadOf(e *held) []byte { return h.slab.at(e.piece, e.size())[e.keyLen:] }

// find returns the number of a cached entry, 0 if the key must be read from the store.
// The number is valid until the end of the transaction.
func (h *hot) find(key []byte) uint32 {
	if h.index.n == 0 {
		return 0
	}
	return h.index.find(h.hash(key), func(id uint32) bool { return bytes.Equal(h.keyOf(h.entries.at(id)), key) })
}

// differs reports whether the store's entry for a key is outdated.
func (h *hot) differs(key []byte) bool {
	id := h.find(key)
	return id != 0 && h.entries.at(id).changed
}

// absorb adds the writes of a committed transaction at a time in unix ms. before is the
// checkpoint that the state corresponded to until then.
func (h *hot) absorb(o *overlay, before position, at int64) {
	if h.entries.n == 0 {
		h.seed = maphash.MakeSeed()
	}
	if n := len(h.since); n == 0 || h.since[n-1].offset != before.offset || h.since[n-1].atEnd != before.atEnd {
		h.since = append(h.since, mark{from: h.changed.pushed(), offset: before.offset, atEnd: before.atEnd, at: at})
	}
	for _, c := range o.dirty() {
		id := c.ref
		if id == 0 {
			id = h.add(unsafeBytes(c.key), c.before)
		}
		e := h.entries.at(id)
		if !e.changed {
			h.change(id, e)
		}
		h.changedBytes -= e.bytes()
		h.set(e, c.payload)
		h.changedBytes += e.bytes()
		e.gone, e.deadline = c.payload == nil, c.deadline
		if c.deadline != 0 && (h.earliest == 0 || c.deadline < h.earliest) {
			h.earliest = c.deadline
		}
	}
	h.moved, h.latest = true, at
}

// add creates a clean entry for a key that is not cached.
func (h *hot) add(key []byte, deadline int64) uint32 {
	hash := h.hash(key)
	id := h.free
	if id == 0 {
		id = h.entries.add()
	} else {
		h.free = h.entries.at(id).hash
	}
	e := h.entries.at(id)
	*e = held{hash: hash, deadline: deadline, writes: e.writes + 1, keyLen: uint32(len(key))} //nolint:gosec // bounded by the changelog's limit
	e.piece = h.slab.take(len(key))
	copy(h.keyOf(e), key)
	h.index.add(hash, id)
	h.keptBytes += e.bytes()
	return id
}

// remove frees an entry.
func (h *hot) remove(id uint32, e *held) {
	h.index.remove(e.hash, id)
	h.slab.give(e.piece, e.size())
	e.piece, e.hash, h.free = 0, h.free, id
}

// change marks an entry dirty before its value changes.
func (h *hot) change(id uint32, e *held) {
	e.changed, e.stored = true, e.deadline
	h.keptBytes -= e.bytes()
	h.changedBytes += e.bytes()
	h.changed.push(id, e.writes)
	h.tail = append(h.tail, id)
}

// set stores a payload. It reuses the entry's memory if the size class stays the same.
func (h *hot) set(e *held, payload []byte) {
	size := int(e.keyLen) + len(payload)
	if slabSize(size) != slabSize(e.size()) {
		piece := h.slab.take(size)
		copy(h.slab.at(piece, int(e.keyLen)), h.keyOf(e))
		copy(h.slab.at(piece, size)[e.keyLen:], payload)
		h.slab.give(e.piece, e.size())
		e.piece = piece
	} else {
		copy(h.slab.at(e.piece, size)[e.keyLen:], payload)
	}
	e.payload = uint32(len(payload)) //nolint:gosec // bounded by the changelog's limit
}

// beyond returns how many of the oldest changes must be written so that the rest takes
// at most keep bytes.
func (h *hot) beyond(keep int64) (n int) {
	left := h.changedBytes
	for _, q := range h.changed.waiting() {
		if left <= keep {
			break
		}
		left -= h.entries.at(q.id).bytes()
		n++
	}
	return n
}

// before returns the number of dirty entries that were committed before a time, unix
// ms.
func (h *hot) before(at int64) (n int) {
	waiting := len(h.changed.waiting())
	for i := range h.since {
		if h.since[i].at >= at {
			return max(h.since[i].from-h.changed.dropped, 0)
		}
	}
	return waiting
}

// write adds the n oldest dirty entries to a store batch, and the checkpoint of the
// store after it. The caller calls written once the batch is committed. Entries are
// added in key order, which saves the store most of its sorting.
func (h *hot) write(w *writer, p *storePartition, n int, now position) error {
	changes := h.changed.waiting()[:n]
	for _, d := range h.deadlines(changes) {
		if err := w.deadline(p, h.keyOf(h.entries.at(d.id)), int64(d.first), d.goes); err != nil { //nolint:gosec // unix ms
			return err
		}
	}
	if err := w.position(p, h.position(n, now)); err != nil {
		return err
	}
	for _, c := range h.byKey(changes) {
		e := h.entries.at(c.id)
		var payload []byte
		if !e.gone {
			payload = h.payloadOf(e)
		}
		if err := w.state(p, h.keyOf(e), payload, e.deadline); err != nil {
			return err
		}
	}
	return nil
}

// position returns the store's checkpoint after the n oldest changes are written; now
// is the checkpoint of the state in memory.
func (h *hot) position(n int, now position) position {
	now.reach = now.offset
	if n == len(h.changed.waiting()) {
		return now
	}
	at := h.mark(h.changed.dropped + n)
	now.offset, now.atEnd = h.since[at].offset, h.since[at].atEnd
	return now
}

// mark returns the index into since of the mark for a queue position, counted from the
// beginning.
func (h *hot) mark(place int) int {
	at := 0
	for at+1 < len(h.since) && h.since[at+1].from <= place {
		at++
	}
	return at
}

// written marks the n oldest dirty entries clean, after their batch is committed.
func (h *hot) written(n int) {
	for _, q := range h.changed.waiting()[:n] {
		e := h.entries.at(q.id)
		e.changed = false
		e.writes++
		h.changedBytes -= e.bytes()
		if !h.awaits(e) {
			h.remove(q.id, e)
			continue
		}
		h.keptBytes += e.bytes()
		h.kept.push(q.id, e.writes)
	}
	h.changed.drop(n)
	left := h.changed.waiting()
	if len(left) == 0 {
		h.earliest, h.moved, h.since = 0, false, h.since[:0]
	} else {
		h.since = append(h.since[:0], h.since[h.mark(h.changed.dropped):]...)
	}
	// The numbers of removed entries may be reused from now on.
	h.sorted, h.tail = h.sorted[:0], h.tail[:0]
	for _, q := range left {
		h.tail = append(h.tail, q.id)
	}
	// Freed memory is normally reused by the next entries; after a burst it is not.
	h.tidy(2)
}

// awaits reports whether an entry has a deadline within a day: its entity probably
// changes again. An entry that only waits for the end of its retention is hardly read
// again, so it is evicted at once.
func (h *hot) awaits(e *held) bool {
	const long = 24 * 60 * 60 * 1000
	return e.deadline != 0 && e.deadline < h.latest+long
}

// forget evicts clean entries, least recently written first, until they take at most
// keep bytes.
func (h *hot) forget(keep int64) {
	n := 0
	for _, q := range h.kept.waiting() {
		if h.keptBytes <= keep {
			break
		}
		n++
		e := h.entries.at(q.id)
		if e.piece == 0 || e.changed || e.writes != q.writes {
			continue
		}
		h.keptBytes -= e.bytes()
		h.remove(q.id, e)
	}
	h.kept.drop(n)
	h.tidy(4)
}

// tidy compacts the slab if more than 1/parts of its memory is unused.
func (h *hot) tidy(parts int64) {
	if h.slab.wasteful(parts) {
		h.gather()
	}
}

// gather copies all pieces in use to a new slab, without gaps.
func (h *hot) gather() {
	var fresh slab
	for id := range h.entries.n {
		e := h.entries.at(id + 1)
		if e.piece == 0 {
			continue
		}
		piece := fresh.take(e.size())
		copy(fresh.at(piece, e.size()), h.slab.at(e.piece, e.size()))
		e.piece = piece
	}
	h.slab = fresh
}
