package engine

import (
	"context"
	"errors"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// SetStep sets the hook that is called at the named steps of a round.
func SetStep(d *Deps, step func(Step, string, int) error) { d.step = step }

// SetFS makes the store use another file system.
func SetFS(c *StoreConfig, fs vfs.FS) { c.fs = fs }

// TableFiles is a disk as the store writes to it.
func TableFiles(disk vfs.FS) vfs.FS { return newTableFiles(disk) }

// PutEntry writes one entry of a partition as a round would.
func (s *Store) PutEntry(partition int32, key, payload []byte, deadline time.Time) error {
	batch, part := s.writer(), s.partition("test", partition)
	if err := batch.entry(part, key, payload, entry.Millis(deadline), 0); err != nil {
		return errors.Join(err, batch.drop())
	}
	return batch.commit()
}

// DropState removes the state of partitions long gone, at once.
func (e *Engine) DropState(ctx context.Context) error { return e.dropState(ctx) }

// PartitionsOf returns which partitions of a stage the engine's store has.
func (e *Engine) PartitionsOf(stage string) (partitions []int32, err error) {
	all, err := e.store.partitions()
	for _, f := range all {
		if f.stage == stage {
			partitions = append(partitions, f.partition)
		}
	}
	return partitions, err
}

// DeleteEntry deletes an entry of a partition as a round would, its deadline being
// known.
func (s *Store) DeleteEntry(partition int32, key []byte, deadline time.Time) error {
	batch, part := s.writer(), s.partition("test", partition)
	if err := batch.entry(part, key, nil, 0, entry.Millis(deadline)); err != nil {
		return errors.Join(err, batch.drop())
	}
	return batch.commit()
}

// SetFormat makes the store one of another format; nil is the one without a key.
func (s *Store) SetFormat(format []byte) error {
	if format == nil {
		return s.db.Delete([]byte(storeFormatKey), pebble.NoSync)
	}
	return s.db.Set([]byte(storeFormatKey), format, pebble.NoSync)
}

// Reader returns a function that reads entries of one partition.
func (s *Store) Reader(partition int32) func(key []byte) ([]byte, error) {
	part, memory := s.partition("test", partition), &arena{}
	return func(key []byte) ([]byte, error) {
		memory.reset()
		e, err := part.Get(key, memory)
		return e.Payload, err
	}
}

// DueKeys returns the keys of a partition that are due at a time.
func (s *Store) DueKeys(partition int32, at time.Time) (keys []string, err error) {
	_, err = s.partition("test", partition).Due(at.UnixMilli(), func(key []byte, _ int64) bool {
		keys = append(keys, string(key))
		return true
	})
	return keys, err
}

// Arena is the memory of a round.
type Arena struct{ a arena }

// NewArena returns an empty one.
func NewArena() *Arena { return &Arena{} }

// Buffer returns an empty slice with room for n bytes.
func (a *Arena) Buffer(n int) []byte { return a.a.buffer(n) }

// Trim takes back what the last buffer has beyond its length.
func (a *Arena) Trim(b []byte) { a.a.trim(b) }

// Reset empties it.
func (a *Arena) Reset() { a.a.reset() }

// Size is what it has asked for.
func (a *Arena) Size() (n int) {
	for _, c := range a.a.chunks {
		n += len(c)
	}
	return n
}

// entry writes one entry, or deletes it where payload is nil. before is the deadline of
// the entry it replaces.
func (w *writer) entry(p *storePartition, key, payload []byte, deadline, before int64) error {
	if before != 0 {
		if err := w.deadline(p, key, before, true); err != nil {
			return err
		}
	}
	if payload != nil {
		if err := w.deadline(p, key, deadline, false); err != nil {
			return err
		}
	}
	return w.state(p, key, payload, deadline)
}
