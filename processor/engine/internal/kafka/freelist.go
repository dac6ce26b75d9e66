package kafka

import (
	"math/bits"
	"sync"
	"unsafe"
)

// Every power of two has steps classes, so that a new slice is at most an eighth longer
// than asked for.
const (
	stepBits = 3
	steps    = 1 << stepBits
	classes  = 64 * steps
)

// freeList is a pool of unused slices by capacity, limited in bytes. It is safe for
// concurrent use.
type freeList[T any] struct {
	mu   sync.Mutex
	free [classes][][]T
	used [classes]uint64 // when a class was last taken from or put into, by clock
	now  uint64
	held int // bytes in the list
	most int // limit of held
}

// get returns an empty slice with a capacity from n to about 2n: a free one, or a new one.
func (f *freeList[T]) get(n int) []T {
	least := classAbove(n)
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := least; c < classes && capacityOf(c) <= 2*n; c++ {
		if len(f.free[c]) > 0 {
			return f.take(c)[:0]
		}
	}
	return make([]T, 0, capacityOf(least))
}

// put returns a slice to the pool. If the pool is full, slices of the classes that were
// not used for the longest time are left to the garbage collector.
func (f *freeList[T]) put(s []T) {
	size := bytesOf(s)
	if size == 0 || size > f.most {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.held+size > f.most {
		f.take(f.oldest())
	}
	c := classOf(cap(s))
	f.free[c] = append(f.free[c], s)
	f.held += size
	f.now++
	f.used[c] = f.now
}

// take removes a slice from a class that has one.
func (f *freeList[T]) take(c int) []T {
	last := len(f.free[c]) - 1
	s := f.free[c][last]
	f.free[c][last] = nil
	f.free[c] = f.free[c][:last]
	f.held -= bytesOf(s)
	f.now++
	f.used[c] = f.now
	return s
}

// oldest is the class with slices that was not used for the longest time.
func (f *freeList[T]) oldest() int {
	found := -1
	for c := range f.free {
		if len(f.free[c]) > 0 && (found < 0 || f.used[c] < f.used[found]) {
			found = c
		}
	}
	return found
}

// classOf is the class of a capacity n > 0: its highest bit and the stepBits below.
func classOf(n int) int {
	if n < steps {
		return n
	}
	shift := bits.Len(uint(n)) - 1 - stepBits
	return shift<<stepBits + n>>shift
}

// classAbove is the first class of which every slice has a capacity of at least n.
func classAbove(n int) int {
	c := classOf(max(n, 1))
	if capacityOf(c) < n {
		c++
	}
	return c
}

// capacityOf is the least capacity of a class.
func capacityOf(c int) int {
	if c < steps {
		return c
	}
	shift := c>>stepBits - 1
	return (steps + c&(steps-1)) << shift
}

func bytesOf[T any](s []T) int {
	var one T
	return cap(s) * int(unsafe.Sizeof(one))
}
