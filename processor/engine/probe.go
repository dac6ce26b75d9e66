//go:build synctests

package engine

import (
	"context"
	"errors"
	"log/slog"

	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// The probes below serve the chaos tests of whole clients, which live outside this
// package and are built with the tag.

// ProbeFlush flushes the store's memtable to disk.
func (e *Engine) ProbeFlush() error { return e.store.FlushNow() }

// ProbeEnd ends the remaining goroutines of an engine whose store is broken. Stop does
// not wait for them, because the process ends.
func (e *Engine) ProbeEnd(ctx context.Context) {
	if e.cancel == nil || e.store == nil || e.store.Broken() == nil {
		return
	}
	e.kill()
	e.running.Wait()
	if err := e.store.Abandon(); err != nil {
		e.deps.Logger.DebugContext(ctx, "a broken store does not close")
	}
}

// ProbedEntry is an entry of a store or a changelog.
type ProbedEntry = store.Entry

// ProbeStore returns the entries of a stage's partitions in the store of a stopped
// process, without the engine's own, and the changelog offsets of their checkpoints.
func ProbeStore(dir string, config store.Config, stage string, partitions int32) (entries [][]ProbedEntry, offsets []int64, err error) {
	s, err := store.Open(dir, config, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, nil, err
	}
	for p := range partitions {
		found, offset, partErr := s.Entries(stage, p)
		entries, offsets, err = append(entries, found), append(offsets, offset), errors.Join(err, partErr)
	}
	return entries, offsets, errors.Join(err, s.Close())
}

// ProbeEntry decodes a changelog record.
func ProbeEntry(partition int32, key, value []byte) (ProbedEntry, error) {
	return store.ParseRecord(partition, key, value)
}
