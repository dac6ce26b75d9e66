package engine

import (
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
)

// Topic describes a topic that a stage writes: its limit, the format of its values and
// their meaning. The zero value is a topic with Kafka's defaults and values of any format.
type Topic = task.Settings

// Rebuild describes a partition whose state is rebuilt by processing old input records
// again. The reset that emptied the changelog writes it as the first entry, and it is
// never deleted.
type Rebuild = entry.Rebuild

// ParseRebuild decodes the record of Rebuild.ChangelogEntry; found is false for any other
// record.
func ParseRebuild(key, value []byte) (r Rebuild, found bool, err error) {
	return entry.ParseRebuild(key, value)
}

// Problem is a kind of error that an operator can do something about: see Deps.Hint.
type Problem int

// The problems.
const (
	// ProblemTopicMissing: an input or output topic does not exist or is not visible.
	ProblemTopicMissing Problem = iota + 1
	// ProblemChangelogMissing: the changelog does not exist or is not visible.
	ProblemChangelogMissing
	// ProblemPartitions: the input has another number of partitions than configured.
	ProblemPartitions
	// ProblemStateLost: the changelog lost state.
	ProblemStateLost
	// ProblemUnfinishedReset: a reset of the stage was not finished.
	ProblemUnfinishedReset
	// ProblemStateLocked: another process has the state directory open.
	ProblemStateLocked
)

// hint returns the hint for a problem with a separator before it, empty if there is
// none.
func (d *Deps) hint(problem Problem, stage string) string {
	if d.Hint == nil {
		return ""
	}
	if text := d.Hint(problem, stage); text != "" {
		return ": " + text
	}
	return ""
}

// topic returns a topic's or group's name on the cluster.
func (d *Deps) topic(name string) string { return d.Prefix + name }
