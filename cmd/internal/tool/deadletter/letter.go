package deadletter

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/instant"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Ref is the position of a record.
type Ref struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

// String writes topic/partition/offset.
func (r Ref) String() string { return fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset) }

// ParseRef parses the format of String. The topic may also be given without prefix, or
// as its middle part only: lox24/0/17.
func ParseRef(text string, names schemas.Names) (Ref, error) {
	parts := strings.Split(text, "/")
	bad := fmt.Errorf("%q names no dead letter: write topic/partition/offset, such as deadletter.lox24.v1/0/17 or lox24/0/17", text)
	if len(parts) != 3 {
		return Ref{}, bad
	}
	partition, err1 := strconv.ParseInt(parts[1], 10, 32)
	offset, err2 := strconv.ParseInt(parts[2], 10, 64)
	if err1 != nil || err2 != nil || partition < 0 || offset < 0 {
		return Ref{}, bad
	}
	for _, topic := range schemas.DeadLetterTopics() {
		if name := names.Topic(topic); parts[0] == name || parts[0] == topic || parts[0] == Short(topic) {
			return Ref{Topic: name, Partition: int32(partition), Offset: offset}, nil
		}
	}
	return Ref{}, bad
}

// Short is a dead letter topic's middle part: the provider, or the internal stage.
func Short(topic string) string {
	return strings.TrimSuffix(strings.TrimPrefix(topic, "deadletter."), ".v1")
}

// Letter is a dead letter.
type Letter struct {
	Ref
	// Name is the topic without prefix.
	Name string `json:"-"`
	// Kind is the provider, or the internal stage whose record it is.
	Kind         string    `json:"provider"`
	Source       string    `json:"source,omitempty"`
	Cause        string    `json:"cause"`
	Detail       string    `json:"detail,omitempty"`
	Stage        string    `json:"stage"`
	Version      string    `json:"version"`
	DeadLettered time.Time `json:"dead_lettered_at"`
	// Received is the time of ingestion, zero for internal records.
	Received time.Time `json:"received_at,omitzero"`
	Key      string    `json:"key"`
	// From is the position of the record that failed; its topic is empty for a timer.
	From Ref `json:"from"`
	// Events are the event and entity ids found in the body.
	Events    []string `json:"event_ids,omitempty"`
	RequestID string   `json:"request_id,omitempty"`
	// Round is how often the record had been replayed when it failed.
	Round int `json:"round,omitempty"`
	Bytes int `json:"bytes"`
	// Replayed is the note of the replay, nil if it was not replayed.
	Replayed *Note `json:"replayed,omitempty"`

	record *kgo.Record
}

// letterOf reads a record of a dead-letter topic. Missing or invalid headers leave
// fields empty, so that every dead letter can be shown.
func letterOf(r *kgo.Record, name string) *Letter {
	l := &Letter{
		Ref: Ref{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset}, Name: name, Kind: Short(name),
		Key: string(r.Key), Bytes: len(r.Value), DeadLettered: instant.Bound(r.Timestamp), record: r,
	}
	h, _ := dlq.Parse(r.Headers)
	l.Cause, l.Detail, l.Stage, l.Version, l.From = h.Cause, h.Detail, h.Stage, h.Version, Ref{Topic: h.Topic, Partition: h.Partition, Offset: h.Offset}
	if !h.Time.IsZero() {
		l.DeadLettered = instant.Bound(h.Time)
	}
	// Headers that are missing or wrong leave their field empty.
	e, _ := raw.Parse(r.Headers)
	l.Source, l.RequestID = e.Source, e.RequestID
	if e.ReceivedAt.UnixMilli() > 0 {
		l.Received = instant.Bound(e.ReceivedAt)
	}
	for i := range r.Headers {
		if header := &r.Headers[i]; header.Key == raw.HeaderReplayRound {
			round, _ := strconv.Atoi(string(header.Value))
			l.Round = max(round, 0)
		}
	}
	l.Events = eventIDs(l)
	return l
}

// Headers are the record's, in order. They hold no value of the body.
func (l *Letter) Headers() []Header {
	out := make([]Header, len(l.record.Headers))
	for i, h := range l.record.Headers {
		out[i] = Header{Key: h.Key, Value: string(h.Value)}
	}
	return out
}

// Header is a record header to be shown.
type Header struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}
