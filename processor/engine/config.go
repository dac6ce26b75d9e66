package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/latency"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
	"github.com/tributary-hq/tributary/processor/engine/internal/seam"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/stage"
)

// Config is the configuration that all stages of a process share.
type Config struct {
	// InstanceID identifies this process within the consumer groups. It is part of the
	// transactional ids and of the static group membership, so it must be unique and
	// stable across restarts. Empty means the host name.
	InstanceID string `json:"instance_id" koanf:"instance_id" yaml:"instance_id"`
	// StateDir is the directory of the state store. If it is lost, the state is
	// restored from the changelogs.
	StateDir string `json:"state_dir" koanf:"state_dir" yaml:"state_dir"`
	// CommitInterval is the longest time in which records are collected for a transaction.
	// MinCommitInterval is the shortest between two while the input is read to its end; it
	// grows so that transactions take at most a fifth of the time.
	CommitInterval    time.Duration `json:"commit_interval" koanf:"commit_interval" yaml:"commit_interval"`
	MinCommitInterval time.Duration `json:"min_commit_interval" koanf:"min_commit_interval" yaml:"min_commit_interval"`
	// LatestOnly has a transaction emit only the last revision of an entity in each topic of
	// snapshots (Topic.Snapshots), so that in a backlog revisions have gaps. Which
	// ones are missing depends on how records fall into transactions.
	LatestOnly bool `json:"latest_only" koanf:"latest_only" yaml:"latest_only"`
	// MaxRoundRecords bounds the records of one transaction.
	MaxRoundRecords int `json:"max_round_records" koanf:"max_round_records" yaml:"max_round_records"`
	// TransactionTimeout is the time after which the broker aborts an open transaction.
	TransactionTimeout time.Duration `json:"transaction_timeout" koanf:"transaction_timeout" yaml:"transaction_timeout"`
	// SessionTimeout is the time without a heartbeat after which the group assigns a
	// worker's partitions to another worker.
	SessionTimeout time.Duration `json:"session_timeout" koanf:"session_timeout" yaml:"session_timeout"`
	// FenceAfter is how long a restore waits for an open transaction on its
	// changelog before it fences the owner.
	FenceAfter time.Duration `json:"fence_after" koanf:"fence_after" yaml:"fence_after"`
	// WatermarkInterval is how often a stage reports its watermark downstream, and how
	// often an idle partition's watermark follows the wall clock.
	WatermarkInterval time.Duration `json:"watermark_interval" koanf:"watermark_interval" yaml:"watermark_interval"`
	// WatermarkIdleTimeout is the time after which the watermark of an idle partition
	// passes its last record: it then follows the wall clock at this distance. It must
	// exceed the time from a record's received_at to its append in Kafka, or the
	// record would be late.
	WatermarkIdleTimeout time.Duration `json:"watermark_idle_timeout" koanf:"watermark_idle_timeout" yaml:"watermark_idle_timeout"`
	// DeleteRetention is the delete.retention.ms of the changelogs. State older than
	// half of it is restored from the beginning, because tombstones may already be
	// compacted away. The topic table sets 7 days.
	DeleteRetention time.Duration `json:"delete_retention" koanf:"delete_retention" yaml:"delete_retention"`
	// Standby is the number of standby replicas of each partition's state on other
	// processes. A standby follows the changelog, so that a failover replays only the
	// last moment. 0 means none. A process with 0 hosts no standbys either.
	Standby int `json:"standby" koanf:"standby" yaml:"standby"`
	// StandbyBytesPerSecond limits the read rate of a stage's standby replicas, so that
	// they do not compete with live processing.
	StandbyBytesPerSecond int64 `json:"standby_bytes_per_second" koanf:"standby_bytes_per_second" yaml:"standby_bytes_per_second"`
	// DropStateAfter is the time after which the local state of a partition that moved
	// to another process is deleted. If the partition returns earlier, only the
	// changelog's tail is replayed. The state of a standby replica is not deleted.
	DropStateAfter time.Duration `json:"drop_state_after" koanf:"drop_state_after" yaml:"drop_state_after"`
	// Compression of outputs and changelog: none, lz4, snappy or zstd.
	Compression string `json:"compression" koanf:"compression" yaml:"compression"`
	// FetchMaxBytes limits the fetched, still compressed bytes that a worker buffers.
	FetchMaxBytes int32 `json:"fetch_max_bytes" koanf:"fetch_max_bytes" yaml:"fetch_max_bytes"`
	// Store configures the state store.
	Store store.Config `json:"store" koanf:"store" yaml:"store"`
}

