package store

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
	// size is in bits; 0 disables the filter.
	size uint
	// scanAfter is the number of missed lookups after which a scan pays off.
	scanAfter int
	// commits is read-locked while a batch is written. A scan waits for batches that
	// began before it, because they did not add their keys to next.
	commits sync.RWMutex

	mu sync.RWMutex
	// keys is the filter in use if ready; next is the filter that a scan builds.
	keys, next *bloom.BloomFilter
	ready      bool
	// missed counts lookups that found nothing without the help of the filter. added
	// counts the keys in the filter; when it reaches refill, a scan rebuilds the
	// filter.
	missed, added, refill int
	// begun is the number of started scans.
	begun   int
	closing chan struct{}
	scans   sync.WaitGroup
}

// A key takes 10 bits and 3 hash functions, for 2 % false positives. Each further hash
// function is one more cache miss.
const (
	filterBits   = 10
	filterPlaces = 3
)

// newKeyFilter returns a filter of size bytes for a store; 0 returns a disabled filter.
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

// absent reports that the store certainly has no entry under a key. False means
// unknown.
func (f *keyFilter) absent(key []byte) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.ready && !f.keys.Test(key)
}

// add adds a key that is about to be written. It returns the number of scans started
// before, which commit needs.
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

// commit writes a batch. begun is the number of scans started when its first key was
// added. A scan that started since may have missed its keys, so they are added again.
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
				break // Commit returns the error of a malformed batch
			}
			if at, isKey := kindOf(key); kind == pebble.InternalKeyKindSet && isKey && key[at] == kindState {
				f.add(key)
			}
		}
	}
	return batch.Commit(pebble.NoSync)
}

// miss counts a lookup that found no entry although the filter did not exclude it.
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

// scan starts building a new filter while the current one stays in use. The caller
// holds the lock.
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
			f.missed, f.refill = 0, 2*f.added // retried later
		}
		f.next = nil
	})
}

// awaitCommits waits for batches that began before the scan.
func (f *keyFilter) awaitCommits() {
	f.commits.Lock()
	f.commits.Unlock() //nolint:gocritic,staticcheck // later batches see the scan
}

// read adds the keys of the store to the next filter. Concurrent writes call add for
// their own keys.
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

// close ends a running scan.
func (f *keyFilter) close() {
	f.mu.Lock()
	close(f.closing)
	f.mu.Unlock()
	f.scans.Wait()
}

// kindOf returns the index of the kind byte in a key of the store.
func kindOf(key []byte) (at int, ok bool) {
	stage := bytes.IndexByte(key, 0)
	const partition = 4
	at = stage + 1 + partition
	return at, stage > 0 && len(key) > at
}

// eachKey yields the Pebble key of every state entry until yield returns false.
func (s *Store) eachKey(yield func(key []byte) bool) error {
	it, err := s.db.NewIter(nil)
	if err != nil {
		return s.failed(err)
	}
	for valid := it.First(); valid; {
		kind, ok := kindOf(it.Key())
		switch {
		case !ok:
			valid = it.Next() // a key of the store itself
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
