package known

import "github.com/tributary-hq/tributary/processor/stage"

// The causes of dead letters for records that no configured source accounts for.
const (
	// CauseUnknownSource: the processor has no configuration for the record's source,
	// or none that matches the settings under which ingest accepted it; replay the
	// record once it has.
	CauseUnknownSource stage.Cause = "unknown_source"
	// CauseForeignRecord: ingest did not write the record: it lacks the headers that say who
	// proved it. Somebody else may write to the raw topic.
	CauseForeignRecord stage.Cause = "foreign_record"
)
