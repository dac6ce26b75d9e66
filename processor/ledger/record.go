package ledger

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// record holds the headers of a raw record that the ledger needs.
type record struct {
	source   []byte
	received time.Time
	replayed bool
	// erasure says that it asks to forget, and tells nothing.
	erasure bool
}

// read reads a raw record's headers. A received_at that is missing, not a number,
// or later than the wall clock is replaced: the account must not stop at a record
// that can never be handled.
func read(in *stage.Input, wall time.Time) record {
	r := record{received: in.Timestamp}
	for i := range in.Headers {
		h := &in.Headers[i]
		switch h.Key {
		case raw.HeaderSource:
			r.source = h.Value
		case raw.HeaderReceivedAt:
			if ms, err := strconv.ParseInt(string(h.Value), 10, 64); err == nil && ms > 0 {
				r.received = time.UnixMilli(ms)
			}
		case raw.HeaderKind:
			r.erasure = string(h.Value) == raw.KindErasure
		case dlq.HeaderTopic:
			r.replayed = true
		}
	}
	if r.received.After(wall) {
		r.received = wall
	}
	if r.received.UnixMilli() < 0 {
		r.received = time.UnixMilli(0)
	}
	r.received = r.received.UTC()
	return r
}

// ending is how a record ended.
type ending int

const (
	endedUnaccounted ending = iota
	endedDecoded
	endedDuplicate
	endedDeadLetter
)

// endingOf derives the ending from the outputs of a record.
func endingOf(outputs []stage.Output) ending {
	found, n := endedUnaccounted, 0
	for i := range outputs {
		switch topic := outputs[i].Topic; {
		case strings.HasPrefix(topic, "decoded."):
			found = endedDecoded
			n++
		case strings.HasPrefix(topic, "duplicates."):
			found = endedDuplicate
			n++
		case strings.HasPrefix(topic, "deadletter."):
			found = endedDeadLetter
			n++
		}
	}
	if n != 1 {
		return endedUnaccounted
	}
	return found
}

// maxSources and maxSource bound an entry: the topic may hold records with sources that
// are not configured.
const (
	maxSources = 256
	maxSource  = 128
)

// others stands for sources that have no line of their own.
const others = "(others)"

func nameable(source []byte) bool { return len(source) <= maxSource && utf8.Valid(source) }
