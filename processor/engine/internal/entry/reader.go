package entry

import (
	"bytes"
	"cmp"
)

// Allocator allocates the memory of a lookup's result.
type Allocator interface {
	// Copy returns a copy of b.
	Copy(b []byte) []byte
}

// Heap allocates from the garbage-collected heap.
type Heap struct{}

// Copy implements Allocator.
func (Heap) Copy(b []byte) []byte { return bytes.Clone(b) }

// Reader is the source of a partition's committed state: the store, or a map in memory.
// Slices from Get are allocated by into or do not change during the transaction; slices
// from Scan and Due are valid during the call.
type Reader interface {
	// Get returns the entry of a key.
	Get(key []byte, into Allocator) (Stored, error)
	// Scan yields the entries whose keys begin with prefix, in key order.
	Scan(prefix []byte, yield func(key, payload []byte) bool) error
	// Due yields the keys with a deadline of at most until, earliest first. more is
	// true if it stopped at its limit before the end.
	Due(until int64, yield func(key []byte, deadline int64) bool) (more bool, err error)
}

// Stored is the result of a lookup.
type Stored struct {
	Payload  []byte // nil: there is no entry
	Deadline int64  // unix ms, 0 for none
	// Ref is the entry's number in the write-back cache, 0 if it is not cached.
	Ref uint32
}

// Timer is a due timer.
type Timer struct {
	Key      []byte
	Deadline int64 // unix ms
}

// CompareTimers orders timers by deadline, then by key.
func CompareTimers(a, b Timer) int {
	return cmp.Or(cmp.Compare(a.Deadline, b.Deadline), bytes.Compare(a.Key, b.Key))
}
