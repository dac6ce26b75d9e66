// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// Duplicate: A raw record that repeated another one and therefore had no
// effect.
type Duplicate struct {
	// EntityID: Key: that of both raw records, such as verification, payment or
	// account id.
	EntityID string `json:"entity_id"`
	// Provider: Id of the provider, such as lox24.
	Provider string `json:"provider"`
	// Source: Id of the configured source that received the repeat.
	Source string `json:"source"`
	// EventID: Id of the fact that both records report, by the rule of known_by.
	EventID string `json:"event_id"`
	// KnownBy: How the repeat was known.
	KnownBy KnownBy `json:"known_by"`
	// AttemptNumber: Which delivery of the webhook the repeat is, from 1; null
	// where the provider sends no number.
	AttemptNumber Optional[int32] `json:"attempt_number"`
	// ReceivedAt: When ingest had read the repeat, by its clock.
	ReceivedAt time.Time `json:"received_at"`
	// Record: The repeat.
	Record RecordPosition `json:"record"`
	// First: The record it repeats. Its offset is -1 where the topic has lost it
	// and the repeat is at its place.
	First RecordPosition `json:"first"`
	// FirstReceivedAt: When ingest had read the record that it repeats, by its
	// clock.
	FirstReceivedAt time.Time `json:"first_received_at"`
	// ProcessedAt: When the processor handled the repeat.
	ProcessedAt time.Time `json:"processed_at"`
}

// Schema returns the name of the .avsc file.
func (*Duplicate) Schema() string { return "duplicates.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *Duplicate) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *Duplicate) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = Duplicate{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *Duplicate) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.EntityID); err != nil {
		return dst, at("entity_id", err)
	}
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if dst, err = appendString(dst, r.EventID); err != nil {
		return dst, at("event_id", err)
	}
	if dst, err = r.KnownBy.appendTo(dst); err != nil {
		return dst, at("known_by", err)
	}
	if r.AttemptNumber.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.AttemptNumber.Value))
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendTime(dst, r.ReceivedAt); err != nil {
		return dst, at("received_at", err)
	}
	if dst, err = r.Record.appendTo(dst); err != nil {
		return dst, at("record", err)
	}
	if dst, err = r.First.appendTo(dst); err != nil {
		return dst, at("first", err)
	}
	if dst, err = appendTime(dst, r.FirstReceivedAt); err != nil {
		return dst, at("first_received_at", err)
	}
	if dst, err = appendTime(dst, r.ProcessedAt); err != nil {
		return dst, at("processed_at", err)
	}
	return dst, nil
}

func (r *Duplicate) decodeFrom(d *decoder) error {
	var err error
	if r.EntityID, err = d.string(); err != nil {
		return at("entity_id", err)
	}
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.EventID, err = d.string(); err != nil {
		return at("event_id", err)
	}
	if r.KnownBy, err = decodeKnownBy(d); err != nil {
		return at("known_by", err)
	}
	if r.AttemptNumber.Set, err = d.isSet(); err != nil {
		return at("attempt_number", err)
	}
	if r.AttemptNumber.Set {
		if r.AttemptNumber.Value, err = d.int(); err != nil {
			return at("attempt_number", err)
		}
	}
	if r.ReceivedAt, err = d.time(); err != nil {
		return at("received_at", err)
	}
	if err = r.Record.decodeFrom(d); err != nil {
		return at("record", err)
	}
	if err = r.First.decodeFrom(d); err != nil {
		return at("first", err)
	}
	if r.FirstReceivedAt, err = d.time(); err != nil {
		return at("first_received_at", err)
	}
	if r.ProcessedAt, err = d.time(); err != nil {
		return at("processed_at", err)
	}
	return nil
}

// KnownBy is a string with documented values.
type KnownBy string

// The values of KnownBy; the zero value is written as UNKNOWN.
const (
	// KnownByUnknown: a value that this version does not know.
	KnownByUnknown KnownBy = "UNKNOWN"
	// KnownByCallbackID: Voximplant's account and callback id.
	KnownByCallbackID KnownBy = "CALLBACK_ID"
	// KnownByCallStatus: the Unibell call, phase and status.
	KnownByCallStatus KnownBy = "CALL_STATUS"
	// KnownByClaimsHash: UAPAY's claims without their times.
	KnownByClaimsHash KnownBy = "CLAIMS_HASH"
	// KnownByEventID: LOX24's event id, or the webhook-id of a Standard Webhook.
	KnownByEventID KnownBy = "EVENT_ID"
)

func (v KnownBy) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = KnownByUnknown
	}
	return appendString(dst, string(v))
}

func decodeKnownBy(d *decoder) (KnownBy, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return KnownByUnknown, nil
	case "CALLBACK_ID":
		return KnownByCallbackID, nil
	case "CALL_STATUS":
		return KnownByCallStatus, nil
	case "CLAIMS_HASH":
		return KnownByClaimsHash, nil
	case "EVENT_ID":
		return KnownByEventID, nil
	}
	s, err := newValue(b)
	return KnownBy(s), err
}

// RecordPosition: A raw record's place.
type RecordPosition struct {
	// Topic: Raw topic as named on the cluster.
	Topic string `json:"topic"`
	// Partition: Partition of the raw record.
	Partition int32 `json:"partition"`
	// Offset: Offset of the raw record.
	Offset int64 `json:"offset"`
}

func (r *RecordPosition) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Topic); err != nil {
		return dst, at("topic", err)
	}
	dst = appendLong(dst, int64(r.Partition))
	dst = appendLong(dst, r.Offset)
	return dst, nil
}

func (r *RecordPosition) decodeFrom(d *decoder) error {
	var err error
	if r.Topic, err = d.string(); err != nil {
		return at("topic", err)
	}
	if r.Partition, err = d.int(); err != nil {
		return at("partition", err)
	}
	if r.Offset, err = d.long(); err != nil {
		return at("offset", err)
	}
	return nil
}
