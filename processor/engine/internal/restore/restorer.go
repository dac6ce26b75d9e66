package restore

import (
	"log/slog"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/hangingtxn"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// Config describes the worker whose partitions are restored.
type Config struct {
	// Stage is the stage's name, Client the worker's transactional id.
	Stage, Group, Input, Changelog, Client string
	// Partitions is the configured partition count of input and changelog.
	Partitions int32
	Store      *store.Store
	Cluster    kafka.Cluster
	Recovery   *hangingtxn.Recovery
	Scheduler  scheduler.Scheduler
	Now        func() time.Time
	Logger     *slog.Logger
	// FenceAfter is how long a restore waits for an open transaction before it fences
	// the owner. DeleteRetention is the delete.retention.ms of the changelog.
	FenceAfter, DeleteRetention time.Duration
	FetchMaxBytes               int32
	// CheckRebuild is called with each restored state. It sets RebuildUntil.
	CheckRebuild func(r *Result) error
	// Hint returns the advice for ErrStateLost, ErrPartitionCount or ErrUnfinishedReset,
	// as the end of an error message.
	Hint func(problem error) string
	// Waiting is called when the restore waits for an open transaction.
	Waiting func(why error)
	// Progress is called with the progress of all running restores, sorted by partition.
	Progress func([]PartitionProgress)
	// Replayed is called with the replayed records and bytes of a partition.
	Replayed func(records, bytes int64)
}

// Restorer restores the state of a worker's partitions. Several restores may run at the
// same time.
type Restorer struct {
	config  Config
	admin   kafka.Admin
	running tracker
}

// New returns the restorer of a worker. attach is called before anything else.
func New(config Config) *Restorer { return &Restorer{config: config} }

// Attach sets the connection of a new session. Nothing else may run at the same time.
func (s *Restorer) Attach(admin kafka.Admin) { s.admin = admin }
