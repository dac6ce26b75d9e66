package cache

import (
	"bytes"
	"slices"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// Entry is a dirty entry: the payload is nil if the entry is deleted.
type Entry struct{ Key, Payload []byte }

// Scan returns the dirty entries whose keys begin with prefix, sorted by key. They are
// valid until the end of the transaction.
func (c *Cache) Scan(prefix []byte) []Entry {
	const short = 256
	if len(c.tail) > short {
		c.sorted = append(c.sorted, c.tail...)
		slices.SortFunc(c.sorted, func(a, b uint32) int {
			return bytes.Compare(c.keyOf(c.items.at(a)), c.keyOf(c.items.at(b)))
		})
		c.tail = c.tail[:0]
	}
	var out []Entry
	from, _ := slices.BinarySearchFunc(c.sorted, prefix, func(id uint32, key []byte) int {
		return bytes.Compare(c.keyOf(c.items.at(id)), key)
	})
	for _, id := range c.sorted[from:] {
		e := c.items.at(id)
		if !bytes.HasPrefix(c.keyOf(e), prefix) {
			break
		}
		out = append(out, c.entryOf(e))
	}
	for _, id := range c.tail {
		if e := c.items.at(id); bytes.HasPrefix(c.keyOf(e), prefix) {
			out = append(out, c.entryOf(e))
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return bytes.Compare(a.Key, b.Key) })
	return out
}

func (c *Cache) entryOf(e *item) Entry {
	if e.deleted {
		return Entry{Key: c.keyOf(e)}
	}
	return Entry{Key: c.keyOf(e), Payload: c.payloadOf(e)}
}

// Due returns the dirty entries whose deadline is at most until, earliest first.
func (c *Cache) Due(until int64) []entry.Timer {
	if c.earliest == 0 || until < c.earliest {
		return nil
	}
	var out []entry.Timer
	c.earliest = 0
	for _, q := range c.dirty.waiting() {
		e := c.items.at(q.id)
		if e.deadline == 0 {
			continue
		}
		if c.earliest == 0 || e.deadline < c.earliest {
			c.earliest = e.deadline
		}
		if e.deadline <= until {
			out = append(out, entry.Timer{Key: bytes.Clone(c.keyOf(e)), Deadline: e.deadline})
		}
	}
	slices.SortFunc(out, entry.CompareTimers)
	return out
}
