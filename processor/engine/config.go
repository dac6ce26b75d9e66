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

	"github.com/tributary-hq/tributary/schemas"
)

// Config is what all stages of a process share.
type Config struct {
	// InstanceID names this process among its like. It is part of the
	// transactional ids and the static group membership, so it must be unique and
	// the same after a restart. Empty means the host name.
	InstanceID string `json:"instance_id" koanf:"instance_id" yaml:"instance_id"`
	// StateDir is the folder of the state store. Losing it costs a restore.
	StateDir string `json:"state_dir" koanf:"state_dir" yaml:"state_dir"`
	// CommitInterval is how long records are gathered for one transaction.
	CommitInterval time.Duration `json:"commit_interval" koanf:"commit_interval" yaml:"commit_interval"`
	// MaxRoundRecords bounds the records of one transaction.
	MaxRoundRecords int `json:"max_round_records" koanf:"max_round_records" yaml:"max_round_records"`
	// TransactionTimeout is after what time the broker aborts a transaction that
	// its owner left open.
	TransactionTimeout time.Duration `json:"transaction_timeout" koanf:"transaction_timeout" yaml:"transaction_timeout"`
	// SessionTimeout is after what time without heartbeat a worker's partitions
	// go to another.
	SessionTimeout time.Duration `json:"session_timeout" koanf:"session_timeout" yaml:"session_timeout"`
	// FenceAfter is how long a restore waits for an open transaction on its
	// changelog before it fences the owner.
	FenceAfter time.Duration `json:"fence_after" koanf:"fence_after" yaml:"fence_after"`
	// ClockInterval is how often a stage tells its clock to the stages behind it,
	// and how often an idle partition's clock follows the wall clock.
	ClockInterval time.Duration `json:"clock_interval" koanf:"clock_interval" yaml:"clock_interval"`
	// ClockLag is how far an idle partition's clock stays behind the wall clock:
	// longer than a record can be on its way between its received_at and Kafka.
	ClockLag time.Duration `json:"clock_lag" koanf:"clock_lag" yaml:"clock_lag"`
	// DeleteRetention is the changelogs' delete.retention.ms: state older than
	// half of it is restored whole. The topic table has 7 days.
	DeleteRetention time.Duration `json:"delete_retention" koanf:"delete_retention" yaml:"delete_retention"`
	// Standby is how many other processes keep a warm copy of each partition's
	// state, by following its changelog: when an owner dies, its partitions go to a
	// process that replays but the last moment. 0 is none. A process that has 0
	// keeps none for others.
	Standby int `json:"standby" koanf:"standby" yaml:"standby"`
	// StandbyBytesPerSecond bounds what a stage's copies take from Kafka, so that
	// they stay behind the live work.
	StandbyBytesPerSecond int64 `json:"standby_bytes_per_second" koanf:"standby_bytes_per_second" yaml:"standby_bytes_per_second"`
	// DropStateAfter is after what time the state of a partition that went to another
	// process is removed from the disk. Coming back earlier it is a head start. A
	// warm copy on standby is never removed.
	DropStateAfter time.Duration `json:"drop_state_after" koanf:"drop_state_after" yaml:"drop_state_after"`
	// Compression of outputs and changelog: none, lz4, snappy or zstd.
	Compression string `json:"compression" koanf:"compression" yaml:"compression"`
	// FetchMaxBytes bounds what a worker holds fetched and compressed.
	FetchMaxBytes int32 `json:"fetch_max_bytes" koanf:"fetch_max_bytes" yaml:"fetch_max_bytes"`
	// Store is the state store's memory.
	Store StoreConfig `json:"store" koanf:"store" yaml:"store"`
}

// DefaultConfig returns the settings of an ordinary process.
func DefaultConfig() Config {
	return Config{
		StateDir:       "state",
		CommitInterval: 100 * time.Millisecond,
		// What a round holds in memory grows with it, and beyond this no record gets
		// cheaper: twice as many took 200 MB more, half as many more of the broker.
		MaxRoundRecords:    2000,
		TransactionTimeout: 10 * time.Second,
		SessionTimeout:     10 * time.Second,
		FenceAfter:         500 * time.Millisecond,
		ClockInterval:      5 * time.Second,
		ClockLag:           15 * time.Second,
		DeleteRetention:    7 * 24 * time.Hour,
		DropStateAfter:     24 * time.Hour,
		// Twice what a process was seen to write to its changelogs.
		StandbyBytesPerSecond: 32 << 20,
		Compression:           "lz4",
		// Compressed: of raw records two rounds.
		FetchMaxBytes: 1 << 20,
		Store:         DefaultStoreConfig(),
	}
}

