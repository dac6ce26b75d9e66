package engine

import "fmt"

// Topic is what the engine must know of a topic that a stage writes. The zero value is
// a topic with Kafka's defaults and values of any format.
type Topic struct {
	// MaxBytes is the topic's max.message.bytes: a larger record is refused. 0 means
	// Kafka's default of 1 MiB.
	MaxBytes int
	// Complete finishes a value in place before it is produced, such as with the id of
	// its schema. May be nil.
	Complete func(value []byte) error
	// Snapshots is set if the topic holds the latest revision of each entity, not each
	// fact once: a Rebuild emits its records again.
	Snapshots bool
	// Repeats is set if a record in the topic means that the input record was a
	// duplicate; duplicates do not count in the latency metrics.
	Repeats bool
}

// defaultMaxBytes is Kafka's default of max.message.bytes, less the batch's overhead.
const defaultMaxBytes = 1 << 20

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

// outputTopic is an output topic of a stage.
type outputTopic struct {
	Topic

	name       string // with prefix
	partitions int32
}

// topicSettings returns the settings of a topic, with the defaults filled in.
func topicSettings(of func(string) (Topic, error), name string) (t Topic, err error) {
	if of != nil {
		if t, err = of(name); err != nil {
			return t, err
		}
	}
	if t.MaxBytes == 0 {
		t.MaxBytes = defaultMaxBytes
	}
	return t, nil
}

// outputTopics returns a stage's output topics, by name without prefix.
func outputTopics(names []string, partitions func(string) int32, settings func(string) (Topic, error)) (map[string]outputTopic, error) {
	out := make(map[string]outputTopic, len(names))
	for _, name := range names {
		t, err := topicSettings(settings, name)
		if err != nil {
			return nil, err
		}
		n := partitions(name)
		if n <= 0 {
			return nil, fmt.Errorf("topic %s has no partitions", name)
		}
		out[name] = outputTopic{Topic: t, partitions: n}
	}
	return out, nil
}

// repeatTopics returns the topics of duplicates.
func repeatTopics(topics map[string]outputTopic) (names []string) {
	for name, t := range topics { //nolint:maprange // a set
		if t.Repeats {
			names = append(names, name)
		}
	}
	return names
}
