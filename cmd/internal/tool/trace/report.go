package trace

import (
	"fmt"
	"time"
)

// Position is the place of a record in Kafka.
type Position struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

// String writes topic/partition@offset, as audit does.
func (p Position) String() string { return fmt.Sprintf("%s/%d@%d", p.Topic, p.Partition, p.Offset) }

// The kinds of steps, in the order in which a record passes them.
const (
	// StepReceived is a raw record, written by ingest.
	StepReceived = "received"
	// StepDecoded, StepDuplicate and StepDeadLetter are the outcomes of a raw record.
	StepDecoded    = "decoded"
	StepDuplicate  = "duplicate"
	StepDeadLetter = "dead letter"
	// StepSnapshot is a revision of the entity, StepJourney one of the journey.
	StepSnapshot = "snapshot"
	StepJourney  = "journey"
	// StepRow is a revision of an attempt or a movement of the entity.
	StepRow = "row"
	// StepEnded is a tombstone: the snapshot was deleted after its retention or by an
	// erasure.
	StepEnded = "ended"
	// StepErasure is a raw record that requests the erasure of the entity.
	StepErasure = "erasure"
	// StepInsight is a row of the funnel or a claim.
	StepInsight = "insight"
	// StepUnreadable is a value that this version does not read.
	StepUnreadable = "unreadable"
)

// Step is one record in the history of an entity or journey.
type Step struct {
	Position

	// At is the record's timestamp.
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	// EventTime is the time that the provider gave, zero if it gave none.
	EventTime time.Time `json:"event_at,omitzero"`
	// Received is the time of ingestion.
	Received  time.Time `json:"received_at,omitzero"`
	Source    string    `json:"source,omitempty"`
	Assurance string    `json:"assurance,omitempty"`
	SecretID  string    `json:"secret_id,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
	EventID   string    `json:"event_id,omitempty"`
	// Event is the provider's name of the event, or a short description.
	Event string `json:"event,omitempty"`
	// Attempt is the number of this delivery of the webhook by the provider's count, 0
	// if the provider does not number them.
	Attempt int32 `json:"attempt,omitempty"`
	// Of is the raw record that caused this one; nil for a raw record and for a
	// snapshot caused by a timer.
	Of *Position `json:"of,omitempty"`
	// First is the raw record that a duplicate repeats.
	First *Position `json:"first,omitempty"`
	// Revision is the revision of a snapshot.
	Revision int64 `json:"revision,omitempty"`
	// State is a snapshot's outcome or phase, or a dead letter's cause.
	State string `json:"state,omitempty"`
	// Waiting is set if a raw record has not been processed yet.
	Waiting bool `json:"waiting,omitempty"`
	// Says is a note for the reader, in words.
	Says string `json:"says,omitempty"`
}

// Entity is a verification, a payment, an account, or any other key of raw records.
type Entity struct {
	Key      string `json:"key"`
	Kind     string `json:"kind"`
	Provider string `json:"provider,omitempty"`
	Source   string `json:"source,omitempty"`
	// State is its outcome or phase, empty if it has no snapshot.
	State     string `json:"state,omitempty"`
	Assurance string `json:"assurance,omitempty"`
	// Direct is set if the id searched for belongs to this entity itself, not to a
	// journey that it is a member of.
	Direct bool `json:"direct"`
	// Requests are further raw keys of the entity, under which the provider sent
	// webhooks with only its own id: Unibell's request ids.
	Requests []string `json:"requests,omitempty"`
	// Journeys are the keys of the journeys it is a member of.
	Journeys []string `json:"journeys,omitempty"`
	// Deliveries is how many raw records of the entity are known: read themselves, or
	// named by an outcome after retention has deleted them. Facts, Duplicates and
	// DeadLetters count their outcomes.
	Deliveries  int `json:"deliveries"`
	Facts       int `json:"facts"`
	Duplicates  int `json:"duplicates"`
	DeadLetters int `json:"dead_letters"`
	Waiting     int `json:"waiting"`
	// Why explains the state in sentences: attempts, missing events.
	Why []string `json:"why,omitempty"`
	// Snapshot is the last snapshot, nil if there is none.
	Snapshot any `json:"snapshot,omitempty"`
	// Rows are the names of its rows that are not withdrawn: the parts of their keys behind
	// the entity's key and a slash.
	Rows  []string `json:"rows,omitempty"`
	Steps []Step   `json:"steps"`
	// Insights are the newest revisions of the funnel's rows that count it, and of the claims
	// that may be about it. They are of many entities, so they are no steps of this one; Event
	// is the row's key.
	Insights []Step `json:"insights,omitempty"`

	ended  bool
	erased time.Time
	first  time.Time
	// raws are the positions of its raw records, each with the kind of its outcome, or
	// StepReceived if none was read.
	raws map[Position]string
}

// Journey is a group of entities with the same correlation id.
type Journey struct {
	Key string `json:"key"`
	// Direct is set if the id searched for is its correlation id.
	Direct  bool   `json:"direct"`
	Outcome string `json:"outcome,omitempty"`
	Missing string `json:"missing,omitempty"`
	// Complete is set if it is verified and paid.
	Complete bool `json:"complete"`
	// Why explains in sentences why it is not complete.
	Why     []string `json:"why,omitempty"`
	Members []string `json:"members"`
	// Truncated is set if it has more members than its snapshot lists. Members then
	// includes those named by the journey's inputs that are still in the topic.
	Truncated bool   `json:"truncated,omitempty"`
	Snapshot  any    `json:"snapshot,omitempty"`
	Steps     []Step `json:"steps"`

	inputs map[string]bool
}

// Looked is one search: the topics, the time span, the cost and the hits.
type Looked struct {
	For    string   `json:"for"`
	Topics []string `json:"topics"`
	// Records and Bytes are the amount searched; Took is the duration.
	Records int64  `json:"records"`
	Bytes   int64  `json:"bytes"`
	Took    Millis `json:"took_ms"`
	// From and To limit the search by record timestamp, zero for no limit.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Found is how many records had the id.
	Found int `json:"found"`
}

// Millis is a duration that is milliseconds in JSON.
type Millis time.Duration

// MarshalJSON writes milliseconds.
func (m Millis) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%d", time.Duration(m).Milliseconds()), nil
}

// Report is the result of a trace.
type Report struct {
	// Query is the id searched for, or "a phone": its digits are not shown.
	Query string `json:"query"`
	Found bool   `json:"found"`
	// As lists the kinds of id that matched (event id, request id, key), and the
	// entities or journeys they matched in.
	As       []string   `json:"as"`
	Journeys []*Journey `json:"journeys"`
	Entities []*Entity  `json:"entities"`
	Looked   []Looked   `json:"looked"`
	// First is set if a search ended at the first record with the id, so that others
	// may exist.
	First bool `json:"first,omitempty"`
	// Left is how many entities were found beyond the limit.
	Left int    `json:"left,omitempty"`
	Took Millis `json:"took_ms"`
}
