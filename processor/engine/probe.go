//go:build synctests

package engine

import (
	"context"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// The probes below serve the chaos tests of whole clients, which live outside this
// package and are built with the tag.

// ProbeStep sets the hook that is called at the named steps of a transaction.
func ProbeStep(d *Deps, step func(step Step, stage string, worker int) error) { d.step = step }

// ProbeFS makes the store use another file system.
func ProbeFS(c *StoreConfig, fs vfs.FS) { c.fs = fs }

// ProbeFlush flushes the store's memtable to disk.
func (e *Engine) ProbeFlush() error { return e.store.db.Flush() }

// ProbeEnd ends the remaining goroutines of an engine whose store is broken. Stop does
// not wait for them, because the process ends.
func (e *Engine) ProbeEnd(ctx context.Context) {
	if e.cancel == nil || e.store == nil || e.store.broken() == nil {
		return
	}
	e.kill()
	e.running.Wait()
	if err := e.store.db.Close(); err != nil {
		e.deps.Logger.DebugContext(ctx, "a broken store does not close")
	}
}

// ProbedEntry is an entry of a store or a changelog.
type ProbedEntry struct {
	Partition int32
	Key       string
	Payload   string
	// Deadline is unix ms, 0 for none.
	Deadline int64
}

// ProbeEntries returns the entries of a stage's partition in the store, without the
// engine's own, and the changelog offset of its checkpoint.
func (s *Store) ProbeEntries(stage string, partition int32) (entries []ProbedEntry, offset int64, err error) {
	at := s.partition(stage, partition)
	pos, _, err := at.position()
	if err != nil {
		return nil, 0, err
	}
	prefix := string(at.at(kindState))
	err = at.iterate([]byte(prefix), upperBound([]byte(prefix)), func(key, value []byte) (bool, error) {
		entry, err := ProbeEntry(partition, key[len(prefix):], value)
		if err == nil && !strings.HasPrefix(entry.Key, "\x00") {
			entries = append(entries, entry)
		}
		return true, err
	})
	return entries, pos.Offset, err
}

// ProbeEntry decodes a changelog record.
func ProbeEntry(partition int32, key, value []byte) (ProbedEntry, error) {
	payload, deadline, err := entry.Parse(value)
	return ProbedEntry{Partition: partition, Key: string(key), Payload: string(payload), Deadline: deadline}, err
}
