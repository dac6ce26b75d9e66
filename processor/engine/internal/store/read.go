package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

const (
	kindState      = 's'
	kindTimer      = 'd'
	kindCheckpoint = 'p'
)

func (p *Partition) at(kind byte, rest ...[]byte) []byte {
	p.key = append(append(p.key[:0], p.prefix...), kind)
	for _, r := range rest {
		p.key = append(p.key, r...)
	}
	return p.key
}

// maxStale limits the stale index entries that one transaction of a partition checks:
// this takes some milliseconds.
const maxStale = 1000

// Get implements entry.Reader.
func (p *Partition) Get(key []byte, into entry.Allocator) (entry.Stored, error) {
	if found, ok := p.Cache.Get(key); ok {
		return found, nil
	}
	at := p.at(kindState, key)
	if p.store.keys.absent(at) {
		return entry.Stored{}, nil
	}
	value, closer, err := p.db.Get(at)
	if errors.Is(err, pebble.ErrNotFound) {
		p.store.keys.miss()
		return entry.Stored{}, nil
	}
	if err != nil {
		return entry.Stored{}, p.store.failed(fmt.Errorf("read the state store: %w", err))
	}
	payload, deadline, err := entry.Parse(value)
	return entry.Stored{Payload: into.Copy(payload), Deadline: deadline}, errors.Join(err, closer.Close())
}

// Scan implements entry.Reader.
func (p *Partition) Scan(prefix []byte, yield func(key, payload []byte) bool) error {
	fresh, stopped := p.Cache.Scan(prefix), false
	before := func(key []byte, all bool) {
		for len(fresh) > 0 && (all || bytes.Compare(fresh[0].Key, key) < 0) {
			if e := fresh[0]; e.Payload != nil && !stopped {
				stopped = !yield(e.Key, e.Payload)
			}
			fresh = fresh[1:]
		}
	}
	lower := bytes.Clone(p.at(kindState, prefix))
	skip := len(p.prefix) + 1
	err := p.iterate(lower, upperBound(lower), func(key, value []byte) (bool, error) {
		before(key[skip:], false)
		if stopped || p.Cache.IsDirty(key[skip:]) {
			return !stopped, nil
		}
		payload, _, err := entry.Parse(value)
		if err == nil {
			stopped = !yield(key[skip:], payload)
		}
		return !stopped, err
	})
	if err == nil {
		before(nil, true)
	}
	return err
}

// Due implements entry.Reader. A restore leaves stale deadlines in the timer index; those
// found here are deleted. This needs no transaction, because it only depends on
// committed state, and a deadline that is set again is written later. It stops after
// maxFormer stale index entries: after a restore there may be as many as the changelog
// has records, and the input must not wait for them.
func (p *Partition) Due(until int64, yield func(key []byte, deadline int64) bool) (more bool, err error) {
	former := 0
	fresh, stopped := p.Cache.Due(until), false
	before := func(next entry.Timer) {
		for len(fresh) > 0 && entry.CompareTimers(fresh[0], next) < 0 && !stopped {
			stopped = !yield(fresh[0].Key, fresh[0].Deadline)
			fresh = fresh[1:]
		}
	}
	err = p.timers(until, func(index, key []byte, deadline int64) (stays, on bool, err error) {
		before(entry.Timer{Key: key, Deadline: deadline})
		if stopped || p.Cache.IsDirty(key) {
			return true, !stopped, nil
		}
		now, err := p.deadline(key)
		if err != nil {
			return true, false, err
		}
		if now != deadline {
			former++
			more = former == maxStale
			return false, !more, p.store.failed(p.db.Delete(index, pebble.NoSync))
		}
		stopped = !yield(key, deadline)
		return true, !stopped, nil
	})
	if err == nil && !more {
		before(entry.Timer{Deadline: until + 1})
	}
	return more, err
}

// timers yields the timer index up to until, earliest first. The callback returns
// whether an index entry stays. The store is read only if the index may hold due timers,
// starting at the first possible one: deleted index entries slow the iteration down
// until Pebble compacts them.
func (p *Partition) timers(until int64, yield func(index, key []byte, deadline int64) (stays, on bool, err error)) error {
	if until < p.quiet {
		return nil
	}
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(p.quiet)) //nolint:gosec // unix ms
	whole := bytes.Clone(p.at(kindTimer))
	skip := len(whole)
	quiet, stayed := int64(math.MaxInt64), false
	err := p.iterate(bytes.Clone(p.at(kindTimer, at[:])), upperBound(whole), func(index, _ []byte) (bool, error) {
		if len(index) < skip+8 {
			return false, fmt.Errorf("%w: a deadline's key of %d bytes", entry.ErrUnreadable, len(index))
		}
		deadline := int64(binary.BigEndian.Uint64(index[skip:])) //nolint:gosec // unix ms
		if !stayed {
			quiet = deadline
		}
		if deadline > until {
			return false, nil
		}
		stays, on, err := yield(index, index[skip+8:], deadline)
		stayed = stayed || stays
		if on && !stayed {
			quiet = math.MaxInt64
		}
		return on, err
	})
	if err == nil {
		p.quiet = quiet
	}
	return err
}

// deadline returns the deadline of a committed entry, 0 if it has none or does not
// exist.
func (p *Partition) deadline(key []byte) (int64, error) {
	value, closer, err := p.db.Get(p.at(kindState, key))
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, p.store.failed(fmt.Errorf("read the state store: %w", err))
	}
	_, deadline, err := entry.Parse(value)
	return deadline, errors.Join(err, closer.Close())
}

func (p *Partition) iterate(lower, upper []byte, yield func(key, value []byte) (bool, error)) error {
	it, err := p.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return p.store.failed(fmt.Errorf("read the state store: %w", err))
	}
	for it.First(); it.Valid(); it.Next() {
		more, err := yield(it.Key(), it.Value())
		if err != nil {
			return errors.Join(err, it.Close())
		}
		if !more {
			break
		}
	}
	return p.store.failed(it.Close())
}

// upperBound returns the first key after all keys that begin with prefix.
func upperBound(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		end[i]++
		if end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}
