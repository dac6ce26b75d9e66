// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// LOX24UnknownEvent: An event of LOX24 of a name that this version does not
// know, each exactly once: the names of its fields and no values.
type LOX24UnknownEvent struct {
	// Origin: Where the event came from.
	Origin Origin `json:"origin"`
	// EventID: Id of the event (UUID); repeats of one event share it.
	EventID string `json:"event_id"`
	// ReceivedAt: When ingest had read the request, by its clock.
	ReceivedAt time.Time `json:"received_at"`
	// APIVersion: Version of the provider's data structure.
	APIVersion string `json:"api_version"`
	// EventRaw: Name of the event as sent, such as phone.subscribe. It has no
	// normalised value, because this version does not know it.
	EventRaw string `json:"event_raw"`
	// EventCreatedAt: When the provider made the event; null where it does not
	// say.
	EventCreatedAt Optional[time.Time] `json:"event_created_at"`
	// AttemptTotal: Number of deliveries of this webhook as stated by the
	// provider, 1 to 4.
	AttemptTotal Optional[int32] `json:"attempt_total"`
	// AttemptNumber: Which delivery of the webhook this is, from 1.
	AttemptNumber Optional[int32] `json:"attempt_number"`
	// NotificationTaskID: Id of the provider's notification task (UUID).
	NotificationTaskID Optional[string] `json:"notification_task_id"`
	// EntityID: Key: the raw record's, which is lox24: and the id in data, or
	// lox24: and a hash of the body where data has none.
	EntityID string `json:"entity_id"`
	// UnknownFields: Names of the fields of the event and of its data that this
	// version does not know, sorted; names only, no values.
	UnknownFields []string `json:"unknown_fields"`
}

// Schema returns the name of the .avsc file.
func (*LOX24UnknownEvent) Schema() string { return "decoded.lox24.unknown-event.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *LOX24UnknownEvent) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *LOX24UnknownEvent) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = LOX24UnknownEvent{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *LOX24UnknownEvent) appendTo(dst []byte) ([]byte, error) {
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
	if dst, err = appendString(dst, r.APIVersion); err != nil {
		return dst, at("api_version", err)
	}
	if dst, err = appendString(dst, r.EventRaw); err != nil {
		return dst, at("event_raw", err)
	}
	if r.EventCreatedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.EventCreatedAt.Value); err != nil {
			return dst, at("event_created_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AttemptTotal.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.AttemptTotal.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.AttemptNumber.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.AttemptNumber.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.NotificationTaskID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.NotificationTaskID.Value); err != nil {
			return dst, at("notification_task_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendString(dst, r.EntityID); err != nil {
		return dst, at("entity_id", err)
	}
	if n := len(r.UnknownFields); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.UnknownFields {
			if dst, err = appendString(dst, r.UnknownFields[i]); err != nil {
				return dst, at("unknown_fields", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func (r *LOX24UnknownEvent) decodeFrom(d *decoder) error {
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
	if r.APIVersion, err = d.string(); err != nil {
		return at("api_version", err)
	}
	if r.EventRaw, err = d.string(); err != nil {
		return at("event_raw", err)
	}
	if r.EventCreatedAt.Set, err = d.isSet(); err != nil {
		return at("event_created_at", err)
	}
	if r.EventCreatedAt.Set {
		if r.EventCreatedAt.Value, err = d.time(); err != nil {
			return at("event_created_at", err)
		}
	}
	if r.AttemptTotal.Set, err = d.isSet(); err != nil {
		return at("attempt_total", err)
	}
	if r.AttemptTotal.Set {
		if r.AttemptTotal.Value, err = d.int(); err != nil {
			return at("attempt_total", err)
		}
	}
	if r.AttemptNumber.Set, err = d.isSet(); err != nil {
		return at("attempt_number", err)
	}
	if r.AttemptNumber.Set {
		if r.AttemptNumber.Value, err = d.int(); err != nil {
			return at("attempt_number", err)
		}
	}
	if r.NotificationTaskID.Set, err = d.isSet(); err != nil {
		return at("notification_task_id", err)
	}
	if r.NotificationTaskID.Set {
		if r.NotificationTaskID.Value, err = d.string(); err != nil {
			return at("notification_task_id", err)
		}
	}
	if r.EntityID, err = d.string(); err != nil {
		return at("entity_id", err)
	}
	if r.UnknownFields, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("unknown_fields", err)
	}
	return nil
}
