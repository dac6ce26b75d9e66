package audit

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// origin is the raw record that an outcome names.
type origin struct {
	topic     string
	partition int32
	offset    int64
	// received is the time of ingestion; zero if the outcome does not carry it.
	received time.Time
	// is identifies the record; carries masks the parts of the identity that the
	// outcome has.
	is, carries identity
	// written is the timestamp of the outcome's own record.
	written time.Time
}

// deadLetterOf returns the record that was sent to the dead-letter topic.
func (a *auditor) deadLetterOf(r *kgo.Record) (origin, bool) {
	o, ok := deadLetterOrigin(r)
	o.is, o.carries, o.written = a.identifyHeaders(r.Headers), whole, r.Timestamp
	return o, ok
}

// duplicateOf returns the raw record that was found to be a duplicate.
func (a *auditor) duplicateOf(r *kgo.Record, body []byte) (d avro.Duplicate, o origin, err error) {
	if err := d.DecodeAvro(body); err != nil {
		return d, o, err
	}
	at := &d.Record
	return d, origin{at.Topic, at.Partition, at.Offset, d.ReceivedAt, a.identify("", d.ReceivedAt), receipt, r.Timestamp}, nil
}

// factOf returns the raw record of a fact, and the fact's event id.
func (a *auditor) factOf(r *kgo.Record, body []byte) (o origin, eventID string, err error) {
	f, err := avro.DecodeFact(body)
	if err != nil {
		return o, "", err
	}
	from := &f.Origin
	return origin{from.Topic, from.Partition, from.Offset, f.ReceivedAt, a.identify(from.RequestID, f.ReceivedAt), whole, r.Timestamp}, f.EventID, nil
}

// deadLetterOrigin returns the origin of a dead letter from its headers.
func deadLetterOrigin(r *kgo.Record) (o origin, ok bool) {
	h, ok := dlq.Parse(r.Headers)
	o.topic, o.partition, o.offset = h.Topic, h.Partition, h.Offset
	if ok {
		if e, _ := raw.ParseShared(r.Headers); e.ReceivedAt.UnixMilli() > 0 { // a timer has no envelope
			o.received = e.ReceivedAt
		}
	}
	return o, ok
}
