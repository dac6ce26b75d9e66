package privacy

import (
	"hash/maphash"
	"sync/atomic"
)

// cache maps texts to parsed numbers. It is two-way associative: a text's hash selects
// a pair of places, which holds the two numbers added last. An evicted number is parsed
// again. It needs no locks.
type cache struct {
	seed   maphash.Seed
	places []places
	// mask takes the low bits of a hash: the number of pairs is a power of two.
	mask uint64
}

// places is a pair of cached numbers, the one added last first.
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

// get returns the cached number of a text, or nil.
func (c *cache) get(text string) *number {
	pair := c.of(text)
	for i := range pair {
		if n := pair[i].Load(); n != nil && n.text == text {
			return n
		}
	}
	return nil
}

// add caches a number, which must not change any more.
func (c *cache) add(n *number) {
	pair := c.of(n.text)
	if first := pair[0].Load(); first != nil && first.text != n.text {
		pair[1].Store(first)
	}
	pair[0].Store(n)
}
