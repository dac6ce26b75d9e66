// Package dlq has the headers that a dead letter has in addition to those of the
// record that could not be processed.
package dlq

import (
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// The headers.
const (
	HeaderCause     = "tributary-dlq-cause"
	HeaderDetail    = "tributary-dlq-detail"
	HeaderStage     = "tributary-dlq-stage"
	HeaderTopic     = "tributary-dlq-topic"
	HeaderPartition = "tributary-dlq-partition"
	HeaderOffset    = "tributary-dlq-offset"
	HeaderVersion   = "tributary-dlq-version"
	HeaderTime      = "tributary-dlq-time"
)

// Headers are the values of a dead letter's headers.
type Headers struct {
	// Cause and Detail say why the record could not be processed; Stage and Version name
	// who tried it.
	Cause, Detail, Stage, Version string
	// Time is when it became a dead letter, zero if its header is missing or no number.
	Time time.Time
	// Topic, Partition and Offset are the position of the record. A timer has offset -1.
	Topic     string
	Partition int32
	Offset    int64
}

// Parse reads the headers of a record. Of a name that is there twice the last one counts: a
// record that was replayed and failed again has each of them twice. ok reports whether they
// name the position of a record; otherwise Offset is -1.
func Parse[H raw.AnyHeader](headers []H) (h Headers, ok bool) {
	h.Partition, h.Offset = -1, -1
	positioned, numbers := false, true
	number := func(text []byte, bits int) int64 {
		n, err := strconv.ParseInt(string(text), 10, bits)
		if err != nil {
			numbers = false
			return -1
		}
		return n
	}
	for i := range headers {
		switch header := raw.Header(headers[i]); header.Key {
		case HeaderCause:
			h.Cause = string(header.Value)
		case HeaderDetail:
			h.Detail = string(header.Value)
		case HeaderStage:
			h.Stage = string(header.Value)
		case HeaderVersion:
			h.Version = string(header.Value)
		case HeaderTime:
			if ms, err := strconv.ParseInt(string(header.Value), 10, 64); err == nil && ms > 0 {
				h.Time = time.UnixMilli(ms)
			}
		case HeaderTopic:
			h.Topic, positioned = string(header.Value), true
		case HeaderPartition:
			h.Partition = int32(number(header.Value, 32)) //nolint:gosec // parsed as 32 bits
		case HeaderOffset:
			h.Offset = number(header.Value, 64)
		}
	}
	return h, positioned && numbers
}
