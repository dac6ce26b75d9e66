package trace

import (
	"fmt"
	"time"
)

// Position is where a record lies.
type Position struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

// String writes topic/partition@offset, as audit does.
func (p Position) String() string { return fmt.Sprintf("%s/%d@%d", p.Topic, p.Partition, p.Offset) }

// The kinds of steps, in the order in which a record passes them.
const (
	// StepReceived is a raw record: what ingest has written.
	StepReceived = "received"
	// StepDecoded, StepDuplicate and StepDeadLetter are the ways a raw record ends.
	StepDecoded    = "decoded"
	StepDuplicate  = "duplicate"
	StepDeadLetter = "dead letter"
	// StepSnapshot is a revision of the entity, StepJourney one of the journey.
	StepSnapshot = "snapshot"
	StepJourney  = "journey"
	// StepEnded is a tombstone: retention or an erasure has ended it.
	StepEnded = "ended"
	// StepErasure is a raw record that asked to forget the entity.
	StepErasure = "erasure"
	// StepUnreadable is a value that this version does not read.
	StepUnreadable = "unreadable"
)

// Step is a record of the chain.
type Step struct {
	Position

	// At is when the record was written.
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	// Told is the provider's own time, zero if it gave none.
	Told time.Time `json:"told_at,omitzero"`
	// Received is when ingest had it.
	Received  time.Time `json:"received_at,omitzero"`
	Source    string    `json:"source,omitempty"`
	Assurance string    `json:"assurance,omitempty"`
	SecretID  string    `json:"secret_id,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
	EventID   string    `json:"event_id,omitempty"`
	// Event is what it is in the provider's words.
	Event string `json:"event,omitempty"`
	// Attempt is which delivery of the webhook it was, as the provider counts, 0 if
	// it does not.
	Attempt int32 `json:"attempt,omitempty"`
	// Of is the raw record that this is made of, or that changed a snapshot; nil for
	// a deadline and a raw record.
	Of *Position `json:"of,omitempty"`
	// First is what a duplicate repeats.
	First *Position `json:"first,omitempty"`
	// Revision is a snapshot's.
	Revision int64 `json:"revision,omitempty"`
	// State is a snapshot's outcome or phase, or a dead letter's cause.
	State string `json:"state,omitempty"`
	// Waiting says that a raw record has not been processed yet.
	Waiting bool `json:"waiting,omitempty"`
	// Says is what a person should know of it besides.
	Says string `json:"says,omitempty"`
}

// Entity is a verification, a payment, an account, or anything else that raw records
// are keyed by.
type Entity struct {
	Key      string `json:"key"`
	Kind     string `json:"kind"`
	Provider string `json:"provider,omitempty"`
	Source   string `json:"source,omitempty"`
	// State is its outcome or phase, empty where it has no snapshot.
	State     string `json:"state,omitempty"`
	Assurance string `json:"assurance,omitempty"`
	// Direct says that the id is its own, and not that of a journey it belongs to.
	Direct bool `json:"direct"`
	// Requests are the raw keys under which the provider told of it by an id of its
	// own: Unibell's request ids.
	Requests []string `json:"requests,omitempty"`
	// Journeys are the keys of the journeys it is a member of.
	Journeys []string `json:"journeys,omitempty"`
	// Deliveries is how many raw records there are, or were: those whose end is still
	// told of count. Facts, Duplicates and DeadLetters are how they ended.
	Deliveries  int `json:"deliveries"`
	Facts       int `json:"facts"`
	Duplicates  int `json:"duplicates"`
	DeadLetters int `json:"dead_letters"`
	Waiting     int `json:"waiting"`
	// Why says in words what there is to know: attempts, what was missing.
	Why []string `json:"why,omitempty"`
	// Snapshot is the last one, nil where there is none.
	Snapshot any    `json:"snapshot,omitempty"`
	Steps    []Step `json:"steps"`

	ended  bool
	erased time.Time
	first  time.Time
	// raws are the positions of its raw records, by how they were seen.
	raws map[Position]*rawSeen
}

// Journey is what belongs together by a correlation id.
type Journey struct {
	Key string `json:"key"`
	// Direct says that the id is its correlation id.
	Direct  bool   `json:"direct"`
	Outcome string `json:"outcome,omitempty"`
	Missing string `json:"missing,omitempty"`
	// Complete says that it is verified and paid.
	Complete bool `json:"complete"`
	// Why says in words why it is not complete.
	Why     []string `json:"why,omitempty"`
	Members []string `json:"members"`
	// Truncated says that it has more members than its snapshot lists; Members then
	// has those it was told of since.
	Truncated bool   `json:"truncated,omitempty"`
	Snapshot  any    `json:"snapshot,omitempty"`
	Steps     []Step `json:"steps"`

	told map[string]bool
}

// Looked is where was looked.
type Looked struct {
	For    string   `json:"for"`
	Topics []string `json:"topics"`
	// Records and Bytes were looked through; Took is how long that took.
	Records int64  `json:"records"`
	Bytes   int64  `json:"bytes"`
	Took    Millis `json:"took_ms"`
	// From and To bound it by when records were written, zero for no bound.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Found is how many records had the id.
	Found int `json:"found"`
}

// Millis is a duration that JSON has as milliseconds.
type Millis time.Duration

// MarshalJSON writes milliseconds.
func (m Millis) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%d", time.Duration(m).Milliseconds()), nil
}

// Report is the answer.
type Report struct {
	// Query is what was looked for; a phone is only named as one.
	Query string `json:"query"`
	Found bool   `json:"found"`
	// As says what the id is of what was found.
	As       []string   `json:"as"`
	Journeys []*Journey `json:"journeys"`
	Entities []*Entity  `json:"entities"`
	Looked   []Looked   `json:"looked"`
	// First says that a search ended with the first record that has the id; others
	// were not looked for.
	First bool `json:"first,omitempty"`
	// Left is how many entities were found beyond the limit.
	Left int    `json:"left,omitempty"`
	Took Millis `json:"took_ms"`
}
