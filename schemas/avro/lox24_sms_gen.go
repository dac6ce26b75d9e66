// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// LOX24DLR is a string with documented values.
type LOX24DLR string

// The values of LOX24DLR; the zero value is written as UNKNOWN.
const (
	// LOX24DLRUnknown: a value that this version does not know; the number as sent
	// is in the field beside.
	LOX24DLRUnknown LOX24DLR = "UNKNOWN"
	// LOX24DLRDelivered: 1: the phone received the SMS.
	LOX24DLRDelivered LOX24DLR = "DELIVERED"
	// LOX24DLRExpired: 8: not delivered within its time.
	LOX24DLRExpired LOX24DLR = "EXPIRED"
	// LOX24DLRNone: 0: no report yet.
	LOX24DLRNone LOX24DLR = "NONE"
	// LOX24DLRQueued: 2: the operator keeps the SMS for a later try.
	LOX24DLRQueued LOX24DLR = "QUEUED"
	// LOX24DLRRejected: 16: the operator refused the SMS.
	LOX24DLRRejected LOX24DLR = "REJECTED"
	// LOX24DLRSubmitted: 4: handed to the operator, not yet delivered.
	LOX24DLRSubmitted LOX24DLR = "SUBMITTED"
)

func (v LOX24DLR) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = LOX24DLRUnknown
	}
	return appendString(dst, string(v))
}

func decodeLOX24DLR(d *decoder) (LOX24DLR, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return LOX24DLRUnknown, nil
	case "DELIVERED":
		return LOX24DLRDelivered, nil
	case "EXPIRED":
		return LOX24DLRExpired, nil
	case "NONE":
		return LOX24DLRNone, nil
	case "QUEUED":
		return LOX24DLRQueued, nil
	case "REJECTED":
		return LOX24DLRRejected, nil
	case "SUBMITTED":
		return LOX24DLRSubmitted, nil
	}
	s, err := newValue(b)
	return LOX24DLR(s), err
}

// LOX24SMS: An SMS event of LOX24 (sms.delivery, sms.delivery.dryrun,
// sms.incoming), each exactly once. An optional field whose value has no one
// meaning is null.
type LOX24SMS struct {
	// Origin: Where the event came from.
	Origin Origin `json:"origin"`
	// EventID: Id of the event (UUID); repeats of one event share it.
	EventID string `json:"event_id"`
	// ReceivedAt: When ingest had read the request, by its clock.
	ReceivedAt time.Time `json:"received_at"`
	// APIVersion: Version of the provider's data structure.
	APIVersion string `json:"api_version"`
	// EventRaw: Name of the event as sent, such as sms.delivery.
	EventRaw string `json:"event_raw"`
	// Event: The event, normalised.
	Event LOX24SMSEvent `json:"event"`
	// EventCreatedAt: When the provider made the event.
	EventCreatedAt time.Time `json:"event_created_at"`
	// AttemptTotal: Number of deliveries of this webhook as stated by the
	// provider, 1 to 4.
	AttemptTotal Optional[int32] `json:"attempt_total"`
	// AttemptNumber: Which delivery of the webhook this is, from 1.
	AttemptNumber Optional[int32] `json:"attempt_number"`
	// NotificationTaskID: Id of the provider's notification task (UUID).
	NotificationTaskID Optional[string] `json:"notification_task_id"`
	// MessageID: Key: lox24: and the provider's id of the SMS.
	MessageID string `json:"message_id"`
	// ProviderID: The provider's id of the SMS (UUID).
	ProviderID string `json:"provider_id"`
	// APIKeyID: The provider's id of the API key that sent the SMS; delivery
	// events only.
	APIKeyID Optional[int64] `json:"api_key_id"`
	// DLRRaw: Delivery report as sent: 0, 1, 2, 4, 8, 16; delivery events only.
	DLRRaw Optional[int32] `json:"dlr_raw"`
	// DLR: Delivery report, normalised; delivery events only.
	DLR Optional[LOX24DLR] `json:"dlr"`
	// StatusRaw: Status as sent; delivery events only.
	StatusRaw Optional[int32] `json:"status_raw"`
	// Status: Status, normalised; delivery events only.
	Status Optional[LOX24SMSStatus] `json:"status"`
	// CallbackData: Text that the sender passed along; free text, only where the
	// source's configuration allows it.
	CallbackData Optional[string] `json:"callback_data"`
	// To: The number the SMS was sent to, as pseudonym; incoming only. It belongs
	// to the company, so its block is always null.
	To Optional[Phone] `json:"to"`
	// From: The number the SMS came from, as pseudonym; incoming only.
	From Optional[Phone] `json:"from"`
	// Text: Text of the SMS, only where the source's configuration allows it;
	// incoming only.
	Text Optional[string] `json:"text"`
	// SMSReceivedAt: When the provider received the SMS; incoming only.
	SMSReceivedAt Optional[time.Time] `json:"sms_received_at"`
	// ReplyTo: The provider's id of the SMS that this one answers; incoming only.
	ReplyTo Optional[string] `json:"reply_to"`
}

