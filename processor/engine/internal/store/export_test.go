package store

import (
	"errors"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// The tests are black-box except for what is in this file: formats of other releases,
// which the store does not write, the filter, which only saves time, and the files below.

// TableFiles is a disk as the store writes to it.
func TableFiles(disk vfs.FS) vfs.FS { return newTableFiles(disk) }

// PutEntry writes one entry of a partition as a transaction would.
func (s *Store) PutEntry(partition int32, key, payload []byte, deadline time.Time) error {
	batch := s.NewBatch()
	if err := batch.replace(s.Partition("test", partition), key, payload, entry.Millis(deadline), 0); err != nil {
		return errors.Join(err, batch.Discard())
	}
	return batch.Commit()
}

// DeleteEntry deletes an entry of a partition as a transaction would; the deadline is the
// entry's.
func (s *Store) DeleteEntry(partition int32, key []byte, deadline time.Time) error {
	batch := s.NewBatch()
	if err := batch.replace(s.Partition("test", partition), key, nil, 0, entry.Millis(deadline)); err != nil {
		return errors.Join(err, batch.Discard())
	}
	return batch.Commit()
}

// replace writes one entry, or deletes it if payload is nil. before is the deadline of the
// entry it replaces.
func (b *Batch) replace(p *Partition, key, payload []byte, deadline, before int64) error {
	if before != 0 {
		if err := b.setTimer(p, key, before, true); err != nil {
			return err
		}
	}
	if payload != nil {
		if err := b.setTimer(p, key, deadline, false); err != nil {
			return err
		}
	}
	return b.setEntry(p, key, payload, deadline)
}

// SetFormat gives the store another format; nil is a store without a format key.
func (s *Store) SetFormat(f []byte) error {
	if f == nil {
		return s.db.Delete([]byte(formatKey), pebble.NoSync)
	}
	return s.db.Set([]byte(formatKey), f, pebble.NoSync)
}

// reused is an allocator that reuses its memory, as a transaction's does.
type reused struct{ memory []byte }

// Copy implements entry.Allocator.
func (r *reused) Copy(b []byte) []byte {
	r.memory = append(r.memory[:0], b...)
	return r.memory
}

// Reader returns a function that reads entries of one partition.
func (s *Store) Reader(partition int32) func(key []byte) ([]byte, error) {
	part, memory := s.Partition("test", partition), &reused{}
	return func(key []byte) ([]byte, error) {
		e, err := part.Get(key, memory)
		return e.Payload, err
	}
}

// DueKeys returns the keys of a partition that are due at a time.
func (s *Store) DueKeys(partition int32, at time.Time) (keys []string, err error) {
	_, err = s.Partition("test", partition).Due(at.UnixMilli(), func(key []byte, _ int64) bool {
		keys = append(keys, string(key))
		return true
	})
	return keys, err
}

// ScanAfter sets the number of missed lookups after which a scan builds the filter.
func (s *Store) ScanAfter(n int) { s.keys.scanAfter = n }

// FilterReady waits for a running scan and reports whether lookups use the filter.
func (s *Store) FilterReady() bool {
	s.keys.scans.Wait()
	s.keys.mu.RLock()
	defer s.keys.mu.RUnlock()
	return s.keys.ready
}

// Scan builds a new filter and waits for it.
func (s *Store) Scan() {
	s.keys.mu.Lock()
	if s.keys.next == nil {
		s.keys.scan()
	}
	s.keys.mu.Unlock()
	s.keys.scans.Wait()
}

// PutAround writes an entry, and calls between after the batch is filled and before it is
// written.
func (s *Store) PutAround(partition int32, key, payload []byte, between func()) error {
	batch := s.NewBatch()
	if err := batch.replace(s.Partition("test", partition), key, payload, 0, 0); err != nil {
		return errors.Join(err, batch.Discard())
	}
	between()
	return batch.Commit()
}

// SurelyAbsent reports whether the filter excludes an entry.
func (s *Store) SurelyAbsent(partition int32, key []byte) bool {
	return s.keys.absent(s.Partition("test", partition).at(kindState, key))
}
