package privacy

import (
	"hash/maphash"
	"sync/atomic"
)

// cache remembers numbers by their text. Each text has one place, and the last of those
// that share it has it: what is forgotten so is made again, and nobody waits for a lock.
type cache struct {
	seed   maphash.Seed
	places []atomic.Pointer[number]
	// mask takes the low bits of a hash: there is a power of two of places.
	mask uint64
}

// newCache returns a cache of at least some entries.
func newCache(entries int) *cache {
	places := 1
	for places < entries {
		places *= 2
	}
	return &cache{seed: maphash.MakeSeed(), places: make([]atomic.Pointer[number], places), mask: uint64(places) - 1}
}

func (c *cache) place(text string) *atomic.Pointer[number] {
	return &c.places[maphash.String(c.seed, text)&c.mask]
}

// get returns what is known of a text, nil if nothing is.
func (c *cache) get(text string) *number {
	if n := c.place(text).Load(); n != nil && n.text == text {
		return n
	}
	return nil
}

// add remembers a number, which is not changed any more.
func (c *cache) add(n *number) { c.place(n.text).Store(n) }
