package privacy

import (
	"hash/maphash"
	"sync/atomic"
)

// cache remembers numbers by their text. A text has two places, which it shares with
// others: the last two of those are there. What is forgotten so is made again, and nobody
// waits for a lock.
type cache struct {
	seed   maphash.Seed
	places []places
	// mask takes the low bits of a hash: there is a power of two of places.
	mask uint64
}

// places are the two, the last one used first.
type places [2]atomic.Pointer[number]

// newCache returns a cache of at least some entries.
func newCache(entries int) *cache {
	pairs := 1
	for 2*pairs < entries {
		pairs *= 2
	}
	return &cache{seed: maphash.MakeSeed(), places: make([]places, pairs), mask: uint64(pairs) - 1}
}

func (c *cache) of(text string) *places { return &c.places[maphash.String(c.seed, text)&c.mask] }

// get returns what is known of a text, nil if nothing is.
func (c *cache) get(text string) *number {
	pair := c.of(text)
	for i := range pair {
		if n := pair[i].Load(); n != nil && n.text == text {
			return n
		}
	}
	return nil
}

// add remembers a number, which is not changed any more.
func (c *cache) add(n *number) {
	pair := c.of(n.text)
	if first := pair[0].Load(); first != nil && first.text != n.text {
		pair[1].Store(first)
	}
	pair[0].Store(n)
}
