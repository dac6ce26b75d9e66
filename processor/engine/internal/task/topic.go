package task

import "fmt"

// Topic is a topic that a stage emits to.
type Topic struct {
	Settings

	// Name is the topic's name on the cluster, with prefix.
	Name       string
	Partitions int32
}

// Settings describes a topic that a stage writes: its limit, the format of its values and
// their meaning. The zero value is a topic with Kafka's defaults and values of any format.
type Settings struct {
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

// SettingsOf returns the settings of a topic, with the defaults filled in. of may be nil.
func SettingsOf(of func(string) (Settings, error), name string) (s Settings, err error) {
	if of != nil {
		if s, err = of(name); err != nil {
			return s, err
		}
	}
	if s.MaxBytes == 0 {
		s.MaxBytes = defaultMaxBytes
	}
	return s, nil
}

// Topics returns the topics that a stage emits to, by name without prefix.
func Topics(names []string, prefix string, partitions func(string) int32, settings func(string) (Settings, error)) (map[string]Topic, error) {
	out := make(map[string]Topic, len(names))
	for _, name := range names {
		s, err := SettingsOf(settings, name)
		if err != nil {
			return nil, err
		}
		n := partitions(name)
		if n <= 0 {
			return nil, fmt.Errorf("topic %s has no partitions", name)
		}
		out[name] = Topic{Settings: s, Name: prefix + name, Partitions: n}
	}
	return out, nil
}
