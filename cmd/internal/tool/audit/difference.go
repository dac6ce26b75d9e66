package audit

import "time"

// The kinds of differences.
const (
	// KindNoOutcome: a raw record without a fact, a duplicate or a dead letter.
	KindNoOutcome = "no_outcome"
	// KindNoRaw: an outcome that names a raw record that does not exist.
	KindNoRaw = "no_raw"
	// KindRepeated: a raw record with the same outcome twice.
	KindRepeated = "repeated"
	// KindTwoOutcomes: a raw record with two different outcomes.
	KindTwoOutcomes = "two_outcomes"
	// KindNoDeadLetter: a replayed record without a dead letter.
	KindNoDeadLetter = "no_dead_letter"
	// KindNotEmitted: a decoded Unibell fact that was not emitted to the next stage.
	KindNotEmitted = "not_emitted"
	// KindNoFact: an emitted Unibell fact that was not decoded.
	KindNoFact = "no_fact"
	// KindFacts: an entity whose snapshot counts other facts than the topics hold.
	KindFacts = "facts"
	// KindNoSnapshot: an entity with facts and no snapshot.
	KindNoSnapshot = "no_snapshot"
	// KindJourney: a journey whose snapshot differs from its inputs.
	KindJourney = "journey"
	// KindRows: an entity whose rows do not add up to its snapshot.
	KindRows = "rows"
	// KindFunnel: a window of the funnel whose levels have different sums, or a day whose rows
	// are not the sum of its differences.
	KindFunnel = "funnel"
	// KindLedger: a ledger entry whose counts differ from the topics.
	KindLedger = "ledger"
	// KindOtherRecord: an outcome of a record that is gone, at whose offset another
	// record stands.
	KindOtherRecord = "other_record"
	// KindOwnDuplicate: a duplicate that names itself as the record it repeats.
	KindOwnDuplicate = "own_duplicate"
	// KindFactTwice: two facts of the same event, each from a raw record of its own.
	KindFactTwice = "fact_twice"
	// KindSkipped: offsets that a stage skipped unread.
	KindSkipped = "skipped"
	// KindBeyondEnd: a committed offset beyond the end of the input's log.
	KindBeyondEnd = "beyond_end"
	// KindSetBack: a committed offset, or none, before records that already have
	// outcomes.
	KindSetBack = "set_back"
	// KindRevision: a signal whose revision is not above the one before.
	KindRevision = "revision"
	// KindUnreadable: a record in a format that this version does not read.
	KindUnreadable = "unreadable"
)

// Difference is one inconsistency, with the record it concerns if there is one.
type Difference struct {
	Kind string `json:"kind"`
	// Topic, Partition and Offset locate the raw record, or the input of a journey; -1
	// if there is none.
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	// To is the end of a range of offsets that begins with Offset.
	To int64 `json:"to_offset,omitempty"`
	// Missing names the record, field or topic that is absent; There names the topic
	// that has the other side.
	Missing string `json:"missing,omitempty"`
	There   string `json:"there,omitempty"`
	// Key is the key of the entity or journey, Event the event id of the fact.
	Key   string `json:"key,omitempty"`
	Event string `json:"event_id,omitempty"`
	// Group is the consumer group that committed the offset.
	Group string `json:"group,omitempty"`
	// Skipped is how many offsets were skipped. Since and Until bound when their
	// records were received, as far as the ledger shows.
	Skipped int64     `json:"skipped_offsets,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	// Expected and Applied are the two counts that differ: the facts in the topics, and
	// those in the snapshot or ledger entry.
	Expected int64 `json:"expected,omitempty"`
	Applied  int64 `json:"applied,omitempty"`
	// Records are the raw records of the facts, Last is the one that changed the
	// snapshot last.
	Records []Record `json:"records,omitempty"`
	Last    *Record  `json:"last,omitempty"`
}

// Record is the position of a raw record.
type Record struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

// differ counts a difference and lists it if there is room.
func (r *Report) differ(d *Difference) {
	r.Differences++
	if len(r.Listed) < r.limit {
		r.Listed = append(r.Listed, d)
	}
}
