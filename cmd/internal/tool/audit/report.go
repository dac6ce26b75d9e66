package audit

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Report is the result of an audit.
type Report struct {
	Span     Span      `json:"span"`
	Accounts []Account `json:"accounts"`
	Facts    []Facts   `json:"facts"`
	Rows     []Rows    `json:"rows"`
	// Funnel is the comparison of the levels of insights.funnel.v1.
	Funnel   Funnel   `json:"funnel"`
	Journeys Journeys `json:"journeys"`
	Ledger   Ledger   `json:"ledger"`
	// Waiting is how many raw records lie past the cut: not processed yet.
	Waiting int64 `json:"waiting"`
	// WaitingSince is when the oldest of them was written; zero if it is not known. The
	// caller sets it.
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	// Erasures are raw records that asked to forget an entity; they are no part of the account.
	Erasures int64 `json:"erasures,omitempty"`
	// DeadTimers counts dead letters of timers, which belong to no raw record.
	DeadTimers int64 `json:"dead_timers"`
	// Differences is the number of differences found, Listed the first of them.
	Differences int64         `json:"differences"`
	Listed      []*Difference `json:"listed"`
	AddsUp      bool          `json:"adds_up"`
	// Records is the number of records read.
	Records int64 `json:"records"`
	// Took is in milliseconds.
	Took Millis `json:"took_ms"`

	limit int
}

// Millis is a duration that is milliseconds in JSON.
type Millis time.Duration

// MarshalJSON implements json.Marshaler.
func (m Millis) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, time.Duration(m).Milliseconds(), 10), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Millis) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 64)
	*m = Millis(time.Duration(n) * time.Millisecond)
	return err
}

// Span is the time span whose raw records are compared.
type Span struct {
	// From and To limit the raw records by record timestamp; zero is open.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Retention is the shortest retention of the topics read, Shortest the topic that
	// has it.
	Retention Millis `json:"retention_ms"`
	Shortest  string `json:"shortest"`
	// Whole is set if no topic has lost records to retention yet: everything is
	// compared.
	Whole bool `json:"whole"`
	// Clamped is set if From was moved to the earliest time that can be compared.
	Clamped bool `json:"clamped"`
}

// Account is the balance of the raw records of a partition: how many were written, and
// how many ended with each outcome.
type Account struct {
	Provider  string `json:"provider"`
	Partition int32  `json:"partition"`
	// From and To are the offsets: [From, To).
	From int64 `json:"from_offset"`
	To   int64 `json:"to_offset"`
	// Raw records are those accepted and those replayed.
	Raw      int64 `json:"raw"`
	Accepted int64 `json:"accepted"`
	Replayed int64 `json:"replayed"`
	// Each of them must have exactly one of these outcomes.
	Decoded     int64 `json:"decoded"`
	Duplicates  int64 `json:"duplicates"`
	DeadLetters int64 `json:"dead_letters"`
	// DeadLettersReplayed is how many of the dead letters were replayed.
	DeadLettersReplayed int64 `json:"dead_letters_replayed"`
	Differences         int64 `json:"differences"`
}

// Add adds the account of another partition.
func (a *Account) Add(b *Account) {
	a.Raw += b.Raw
	a.Accepted += b.Accepted
	a.Replayed += b.Replayed
	a.Decoded += b.Decoded
	a.Duplicates += b.Duplicates
	a.DeadLetters += b.DeadLetters
	a.DeadLettersReplayed += b.DeadLettersReplayed
	a.Differences += b.Differences
}

// Facts counts the facts of a provider's entities in the topics, and those that the
// snapshots have applied.
type Facts struct {
	Provider string `json:"provider"`
	Entities int64  `json:"entities"`
	Facts    int64  `json:"facts"`
	Applied  int64  `json:"applied"`
	// Held facts wait for their verification id, or waited and were emitted with it.
	Held int64 `json:"held"`
	// Earlier entities may have begun before the span; their snapshots may count more
	// facts than the span has.
	Earlier int64 `json:"earlier"`
	// InFlight entities were changed past the cut and are not compared.
	InFlight    int64 `json:"in_flight"`
	Differences int64 `json:"differences"`
}

// Rows counts the rows of a fact topic, and the entities whose rows were compared with their
// snapshots.
type Rows struct {
	Topic    string `json:"topic"`
	Rows     int64  `json:"rows"`
	Entities int64  `json:"entities"`
	// InFlight entities have changed since, or may have lost rows to retention.
	InFlight    int64 `json:"in_flight"`
	Differences int64 `json:"differences"`
}

// Funnel counts the windows and routes of the funnel whose levels were compared.
type Funnel struct {
	Windows int64 `json:"windows"`
	// InFlight ones have changed in the last minute.
	InFlight    int64 `json:"in_flight"`
	Differences int64 `json:"differences"`
}

// Journeys counts the inputs of journeys, and the journeys compared with them.
type Journeys struct {
	Inputs      int64 `json:"inputs"`
	Members     int64 `json:"members"`
	Journeys    int64 `json:"journeys"`
	InFlight    int64 `json:"in_flight"`
	Differences int64 `json:"differences"`
}

// Ledger counts the ledger entries compared with the audit's own counts.
type Ledger struct {
	Entries int64 `json:"entries"`
	// Records is how many raw records these entries account for.
	Records     int64 `json:"records"`
	Missed      int64 `json:"missed_attempts"`
	Differences int64 `json:"differences"`
}

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

// Total adds up the accounts of each provider.
func (r *Report) Total() []Account {
	var out []Account
	for i := range r.Accounts {
		a := &r.Accounts[i]
		if len(out) == 0 || out[len(out)-1].Provider != a.Provider {
			out = append(out, Account{Provider: a.Provider, Partition: -1})
		}
		out[len(out)-1].Add(a)
	}
	return out
}

// conclude compares everything.
func (a *auditor) conclude(ctx context.Context) error {
	a.config.Progress.Step("comparing", 0)
	a.concludeRecords()
	a.concludeCalls()
	if err := a.concludeEvents(ctx); err != nil {
		return err
	}
	if err := a.concludePositions(ctx); err != nil {
		return err
	}
	if err := a.concludeFacts(ctx); err != nil {
		return err
	}
	if err := a.concludeRows(ctx); err != nil {
		return err
	}
	a.concludeFunnel()
	if err := a.concludeJourneys(ctx); err != nil {
		return err
	}
	slices.SortStableFunc(a.report.Listed, func(x, y *Difference) int {
		return cmp.Or(strings.Compare(x.Topic, y.Topic), cmp.Compare(x.Partition, y.Partition), cmp.Compare(x.Offset, y.Offset), strings.Compare(x.Kind, y.Kind))
	})
	a.report.AddsUp = a.report.Differences == 0
	return nil
}

// sorted yields a map in the order of its keys.
func sorted[V any](m map[int32]V) iter.Seq2[int32, V] {
	return func(yield func(int32, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}
