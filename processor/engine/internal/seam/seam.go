// Package seam defines the seams at which the tests of this module replace or observe parts
// of an engine. Failpoints and mutations are wrappers around them, so that production code
// contains neither.
package seam

import (
	"context"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// Seams are the replaced parts. The zero value replaces none.
type Seams struct {
	// Cluster wraps the connection to Kafka.
	Cluster func(kafka.Cluster) kafka.Cluster
	// Scheduler replaces goroutines and sleeping.
	Scheduler scheduler.Scheduler
	// Workers starts the workers, which run until ctx ends, in place of goroutines of the
	// engine. The engine then runs nothing beside them: no standby replicas, no cleaning
	// and no periodic flush of the store.
	Workers func(transactionalID string, run func(ctx context.Context) error)
	// Store gets the state store when it is open.
	Store func(*store.Store)
	// Leases wraps the leases of the state store.
	Leases func(Leases) Leases
	// Restore wraps the restore of a worker's partitions.
	Restore func(w *Worker, next Restore) Restore
}

// Worker describes the worker of a restore.
type Worker struct {
	// ID is the transactional id.
	ID                      string
	Group, Input, Changelog string
	Store                   *store.Store
}

// Leases give each partition's state a single owner within the process: see store.Leases.
type Leases interface {
	// Take waits for the lease of a partition. give returns the lease.
	Take(ctx context.Context, by scheduler.Scheduler, stage string, partition int32) (give func(), err error)
}

// Restore restores the state of partitions: see restore.Restorer.
type Restore func(ctx context.Context, states map[int32]*store.Partition) (map[int32]*restore.Result, error)
