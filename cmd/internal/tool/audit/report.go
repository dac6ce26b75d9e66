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
