package engine

import (
	"bytes"
	"errors"
	"sync"

	"github.com/bits-and-blooms/bloom/v3"
	"github.com/cockroachdb/pebble/v2"
)

// keyFilter is a Bloom filter over all stored keys: a negative is certain. First
// occurrences are nearly half of all look-ups; without the filter the store would search
// its memtables and the filter of each table.
//
//	open ─► empty store: ready
//	     └► existing state: ready after many misses, when a scan has added all keys
//
// Every key is added before it is written. No key is removed, except that a scan rebuilds
// the filter when it is full of deleted keys. The size is fixed: beyond its capacity the
// filter has more false positives, but never a false negative.
type keyFilter struct {
	store *Store
	// size is in bits, 0 for a filter that knows nothing.
	size uint
	// scanAfter is how many look-ups must find nothing before a scan is worth it.
	scanAfter int
	// commits is held while a batch is written. A scan waits for those that began before
	// it, for they may know nothing of it.
	commits sync.RWMutex

	mu sync.RWMutex
	// keys is in use if ready; next is being made by a scan.
	keys, next *bloom.BloomFilter
	ready      bool
	// missed counts look-ups that found nothing without the filter, added the keys in it;
	// with refill of them it is made anew.
	missed, added, refill int
	// begun is how many scans have begun.
	begun   int
	closing chan struct{}
	scans   sync.WaitGroup
}

// A key takes 10 bits and 3 places, which is right in 98 of 100 cases: each place more is a
// wait for memory.
const (
	filterBits   = 10
	filterPlaces = 3
)

// newKeyFilter returns the filter of a store, of size bytes; 0 is a filter that knows nothing.
func newKeyFilter(s *Store, size int64) *keyFilter {
	f := &keyFilter{store: s, scanAfter: 1 << 16, closing: make(chan struct{})}
	if size <= 0 {
		return f
	}
	f.size = uint(size) * 8
	f.keys = bloom.New(f.size, filterPlaces)
	f.refill = f.capacity()
	empty := true
	err := s.eachKey(func([]byte) bool {
		empty = false
		return false
	})
	f.ready = err == nil && empty
	return f
}

func (f *keyFilter) capacity() int { return int(f.size / filterBits) }

// absent says that the store has no entry under a key. False says nothing.
func (f *keyFilter) absent(key []byte) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.ready && !f.keys.Test(key)
}

// add notes a key that is about to be written. It returns how many scans had begun
// before, for commit.
func (f *keyFilter) add(key []byte) (begun int) {
	if f.size == 0 {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.keys.TestAndAdd(key) {
		f.added++
	}
	begun = f.begun
	if f.next != nil {
		f.next.Add(key)
	} else if f.ready && f.added >= f.refill {
		f.scan()
	}
	return begun
}

// commit writes a batch whose first key was added when so many scans had begun. A scan
// that began since may not have met its keys: they are added once more.
func (f *keyFilter) commit(batch *pebble.Batch, begun int) error {
	f.commits.RLock()
	defer f.commits.RUnlock()
	f.mu.RLock()
	again := f.begun != begun
	f.mu.RUnlock()
	if again {
		for r := batch.Reader(); ; {
			kind, key, _, ok, err := r.Next()
			if !ok || err != nil {
				break // Pebble will say what is wrong with its own batch
			}
			if at, isKey := kindOf(key); kind == pebble.InternalKeyKindSet && isKey && key[at] == kindState {
				f.add(key)
			}
		}
	}
	return batch.Commit(pebble.NoSync)
}

// miss notes that the store had no entry, although the filter did not say so.
func (f *keyFilter) miss() {
	if f.size == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.missed++
	if !f.ready && f.next == nil && f.missed >= f.scanAfter {
		f.scan()
	}
}

// scan begins to make the filter anew, beside the one there is. The lock is held.
func (f *keyFilter) scan() {
	select {
	case <-f.closing:
		return
	default:
	}
	f.next = bloom.New(f.size, filterPlaces)
	f.begun++
	f.scans.Go(func() {
		f.awaitCommits()
		n, err := f.read()
		f.mu.Lock()
		defer f.mu.Unlock()
		if err == nil {
			f.keys, f.ready, f.added = f.next, true, n
			f.refill = max(f.capacity(), 2*n)
		} else {
			f.missed, f.refill = 0, 2*f.added // later
		}
		f.next = nil
	})
}

// awaitCommits waits for batches that may know nothing of the scan.
func (f *keyFilter) awaitCommits() {
	f.commits.Lock()
	f.commits.Unlock() //nolint:gocritic,staticcheck // those that come know of it
}

// read adds the keys of the store to the next filter. Those that are written meanwhile
// get there by add.
func (f *keyFilter) read() (n int, err error) {
	const some = 1024
	var batch [][]byte
	flush := func() bool {
		f.mu.Lock()
		for _, key := range batch {
			f.next.Add(key)
		}
		f.mu.Unlock()
		batch = batch[:0]
		select {
		case <-f.closing:
			err = errors.New("the store is being closed")
			return false
		default:
			return true
		}
	}
	scanErr := f.store.eachKey(func(key []byte) bool {
		n++
		if len(batch) < cap(batch) {
			batch = batch[:len(batch)+1]
			batch[len(batch)-1] = append(batch[len(batch)-1][:0], key...)
		} else {
			batch = append(batch, append([]byte(nil), key...))
		}
		return len(batch) < some || flush()
	})
	flush()
	return n, errors.Join(scanErr, err)
}

// close ends a scan that runs.
func (f *keyFilter) close() {
	f.mu.Lock()
	close(f.closing)
	f.mu.Unlock()
	f.scans.Wait()
}

// kindOf returns where in a key of the store its kind stands.
func kindOf(key []byte) (at int, ok bool) {
	stage := bytes.IndexByte(key, 0)
	const partition = 4
	at = stage + 1 + partition
	return at, stage > 0 && len(key) > at
}

// eachKey calls yield with the key of every state entry, as Pebble has it, until it
// returns false.
func (s *Store) eachKey(yield func(key []byte) bool) error {
	it, err := s.db.NewIter(nil)
	if err != nil {
		return s.failed(err)
	}
	for valid := it.First(); valid; {
		kind, ok := kindOf(it.Key())
		switch {
		case !ok:
			valid = it.Next() // the store's own
		case it.Key()[kind] < kindState:
			valid = it.SeekGE(append(append([]byte(nil), it.Key()[:kind]...), kindState))
		case it.Key()[kind] > kindState:
			valid = it.SeekGE(upperBound(it.Key()[:kind]))
		case !yield(it.Key()):
			return s.failed(it.Close())
		default:
			valid = it.Next()
		}
	}
	return s.failed(it.Close())
}