// Schema returns the name of the .avsc file.
func (*LOX24SMS) Schema() string { return "decoded.lox24.sms.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *LOX24SMS) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *LOX24SMS) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = LOX24SMS{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *LOX24SMS) appendTo(dst []byte) ([]byte, error) {
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
	if dst, err = r.Event.appendTo(dst); err != nil {
		return dst, at("event", err)
	}
	if dst, err = appendTime(dst, r.EventCreatedAt); err != nil {
		return dst, at("event_created_at", err)
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
	if dst, err = appendString(dst, r.MessageID); err != nil {
		return dst, at("message_id", err)
	}
	if dst, err = appendString(dst, r.ProviderID); err != nil {
		return dst, at("provider_id", err)
	}
	if r.APIKeyID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.APIKeyID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.DLRRaw.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.DLRRaw.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.DLR.Set {
		dst = append(dst, 2)
		if dst, err = r.DLR.Value.appendTo(dst); err != nil {
			return dst, at("dlr", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.StatusRaw.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.StatusRaw.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.Status.Set {
		dst = append(dst, 2)
		if dst, err = r.Status.Value.appendTo(dst); err != nil {
			return dst, at("status", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CallbackData.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CallbackData.Value); err != nil {
			return dst, at("callback_data", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.To.Set {
		dst = append(dst, 2)
		if dst, err = r.To.Value.appendTo(dst); err != nil {
			return dst, at("to", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.From.Set {
		dst = append(dst, 2)
		if dst, err = r.From.Value.appendTo(dst); err != nil {
			return dst, at("from", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Text.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Text.Value); err != nil {
			return dst, at("text", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.SMSReceivedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.SMSReceivedAt.Value); err != nil {
			return dst, at("sms_received_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ReplyTo.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ReplyTo.Value); err != nil {
			return dst, at("reply_to", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *LOX24SMS) decodeFrom(d *decoder) error {
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
	if r.Event, err = decodeLOX24SMSEvent(d); err != nil {
		return at("event", err)
	}
	if r.EventCreatedAt, err = d.time(); err != nil {
		return at("event_created_at", err)
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
	if r.MessageID, err = d.string(); err != nil {
		return at("message_id", err)
	}
	if r.ProviderID, err = d.string(); err != nil {
		return at("provider_id", err)
	}
	if r.APIKeyID.Set, err = d.isSet(); err != nil {
		return at("api_key_id", err)
	}
	if r.APIKeyID.Set {
		if r.APIKeyID.Value, err = d.long(); err != nil {
			return at("api_key_id", err)
		}
	}
	if r.DLRRaw.Set, err = d.isSet(); err != nil {
		return at("dlr_raw", err)
	}
	if r.DLRRaw.Set {
		if r.DLRRaw.Value, err = d.int(); err != nil {
			return at("dlr_raw", err)
		}
	}
	if r.DLR.Set, err = d.isSet(); err != nil {
		return at("dlr", err)
	}
	if r.DLR.Set {
		if r.DLR.Value, err = decodeLOX24DLR(d); err != nil {
			return at("dlr", err)
		}
	}
	if r.StatusRaw.Set, err = d.isSet(); err != nil {
		return at("status_raw", err)
	}
	if r.StatusRaw.Set {
		if r.StatusRaw.Value, err = d.int(); err != nil {
			return at("status_raw", err)
		}
	}
	if r.Status.Set, err = d.isSet(); err != nil {
		return at("status", err)
	}
	if r.Status.Set {
		if r.Status.Value, err = decodeLOX24SMSStatus(d); err != nil {
			return at("status", err)
		}
	}
	if r.CallbackData.Set, err = d.isSet(); err != nil {
		return at("callback_data", err)
	}
	if r.CallbackData.Set {
		if r.CallbackData.Value, err = d.string(); err != nil {
			return at("callback_data", err)
		}
	}
	if r.To.Set, err = d.isSet(); err != nil {
		return at("to", err)
	}
	if r.To.Set {
		if err = r.To.Value.decodeFrom(d); err != nil {
			return at("to", err)
		}
	}
	if r.From.Set, err = d.isSet(); err != nil {
		return at("from", err)
	}
	if r.From.Set {
		if err = r.From.Value.decodeFrom(d); err != nil {
			return at("from", err)
		}
	}
	if r.Text.Set, err = d.isSet(); err != nil {
		return at("text", err)
	}
	if r.Text.Set {
		if r.Text.Value, err = d.string(); err != nil {
			return at("text", err)
		}
	}
	if r.SMSReceivedAt.Set, err = d.isSet(); err != nil {
		return at("sms_received_at", err)
	}
	if r.SMSReceivedAt.Set {
		if r.SMSReceivedAt.Value, err = d.time(); err != nil {
			return at("sms_received_at", err)
		}
	}
	if r.ReplyTo.Set, err = d.isSet(); err != nil {
		return at("reply_to", err)
	}
	if r.ReplyTo.Set {
		if r.ReplyTo.Value, err = d.string(); err != nil {
			return at("reply_to", err)
		}
	}
	return nil
}

// LOX24SMSEvent is a string with documented values.
type LOX24SMSEvent string

// The values of LOX24SMSEvent; the zero value is written as UNKNOWN.
const (
	// LOX24SMSEventUnknown: a value that this version does not know; the name as
	// sent is in the field beside.
	LOX24SMSEventUnknown LOX24SMSEvent = "UNKNOWN"
	// LOX24SMSEventDelivery: delivery report of an SMS that was sent
	// (sms.delivery).
	LOX24SMSEventDelivery LOX24SMSEvent = "DELIVERY"
	// LOX24SMSEventDeliveryDryRun: delivery report of a test that sent no SMS
	// (sms.delivery.dryrun).
	LOX24SMSEventDeliveryDryRun LOX24SMSEvent = "DELIVERY_DRYRUN"
	// LOX24SMSEventIncoming: an SMS that a person sent (sms.incoming).
	LOX24SMSEventIncoming LOX24SMSEvent = "INCOMING"
)

func (v LOX24SMSEvent) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = LOX24SMSEventUnknown
	}
	return appendString(dst, string(v))
}

func decodeLOX24SMSEvent(d *decoder) (LOX24SMSEvent, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return LOX24SMSEventUnknown, nil
	case "DELIVERY":
		return LOX24SMSEventDelivery, nil
	case "DELIVERY_DRYRUN":
		return LOX24SMSEventDeliveryDryRun, nil
	case "INCOMING":
		return LOX24SMSEventIncoming, nil
	}
	s, err := newValue(b)
	return LOX24SMSEvent(s), err
}

// LOX24SMSStatus is a string with documented values.
type LOX24SMSStatus string

// The values of LOX24SMSStatus; the zero value is written as UNKNOWN.
const (
	// LOX24SMSStatusUnknown: a value that this version does not know; the number
	// as sent is in the field beside.
	LOX24SMSStatusUnknown LOX24SMSStatus = "UNKNOWN"
	// LOX24SMSStatusBlocked: 208: blocked by the provider.
	LOX24SMSStatusBlocked LOX24SMSStatus = "BLOCKED"
	// LOX24SMSStatusCanceledByAPI: 6000: canceled through the provider's API.
	LOX24SMSStatusCanceledByAPI LOX24SMSStatus = "CANCELED_BY_API"
	// LOX24SMSStatusCanceledByUser: 410: canceled by the account's user.
	LOX24SMSStatusCanceledByUser LOX24SMSStatus = "CANCELED_BY_USER"
	// LOX24SMSStatusGatewayError: 2000: the provider's gateway failed.
	LOX24SMSStatusGatewayError LOX24SMSStatus = "GATEWAY_ERROR"
	// LOX24SMSStatusMaintenance: 400: not sent because of maintenance.
	LOX24SMSStatusMaintenance LOX24SMSStatus = "MAINTENANCE"
	// LOX24SMSStatusNew: 0: accepted, not yet sent.
	LOX24SMSStatusNew LOX24SMSStatus = "NEW"
	// LOX24SMSStatusNoFunds: 3000: the account had no credit.
	LOX24SMSStatusNoFunds LOX24SMSStatus = "NO_FUNDS"
	// LOX24SMSStatusNoOperator: 5000: no operator takes SMS to this number.
	LOX24SMSStatusNoOperator LOX24SMSStatus = "NO_OPERATOR"
	// LOX24SMSStatusSent: 100: sent.
	LOX24SMSStatusSent LOX24SMSStatus = "SENT"
)

func (v LOX24SMSStatus) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = LOX24SMSStatusUnknown
	}
	return appendString(dst, string(v))
}

func decodeLOX24SMSStatus(d *decoder) (LOX24SMSStatus, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return LOX24SMSStatusUnknown, nil
	case "BLOCKED":
		return LOX24SMSStatusBlocked, nil
	case "CANCELED_BY_API":
		return LOX24SMSStatusCanceledByAPI, nil
	case "CANCELED_BY_USER":
		return LOX24SMSStatusCanceledByUser, nil
	case "GATEWAY_ERROR":
		return LOX24SMSStatusGatewayError, nil
	case "MAINTENANCE":
		return LOX24SMSStatusMaintenance, nil
	case "NEW":
		return LOX24SMSStatusNew, nil
	case "NO_FUNDS":
		return LOX24SMSStatusNoFunds, nil
	case "NO_OPERATOR":
		return LOX24SMSStatusNoOperator, nil
	case "SENT":
		return LOX24SMSStatusSent, nil
	}
	s, err := newValue(b)
	return LOX24SMSStatus(s), err
}
