// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// StandardEvent: A webhook of a sender that signs as Standard Webhooks
// specifies, each exactly once.
type StandardEvent struct {
	// Origin: Where the event came from.
	Origin Origin `json:"origin"`
	// EventID: The webhook-id; a pseudonym if it does not look like an id.
	EventID string `json:"event_id"`
	// ReceivedAt: When ingest had read the request, by its clock.
	ReceivedAt time.Time `json:"received_at"`
	// EntityID: Key of the record: the source and the correlation id, or the
	// webhook-id where there is none.
	EntityID string `json:"entity_id"`
	// EventType: The body's type; a pseudonym if it does not look like a word.
	// Null if it has none.
	EventType Optional[string] `json:"event_type"`
	// EventAt: The body's timestamp: when the event happened; null if it has none.
	EventAt Optional[time.Time] `json:"event_at"`
	// AttemptAt: The webhook-timestamp: when this delivery was attempted.
	AttemptAt Optional[time.Time] `json:"attempt_at"`
	// CorrelationIDs: The ids at the pointers of the source's settings, sorted; a
	// pseudonym if one does not look like an id.
	CorrelationIDs []string `json:"correlation_ids"`
	// PayloadFields: The fields of the body that the source's settings name. Key:
	// JSON pointer, such as /campaign. Value: a string without quotes, a number as
	// sent; a pseudonym if it does not look like an id.
	PayloadFields map[string]string `json:"payload_fields"`
}

// Schema returns the name of the .avsc file.
func (*StandardEvent) Schema() string { return "decoded.standard.event.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *StandardEvent) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *StandardEvent) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = StandardEvent{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *StandardEvent) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = r.Origin.appendTo(dst); err != nil {
		return dst, at("origin", err)
	}
	if dst, err = appendString(dst, r.EventID); err != nil {
		return dst, at("event_id", err)
	}
	if dst, err = appendTime(dst, r.ReceivedAt); err != nil {
		return dst, at("received_at", err)
	}
	if dst, err = appendString(dst, r.EntityID); err != nil {
		return dst, at("entity_id", err)
	}
	if r.EventType.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.EventType.Value); err != nil {
			return dst, at("event_type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.EventAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.EventAt.Value); err != nil {
			return dst, at("event_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AttemptAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.AttemptAt.Value); err != nil {
			return dst, at("attempt_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.CorrelationIDs); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.CorrelationIDs {
			if dst, err = appendString(dst, r.CorrelationIDs[i]); err != nil {
				return dst, at("correlation_ids", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if dst, err = appendStringMap(dst, r.PayloadFields); err != nil {
		return dst, at("payload_fields", err)
	}
	return dst, nil
}

func (r *StandardEvent) decodeFrom(d *decoder) error {
	var err error
	if err = r.Origin.decodeFrom(d); err != nil {
		return at("origin", err)
	}
	if r.EventID, err = d.string(); err != nil {
		return at("event_id", err)
	}
	if r.ReceivedAt, err = d.time(); err != nil {
		return at("received_at", err)
	}
	if r.EntityID, err = d.string(); err != nil {
		return at("entity_id", err)
	}
	if r.EventType.Set, err = d.isSet(); err != nil {
		return at("event_type", err)
	}
	if r.EventType.Set {
		if r.EventType.Value, err = d.string(); err != nil {
			return at("event_type", err)
		}
	}
	if r.EventAt.Set, err = d.isSet(); err != nil {
		return at("event_at", err)
	}
	if r.EventAt.Set {
		if r.EventAt.Value, err = d.time(); err != nil {
			return at("event_at", err)
		}
	}
	if r.AttemptAt.Set, err = d.isSet(); err != nil {
		return at("attempt_at", err)
	}
	if r.AttemptAt.Set {
		if r.AttemptAt.Value, err = d.time(); err != nil {
			return at("attempt_at", err)
		}
	}
	if r.CorrelationIDs, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("correlation_ids", err)
	}
	if r.PayloadFields, err = d.stringMap(); err != nil {
		return at("payload_fields", err)
	}
	return nil
}
