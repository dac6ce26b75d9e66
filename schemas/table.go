package schemas

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/internal/extra"
)

const (
	day = 24 * time.Hour
	mib = 1 << 20
	// rawMaxMessageBytes is below the others, so that a dead letter, which is a
	// raw record and its cause, always fits where it goes.
	rawMaxMessageBytes = 1 * mib
	// tombstoneRetention lets a consumer that reads once a week see each deletion, and a
	// worker that was away for half of it restore from its store; Kafka's default is one
	// day.
	tombstoneRetention = 7 * day
	// compactedSegment is how long the newest records of a partition are in the segment
	// that is never compacted.
	compactedSegment = time.Hour
	// The compaction lags are how long an outdated snapshot can be read. A compaction
	// rewrites the whole log, so a topic of entities that are kept for long has a longer
	// one.
	shortCompactionLag = time.Hour
	longCompactionLag  = 6 * time.Hour
	// changelogCompactionLag bounds how long an erased entity is in a changelog.
	changelogCompactionLag = day
	// changelogDirtyRatio keeps a restore short: Kafka compacts by default when
	// half of the log is outdated, here when a tenth is.
	changelogDirtyRatio = 0.1
	// maxMessageBytes is that of every other topic.
	maxMessageBytes = 2 * mib
)

// The families: topics of one family have one partition count, because the
// changelog of a stage has the partitions of its input.
const (
	FamilyLOX24       = "lox24"
	FamilyUAPAY       = "uapay"
	FamilyVoximplant  = "voximplant"
	FamilyUnibell     = "unibell"
	FamilyUnibellCall = "unibell-call"
	FamilyJourney     = "journey"
	FamilyInsights    = "insights"
	// FamilyOutput topics are read only by other systems; no state depends on their
	// partitions.
	FamilyOutput = "output"
)

// SubjectSuffix is appended to the topic's name by TopicNameStrategy for the schema of
// its values.
const SubjectSuffix = "-value"

// Subject returns the registry's subject of a topic of this package: the name on
// the cluster and SubjectSuffix.
func (n Names) Subject(topic string) string { return n.Topic(topic) + SubjectSuffix }

// Table returns the required settings of every topic, in processing order. The slice is
// the caller's.
func Table() []Topic {
	topics := make([]Topic, 0, 32)
	for _, group := range [][]Topic{rawTopics(), decodedTopics(), enrichedTopics(), deadLetterTopics(), internalTopics(), extra.Topics[Topic]()} {
		topics = append(topics, group...)
	}
	return topics
}

// Find returns the row of a topic, by its name without prefix.
func Find(name string) (Topic, bool) {
	for _, t := range Table() {
		if t.Name == name {
			return t, true
		}
	}
	return Topic{}, false
}

// HasRevisions reports whether a record of the topic replaces the earlier ones of its key.
func (t Topic) HasRevisions() bool { return t.Compact && t.Format == FormatAvro }

// Policy returns the topic's cleanup.policy as Kafka spells it.
func (t Topic) Policy() string {
	switch {
	case t.Compact && t.Delete:
		return "compact,delete"
	case t.Compact:
		return "compact"
	default:
		return "delete"
	}
}

// Validate reports every fault of the row at once.
func (t Topic) Validate() error {
	var errs []error
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("topic %s: "+format, append([]any{t.Name}, args...)...))
	}
	if t.Name == "" || t.Family == "" || t.Doc == "" {
		fault("name, family and doc are required")
	}
	if !t.Compact && !t.Delete {
		fault("neither compacted nor deleted: it would grow for ever")
	}
	if t.Delete != (t.Retention > 0) {
		fault("retention is for topics that delete, and only for them")
	}
	if compaction := [...]time.Duration{t.DeleteRetention, t.Segment, t.CompactionLag}; t.Compact && slices.Min(compaction[:]) <= 0 ||
		!t.Compact && compaction != [3]time.Duration{} {
		fault("delete_retention, segment and compaction_lag are for topics that are compacted, and only for them")
	}
	if t.MaxMessageBytes <= 0 {
		fault("max_message_bytes is required")
	}
	if (t.Format == FormatAvro) != (t.Schema != "") {
		fault("a schema is for avro topics, and only for them")
	}
	if restrictedName(t.Name) && t.Access != AccessRestricted {
		fault("raw, dead letter and internal topics are restricted")
	}
	return errors.Join(errs...)
}

func restrictedName(name string) bool {
	for _, prefix := range []string{"raw.", "deadletter.", "internal."} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