// ErrStateLost means that a stage's changelog lacks state that the stage had: it was
// emptied, recreated or truncated. Going on would emit facts a second time.
var ErrStateLost = restore.ErrStateLost

// ErrPartitionCount means that the partition count of the input differs from the
// configuration. Keys then hash to partitions that do not have their state.
var ErrPartitionCount = restore.ErrPartitionCount

// ErrUnfinishedReset means that a reset emptied the changelog but did not set the
// group's offset back.
var ErrUnfinishedReset = restore.ErrUnfinishedReset

// LatencyNames are the names of the latency metrics.
type LatencyNames = latency.Names

// LatencyName is the name and the help text of a latency metric.
type LatencyName = latency.Name

// Progress is the progress of restores.
type Progress = restore.Progress

// StoreConfig limits the memory and disk use of the state store.
type StoreConfig = store.Config

// ErrDiskFull means that the disk of the state directory is full. The process should
// exit with a distinct code, because a restart does not help.
var ErrDiskFull = store.ErrDiskFull

// ErrStoreBroken means that the state store cannot be read or written any more. The
// next start moves it aside and restores from the changelogs.
var ErrStoreBroken = store.ErrStoreBroken

// DefaultConfig returns the production defaults.
func DefaultConfig() Config {
	return Config{
		StateDir:       "state",
		CommitInterval: 100 * time.Millisecond, MinCommitInterval: 10 * time.Millisecond,
		// A larger transaction needs more memory and makes no record cheaper: 4000
		// records took 200 MB more in the process and half as much again in the broker.
		MaxRoundRecords:      2000,
		TransactionTimeout:   10 * time.Second,
		SessionTimeout:       10 * time.Second,
		FenceAfter:           500 * time.Millisecond,
		WatermarkInterval:    5 * time.Second,
		WatermarkIdleTimeout: 15 * time.Second,
		DeleteRetention:      7 * 24 * time.Hour,
		DropStateAfter:       24 * time.Hour,
		// Twice the measured changelog write rate of one process.
		StandbyBytesPerSecond: 32 << 20,
		Compression:           "lz4",
		// Compressed size of the raw records of two transactions.
		FetchMaxBytes: 1 << 20,
		Store:         store.DefaultConfig(),
	}
}

// Validate returns all errors joined; each message begins with the setting's key.
func (c *Config) Validate() error {
	var errs []error
	positive := func(key string, v int64) {
		if v <= 0 {
			errs = append(errs, fmt.Errorf("%s: must be more than zero", key))
		}
	}
	positive("commit_interval", int64(c.CommitInterval))
	positive("min_commit_interval", int64(c.MinCommitInterval))
	positive("max_round_records", int64(c.MaxRoundRecords))
	positive("session_timeout", int64(c.SessionTimeout))
	positive("watermark_interval", int64(c.WatermarkInterval))
	positive("delete_retention", int64(c.DeleteRetention))
	positive("fetch_max_bytes", int64(c.FetchMaxBytes))
	positive("drop_state_after", int64(c.DropStateAfter))
	positive("standby_bytes_per_second", c.StandbyBytesPerSecond)
	if c.Standby < 0 || c.Standby > 8 {
		errs = append(errs, fmt.Errorf("standby: %d is not between 0 and 8", c.Standby))
	}
	if c.TransactionTimeout < 4*c.CommitInterval {
		errs = append(errs, fmt.Errorf("transaction_timeout: %v is under four times commit_interval (%v): a slow transaction would be aborted by the broker",
			c.TransactionTimeout, c.CommitInterval))
	}
	if c.StateDir == "" {
		errs = append(errs, errors.New("state_dir: must name a folder"))
	}
	if _, ok := kafka.Codec(c.Compression); !ok {
		errs = append(errs, fmt.Errorf("compression: %q is none of none, lz4, snappy, zstd", c.Compression))
	}
	return errors.Join(errs...)
}

