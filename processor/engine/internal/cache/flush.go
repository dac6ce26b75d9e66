package cache

// mark is the checkpoint before the changes that begin at queue position from. at is
// the commit time of these changes, unix ms; atEnd may be much older if the partition
// was idle.
type mark struct {
	from          int
	offset, atEnd int64
	at            int64
}

// Excess returns how many of the oldest changes must be written so that the rest takes
// at most keep bytes.
func (c *Cache) Excess(keep int64) (n int) {
	left := c.dirtyBytes
	for _, q := range c.dirty.waiting() {
		if left <= keep {
			break
		}
		left -= c.items.at(q.id).bytes()
		n++
	}
	return n
}

// OlderThan returns the number of dirty entries that were committed before a time, unix
// ms.
func (c *Cache) OlderThan(at int64) (n int) {
	waiting := len(c.dirty.waiting())
	for i := range c.marks {
		if c.marks[i].at >= at {
			return max(c.marks[i].from-c.dirty.dropped, 0)
		}
	}
	return waiting
}

// Flush writes the n oldest dirty entries to the store, and the checkpoint of the store
// after them. The caller calls MarkClean once the store has committed them. Entries are
// written in key order, which saves the store most of its sorting.
func (c *Cache) Flush(to Sink, n int, now Checkpoint) error {
	changes := c.dirty.waiting()[:n]
	for _, d := range c.timers(changes) {
		if err := to.Timer(c.keyOf(c.items.at(d.id)), int64(d.first), d.remove); err != nil { //nolint:gosec // unix ms
			return err
		}
	}
	if err := to.Checkpoint(c.Checkpoint(n, now)); err != nil {
		return err
	}
	for _, q := range c.byKey(changes) {
		e := c.items.at(q.id)
		var payload []byte
		if !e.deleted {
			payload = c.payloadOf(e)
		}
		if err := to.Entry(c.keyOf(e), payload, e.deadline); err != nil {
			return err
		}
	}
	return nil
}

// Checkpoint returns the store's checkpoint after the n oldest changes are written; now
// is the checkpoint of the state in memory.
func (c *Cache) Checkpoint(n int, now Checkpoint) Checkpoint {
	now.Highest = now.Offset
	if n == len(c.dirty.waiting()) {
		return now
	}
	at := c.markAt(c.dirty.dropped + n)
	now.Offset, now.AtEnd = c.marks[at].offset, c.marks[at].atEnd
	return now
}

// markAt returns the index into marks of the mark for a queue position, counted from the
// beginning.
func (c *Cache) markAt(place int) int {
	at := 0
	for at+1 < len(c.marks) && c.marks[at+1].from <= place {
		at++
	}
	return at
}

// MarkClean marks the n oldest dirty entries clean, after their batch is committed.
func (c *Cache) MarkClean(n int) {
	for _, q := range c.dirty.waiting()[:n] {
		e := c.items.at(q.id)
		e.dirty = false
		e.writes++
		c.dirtyBytes -= e.bytes()
		if !c.keeps(e) {
			c.remove(q.id, e)
			continue
		}
		c.cleanBytes += e.bytes()
		c.clean.push(q.id, e.writes)
	}
	c.dirty.drop(n)
	left := c.dirty.waiting()
	if len(left) == 0 {
		c.earliest, c.moved, c.marks = 0, false, c.marks[:0]
	} else {
		c.marks = append(c.marks[:0], c.marks[c.markAt(c.dirty.dropped):]...)
	}
	// The numbers of removed entries may be reused from now on.
	c.sorted, c.tail = c.sorted[:0], c.tail[:0]
	for _, q := range left {
		c.tail = append(c.tail, q.id)
	}
	// Freed memory is normally reused by the next entries; after a burst it is not.
	c.compactIfWasteful(2)
}

// keeps reports whether an entry has a deadline within a day: its entity probably
// changes again. An entry that only waits for the end of its retention is hardly read
// again, so it is evicted at once.
func (c *Cache) keeps(e *item) bool {
	const long = 24 * 60 * 60 * 1000
	return e.deadline != 0 && e.deadline < c.latest+long
}

// Evict evicts clean entries, least recently written first, until they take at most
// keep bytes.
func (c *Cache) Evict(keep int64) {
	n := 0
	for _, q := range c.clean.waiting() {
		if c.cleanBytes <= keep {
			break
		}
		n++
		e := c.items.at(q.id)
		if e.piece == 0 || e.dirty || e.writes != q.writes {
			continue
		}
		c.cleanBytes -= e.bytes()
		c.remove(q.id, e)
	}
	c.clean.drop(n)
	c.compactIfWasteful(4)
}

// compactIfWasteful compacts the slab if more than 1/parts of its memory is unused.
func (c *Cache) compactIfWasteful(parts int64) {
	if c.slab.wasteful(parts) {
		c.Compact()
	}
}

// Compact copies all pieces in use to a new slab, without gaps.
func (c *Cache) Compact() {
	var fresh slab
	for id := range c.items.n {
		e := c.items.at(id + 1)
		if e.piece == 0 {
			continue
		}
		piece := fresh.take(e.size())
		copy(fresh.at(piece, e.size()), c.slab.at(e.piece, e.size()))
		e.piece = piece
	}
	c.slab = fresh
}