// Validate reports every fault at once; each begins with the setting's key.
func (c *Config) Validate() error {
	var errs []error
	positive := func(key string, v int64) {
		if v <= 0 {
			errs = append(errs, fmt.Errorf("%s: must be more than zero", key))
		}
	}
	positive("commit_interval", int64(c.CommitInterval))
	positive("max_round_records", int64(c.MaxRoundRecords))
	positive("session_timeout", int64(c.SessionTimeout))
	positive("clock_interval", int64(c.ClockInterval))
	positive("delete_retention", int64(c.DeleteRetention))
	positive("fetch_max_bytes", int64(c.FetchMaxBytes))
	positive("drop_state_after", int64(c.DropStateAfter))
	positive("standby_bytes_per_second", c.StandbyBytesPerSecond)
	if c.Standby < 0 || c.Standby > 8 {
		errs = append(errs, fmt.Errorf("standby: %d is not between 0 and 8", c.Standby))
	}
	if c.TransactionTimeout < 4*c.CommitInterval {
		errs = append(errs, fmt.Errorf("transaction_timeout: %v is under four times commit_interval (%v): a slow round would be aborted by the broker",
			c.TransactionTimeout, c.CommitInterval))
	}
	if c.StateDir == "" {
		errs = append(errs, errors.New("state_dir: must name a folder"))
	}
	if _, ok := codec(c.Compression); !ok {
		errs = append(errs, fmt.Errorf("compression: %q is none of none, lz4, snappy, zstd", c.Compression))
	}
	return errors.Join(errs...)
}

func codec(name string) (kgo.CompressionCodec, bool) {
	switch name {
	case "none", "":
		return kgo.NoCompression(), true
	case "lz4":
		return kgo.Lz4Compression(), true
	case "snappy":
		return kgo.SnappyCompression(), true
	case "zstd":
		return kgo.ZstdCompression(), true
	}
	return kgo.NoCompression(), false
}

// Spec is one stage and its topics, all without prefix.
type Spec struct {
	// Name is the stage's name, and with the prefix its consumer group.
	Name  string
	Stage Stage
	// Input is the one topic the stage consumes; Changelog has as many partitions.
	Input, Changelog string
	// Partitions is the configured partition count of Input; 0 takes what the cluster has
	// at the start.
	Partitions int32
	// Outputs are the topics the stage emits to.
	Outputs []string
	// DeadLetter takes records that can never be handled.
	DeadLetter string
	// Discarded are outputs of which nothing is written: for benchmarks.
	Discarded []string
	// WallClock lets an idle partition's clock follow the wall clock: for stages of
	// raw topics. The others go by their upstreams' clocks.
	WallClock bool
	// Workers is how many sessions of the stage run in this process.
	Workers int
	// Counted is told what committed rounds have counted, by the workers'
	// goroutines; nil means nobody.
	Counted func(Count)
	// Dates tells when the fact of a decoded record happened and was received; ok is
	// false if it does not tell of one. Nil measures no ages.
	Dates func(Event) (dates Dates, ok bool)
}

// Deps is what the engine is given.
type Deps struct {
	// Kafka are the options of every client: brokers, TLS, SASL, client id.
	Kafka []kgo.Opt
	Names schemas.Names
	// SchemaIDs are the registry's ids of the Avro output topics, by topic without
	// prefix.
	SchemaIDs map[string]uint32
	// Version goes into dead letters.
	Version string
	Logger  *slog.Logger
	Metrics prometheus.Registerer
	// Tracer makes spans; nil makes none.
	Tracer trace.TracerProvider
	// Now is the wall clock.
	Now func() time.Time
	// Fail is called once with the error that ends a worker for good.
	Fail func(error)
	// step is called at the named steps of a round; an error there stands for a
	// crash at that step. Nil outside tests.
	step func(Step, string, int) error
	// cluster and turns are the real ones outside tests.
	cluster cluster
	turns   turns
	// harmed breaks the engine, in builds that can.
	harmed harmed
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
