// Package topics compares the cluster's topics with the topic table and applies it.
//
//	schemas.Table + settings ─► Wanted ─► Diff against the cluster ─► Apply
//
// It creates and alters topics. It never deletes a topic, and it refuses to change the
// partition count of topics that hold records: see partitions.go.
package topics

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/schemas"
)

// Config is the settings of the topics.
type Config struct {
	// Partitions is the partition count of every family and output topic without
	// an entry in Families.
	Partitions int32 `json:"partitions" koanf:"partitions" yaml:"partitions"`
	// Families overrides it by family: lox24, uapay, voximplant, unibell,
	// unibell-call, journey, output.
	Families map[string]int32 `json:"families" koanf:"families" yaml:"families"`
	// ReplicationFactor of every topic; -1 takes the broker's default.
	ReplicationFactor int16 `json:"replication_factor" koanf:"replication_factor" yaml:"replication_factor"`
	// MinInsyncReplicas of every topic; 0 takes the broker's default.
	MinInsyncReplicas int `json:"min_insync_replicas" koanf:"min_insync_replicas" yaml:"min_insync_replicas"`
	// Retention overrides retention.ms by topic, without prefix.
	Retention map[string]time.Duration `json:"retention" koanf:"retention" yaml:"retention"`
	// CompactionLag overrides max.compaction.lag.ms by topic, without prefix.
	CompactionLag map[string]time.Duration `json:"compaction_lag" koanf:"compaction_lag" yaml:"compaction_lag"`
}

// DefaultConfig is that of a cluster with three brokers.
func DefaultConfig() Config {
	return Config{
		Partitions: 12, Families: map[string]int32{}, ReplicationFactor: 3, MinInsyncReplicas: 2,
		Retention: map[string]time.Duration{}, CompactionLag: map[string]time.Duration{},
	}
}

// Validate reports every fault at once; each begins with its key.
func (c *Config) Validate() error {
	var errs []error
	if c.Partitions < 1 {
		errs = append(errs, fmt.Errorf("partitions: %d is less than 1", c.Partitions))
	}
	families := map[string]bool{}
	for _, t := range schemas.Table() {
		families[t.Family] = true
	}
	for _, f := range slices.Sorted(maps.Keys(c.Families)) {
		if !families[f] {
			errs = append(errs, fmt.Errorf("families.%s: no such family; there are %v", f, slices.Sorted(maps.Keys(families))))
		} else if c.Families[f] < 1 {
			errs = append(errs, fmt.Errorf("families.%s: %d is less than 1", f, c.Families[f]))
		}
	}
	if c.ReplicationFactor == 0 || c.ReplicationFactor < -1 {
		errs = append(errs, fmt.Errorf("replication_factor: %d: give a count, or -1 for the broker's default", c.ReplicationFactor))
	}
	if c.ReplicationFactor > 0 && c.MinInsyncReplicas > int(c.ReplicationFactor) {
		errs = append(errs, fmt.Errorf("min_insync_replicas: %d is more than the replication factor", c.MinInsyncReplicas))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Retention)) {
		if t, ok := schemas.Find(name); !ok || !t.Delete {
			errs = append(errs, fmt.Errorf("retention.%s: no topic of that name with a retention", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.CompactionLag)) {
		if t, ok := schemas.Find(name); !ok || !t.Compact {
			errs = append(errs, fmt.Errorf("compaction_lag.%s: no compacted topic of that name", name))
		} else if c.CompactionLag[name] < time.Millisecond {
			errs = append(errs, fmt.Errorf("compaction_lag.%s: %s is less than 1ms", name, c.CompactionLag[name]))
		}
	}
	return errors.Join(errs...)
}

// PartitionsOf returns the partition count of a topic, without prefix.
func (c *Config) PartitionsOf(topic schemas.Topic) int32 {
	if n, ok := c.Families[topic.Family]; ok {
		return n
	}
	return c.Partitions
}

// Wanted is the wanted configuration of a topic on the cluster.
type Wanted struct {
	// Name is with prefix.
	Name       string            `json:"name"`
	Row        schemas.Topic     `json:"row"`
	Partitions int32             `json:"partitions"`
	Configs    map[string]string `json:"configs"`
}

// Want returns every topic as the settings have it.
func Want(c *Config, names schemas.Names) []Wanted {
	var out []Wanted
	for _, row := range schemas.Table() {
		configs := map[string]string{
			"cleanup.policy":    row.Policy(),
			"max.message.bytes": strconv.Itoa(row.MaxMessageBytes),
		}
		if row.Delete {
			retention := row.Retention
			if r, ok := c.Retention[row.Name]; ok {
				retention = r
			}
			configs["retention.ms"] = millis(retention)
		}
		if row.Compact {
			lag := row.CompactionLag
			if l, ok := c.CompactionLag[row.Name]; ok {
				lag = l
			}
			configs["delete.retention.ms"] = millis(row.DeleteRetention)
			configs["segment.ms"] = millis(row.Segment)
			configs["max.compaction.lag.ms"] = millis(lag)
		}
		if row.MinCleanableDirtyRatio > 0 {
			configs["min.cleanable.dirty.ratio"] = strconv.FormatFloat(row.MinCleanableDirtyRatio, 'g', -1, 64)
		}
		if c.MinInsyncReplicas > 0 {
			configs["min.insync.replicas"] = strconv.Itoa(c.MinInsyncReplicas)
		}
		out = append(out, Wanted{Name: names.Topic(row.Name), Row: row, Partitions: c.PartitionsOf(row), Configs: configs})
	}
	return out
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
