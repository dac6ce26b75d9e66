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

// Report is what an audit found.
type Report struct {
	Span     Span      `json:"span"`
	Accounts []Account `json:"accounts"`
	Facts    []Facts   `json:"facts"`
	Journeys Journeys  `json:"journeys"`
	Ledger   Ledger    `json:"ledger"`
	// Waiting is how many raw records lie behind the cut: not processed yet.
	Waiting int64 `json:"waiting"`
	// Erasures are raw records that asked to forget an entity; they are no part of the account.
	Erasures int64 `json:"erasures,omitempty"`
	// BuriedDeadlines are dead letters of deadlines, which are of no record.
	BuriedDeadlines int64 `json:"buried_deadlines"`
	// Differences is how many there are, Listed the first of them.
	Differences int64         `json:"differences"`
	Listed      []*Difference `json:"listed"`
	AddsUp      bool          `json:"adds_up"`
	// Records is how many were read.
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

// Span is what is compared.
type Span struct {
	// From and To bound when raw records were written; zero is open.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Retention is the shortest of what is read, Shortest the topic that has it.
	Retention Millis `json:"retention_ms"`
	Shortest  string `json:"shortest"`
	// Whole says that no topic has lost anything yet: everything is compared.
	Whole bool `json:"whole"`
	// Clamped says that From was moved to where the span can begin at all.
	Clamped bool `json:"clamped"`
}

// Account is what became of the raw records of a partition.
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
	// Each of them ended as one of these.
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

// Facts are what entities of a provider were told and say they applied.
type Facts struct {
	Provider string `json:"provider"`
	Entities int64  `json:"entities"`
	Facts    int64  `json:"facts"`
	Applied  int64  `json:"applied"`
	// Held facts wait until it is known whose they are, or were passed on then.
	Held int64 `json:"held"`
	// Earlier entities may have begun before the span: held against what it shows.
	Earlier int64 `json:"earlier"`
	// InFlight were touched behind the cut and not compared.
	InFlight    int64 `json:"in_flight"`
	Differences int64 `json:"differences"`
}

// Journeys are what journeys were told and say.
type Journeys struct {
	Inputs      int64 `json:"inputs"`
	Members     int64 `json:"members"`
	Journeys    int64 `json:"journeys"`
	InFlight    int64 `json:"in_flight"`
	Differences int64 `json:"differences"`
}

// Ledger is how many entries were held against what was counted.
type Ledger struct {
	Entries int64 `json:"entries"`
	// Records is how many raw records these entries account for.
	Records     int64 `json:"records"`
	Missed      int64 `json:"missed_attempts"`
	Differences int64 `json:"differences"`
}

// The kinds of differences.
const (
	// KindNoOutcome: a raw record that is neither a fact, nor a duplicate, nor a dead
	// letter.
	KindNoOutcome = "no_outcome"
	// KindNoRaw: one of these that names a raw record that is not there.
	KindNoRaw = "no_raw"
	// KindRepeated: a raw record that ended twice in the same way.
	KindRepeated = "repeated"
	// KindTwoOutcomes: a raw record that ended in two ways.
	KindTwoOutcomes = "two_outcomes"
	// KindNoDeadLetter: a replayed record whose dead letter is not there.
	KindNoDeadLetter = "no_dead_letter"
	// KindNotTold: a Unibell fact that the next stage was not told.
	KindNotTold = "not_told"
	// KindNoFact: a Unibell fact told that was not decoded.
	KindNoFact = "no_fact"
	// KindFacts: an entity whose snapshot does not say what it was told.
	KindFacts = "facts"
	// KindNoSnapshot: an entity with facts and no snapshot.
	KindNoSnapshot = "no_snapshot"
	// KindJourney: a journey that does not say what it was told.
	KindJourney = "journey"
	// KindLedger: a ledger entry that does not say what is there.
	KindLedger = "ledger"
	// KindOtherRecord: a fact, duplicate or dead letter of a record that is gone, at
	// whose position another stands.
	KindOtherRecord = "other_record"
	// KindOwnDuplicate: a duplicate that names itself as the record it repeats.
	KindOwnDuplicate = "own_duplicate"
	// KindFactTwice: a fact of an event that is there more than once, each of a raw
	// record of its own.
	KindFactTwice = "fact_twice"
	// KindSkipped: offsets that a stage passed over unread.
	KindSkipped = "skipped"
	// KindBeyondEnd: a stage's position beyond the end of its input's log.
	KindBeyondEnd = "beyond_end"
	// KindSetBack: a stage's position before records that it has handled, or none.
	KindSetBack = "set_back"
	// KindUnreadable: a record that no version of this program wrote.
	KindUnreadable = "unreadable"
)

// Difference is something that does not add up, down to a record where it is of one.
type Difference struct {
	Kind string `json:"kind"`
	// Topic, Partition and Offset are of the raw record, or of the input of a journey;
	// -1 where there is none.
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	// To is the end of a range of offsets that begins with Offset.
	To int64 `json:"to_offset,omitempty"`
	// Missing is what is not there, There what is.
	Missing string `json:"missing,omitempty"`
	There   string `json:"there,omitempty"`
	// Key is that of the entity or journey, Event the id of the fact.
	Key   string `json:"key,omitempty"`
	Event string `json:"event_id,omitempty"`
	// Group is the consumer group whose position it is.
	Group string `json:"group,omitempty"`
	// Skipped is how many offsets were passed over, Since and Until when their records
	// were received, as far as the ledger tells.
	Skipped int64     `json:"skipped_offsets,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	// Told and Applied are counts: what the one side has, and what the other says.
	Told    int64 `json:"told,omitempty"`
	Applied int64 `json:"applied,omitempty"`
	// Records are raw records of the facts told, Last what changed the snapshot last.
	Records []Record `json:"records,omitempty"`
	Last    *Record  `json:"last,omitempty"`
}

// Record is a raw record's place.
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
