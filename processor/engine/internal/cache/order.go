package cache

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// sortable is a change with the first part of its sort key: the first bytes of the key,
// or the deadline.
type sortable struct {
	first uint64
	id    uint32
	// remove is true for a deadline to delete: the store has it, the entry does not.
	remove bool
}

// byKey returns changes sorted by key.
func (c *Cache) byKey(changes []queueItem) []sortable {
	out := make([]sortable, 0, len(changes))
	for _, q := range changes {
		var first [8]byte
		copy(first[:], c.keyOf(c.items.at(q.id)))
		out = append(out, sortable{first: binary.BigEndian.Uint64(first[:]), id: q.id})
	}
	c.order(out)
	return out
}

// timers returns the changes of the timer index, sorted.
func (c *Cache) timers(changes []queueItem) []sortable {
	out := make([]sortable, 0, len(changes))
	for _, q := range changes {
		e := c.items.at(q.id)
		due := e.deadline
		if e.deleted {
			due = 0
		}
		if due == e.stored {
			continue
		}
		if e.stored != 0 {
			out = append(out, sortable{first: uint64(e.stored), id: q.id, remove: true}) //nolint:gosec // unix ms
		}
		if due != 0 {
			out = append(out, sortable{first: uint64(due), id: q.id})
		}
	}
	c.order(out)
	return out
}

func (c *Cache) order(changes []sortable) {
	slices.SortFunc(changes, func(a, b sortable) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return bytes.Compare(c.keyOf(c.items.at(a.id)), c.keyOf(c.items.at(b.id)))
	})
}

// FlushBytes returns an upper estimate of the batch size of the n oldest changes.
func (c *Cache) FlushBytes(n int) (size int) {
	const around = 40 // upper bound: stage, partition, kind, deadline, lengths
	for _, q := range c.dirty.waiting()[:n] {
		e := c.items.at(q.id)
		size += around + e.size()
		if e.stored == e.deadline && !e.deleted {
			continue
		}
		if e.stored != 0 {
			size += around + int(e.keyLen)
		}
		if e.deadline != 0 {
			size += around + int(e.keyLen)
		}
	}
	return size
}