// Spec describes one stage and its topics. Topic names have no prefix.
type Spec struct {
	// Name is the stage's name; with the prefix it is the consumer group.
	Name  string
	Stage stage.Stage
	// Input is the single topic that the stage consumes. Changelog must have the same
	// number of partitions.
	Input, Changelog string
	// Partitions is the configured partition count of Input. 0 accepts the partition
	// count found at the start.
	Partitions int32
	// Outputs are the topics the stage emits to.
	Outputs []string
	// DeadLetter is the topic for records that can never be processed.
	DeadLetter string
	// WallClock lets the watermark of an idle partition follow the wall clock. It is
	// set for stages of raw topics; the others use the watermarks of their upstream
	// stages.
	WallClock bool
	// Workers is how many sessions of the stage run in this process.
	Workers int
	// CommitInterval, if longer than Config's CommitInterval, is the stage's own, also
	// while its input is read to its end: for a stage whose outputs nobody waits for.
	CommitInterval time.Duration
	// OnCount receives the counts of committed transactions. The goroutines of the
	// workers call it concurrently. May be nil.
	OnCount func(stage.Count)
	// Replayed reports whether an operator had a record processed again; such a record
	// does not count in the latency metrics. May be nil.
	Replayed func(in *stage.Input) bool
	// Paused reports whether the stage may not process anything now: neither records nor
	// timers. The workers ask it before each poll, concurrently. A paused stage commits
	// the records that it has polled, keeps its partitions and stays in its group. Its
	// watermark stands still, and so do those of the stages behind it. May be nil.
	Paused func() bool
}

// Deps are the dependencies of the engine.
type Deps struct {
	// Kafka are the options of every client: brokers, TLS, SASL, client id.
	Kafka []kgo.Opt
	// Prefix is put before every topic and group name as it is, separator included
	// ("acme.").
	Prefix string
	// Namespace begins the names of metrics ("<namespace>_processor_records_total"),
	// trace attributes, headers of dead letters and the protocol of the consumer
	// groups. Empty means "engine".
	Namespace string
	// Topics returns the settings of a topic (without prefix) that a stage writes:
	// outputs, dead letters and changelog. Nil means Kafka's defaults.
	Topics func(name string) (Topic, error)
	// Hint returns an operator's remedy for a problem of a stage; it is appended to the
	// error. May be nil.
	Hint func(problem Problem, stage string) string
	// Version is the release that dead letters and changelog headers name.
	Version string
	Logger  *slog.Logger
	Metrics prometheus.Registerer
	// Latencies are the names of the latency metrics; the zero value means the defaults.
	Latencies LatencyNames
	// Tracer creates spans; nil disables tracing.
	Tracer trace.TracerProvider
	// Now is the wall clock.
	Now func() time.Time
	// Fail is called with an error that ended a worker permanently or broke the store.
	Fail func(error)
	// Seams are the parts that tests of this module replace; zero otherwise.
	Seams seam.Seams
	// cluster is the connection to Kafka.
	cluster   kafka.Cluster
	scheduler scheduler.Scheduler
}

func (c *Config) instance() (string, error) {
	if c.InstanceID != "" {
		return c.InstanceID, nil
	}
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("instance_id is empty and the host has no name: %w", err)
	}
	return host, nil
}
