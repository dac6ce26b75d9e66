// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// LOX24DLR: Delivery report of an SMS, normalised: 0 NONE, 1 DELIVERED, 2
// QUEUED, 4 SUBMITTED, 8 EXPIRED, 16 REJECTED.
type LOX24DLR string

// The symbols of LOX24DLR; the default is UNKNOWN.
const (
	LOX24DLRUnknown   LOX24DLR = "UNKNOWN"
	LOX24DLRNone      LOX24DLR = "NONE"
	LOX24DLRDelivered LOX24DLR = "DELIVERED"
	LOX24DLRQueued    LOX24DLR = "QUEUED"
	LOX24DLRSubmitted LOX24DLR = "SUBMITTED"
	LOX24DLRExpired   LOX24DLR = "EXPIRED"
	LOX24DLRRejected  LOX24DLR = "REJECTED"
)

func (e LOX24DLR) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case LOX24DLRUnknown, "":
		return append(dst, 0), nil
	case LOX24DLRNone:
		return append(dst, 2), nil
	case LOX24DLRDelivered:
		return append(dst, 4), nil
	case LOX24DLRQueued:
		return append(dst, 6), nil
	case LOX24DLRSubmitted:
		return append(dst, 8), nil
	case LOX24DLRExpired:
		return append(dst, 10), nil
	case LOX24DLRRejected:
		return append(dst, 12), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeLOX24DLR(d *decoder) (LOX24DLR, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return LOX24DLRUnknown, nil
	case 1:
		return LOX24DLRNone, nil
	case 2:
		return LOX24DLRDelivered, nil
	case 3:
		return LOX24DLRQueued, nil
	case 4:
		return LOX24DLRSubmitted, nil
	case 5:
		return LOX24DLRExpired, nil
	case 6:
		return LOX24DLRRejected, nil
	default:
		return "", ErrSymbol
	}
}

// LOX24SMS: An SMS event of LOX24 (sms.delivery, sms.delivery.dryrun,
// sms.incoming), each exactly once. An optional field whose value has no one
// meaning is null.
type LOX24SMS struct {
	// Origin: Where the event came from.
	Origin Origin `json:"origin"`
	// EventID: Id of the event (UUID); repeats of one event share it.
	EventID string `json:"event_id"`
	// APIVersion: Version of the provider's data structure.
	APIVersion string `json:"api_version"`
	// EventName: Name of the event as sent, such as sms.delivery.
	EventName string `json:"event_name"`
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
	// KeyID: The provider's id of the API key that sent the SMS; delivery events
	// only.
	KeyID Optional[int64] `json:"key_id"`
	// DLRCode: Delivery report as sent: 0, 1, 2, 4, 8, 16; delivery events only.
	DLRCode Optional[int32] `json:"dlr_code"`
	// DLR: Delivery report, normalised; delivery events only.
	DLR Optional[LOX24DLR] `json:"dlr"`
	// StatusCode: Status as sent; delivery events only.
	StatusCode Optional[int32] `json:"status_code"`
	// Status: Status, normalised; delivery events only.
	Status Optional[LOX24SMSStatus] `json:"status"`
	// CallbackData: What the sender passed along; free text, only where the
	// source's configuration allows it.
	CallbackData Optional[string] `json:"callback_data"`
	// To: The number the SMS was sent to, as pseudonym; incoming only.
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

// AppendAvro appends the record's Avro body. An error is a *FieldError; what was
// appended until then is of no use.
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
	if dst, err = appendString(dst, r.APIVersion); err != nil {
		return dst, at("api_version", err)
	}
	if dst, err = appendString(dst, r.EventName); err != nil {
		return dst, at("event_name", err)
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
	if r.KeyID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.KeyID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.DLRCode.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.DLRCode.Value))
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
	if r.StatusCode.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.StatusCode.Value))
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
	if r.APIVersion, err = d.string(); err != nil {
		return at("api_version", err)
	}
	if r.EventName, err = d.string(); err != nil {
		return at("event_name", err)
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
	if r.KeyID.Set, err = d.isSet(); err != nil {
		return at("key_id", err)
	}
	if r.KeyID.Set {
		if r.KeyID.Value, err = d.long(); err != nil {
			return at("key_id", err)
		}
	}
	if r.DLRCode.Set, err = d.isSet(); err != nil {
		return at("dlr_code", err)
	}
	if r.DLRCode.Set {
		if r.DLRCode.Value, err = d.int(); err != nil {
			return at("dlr_code", err)
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
	if r.StatusCode.Set, err = d.isSet(); err != nil {
		return at("status_code", err)
	}
	if r.StatusCode.Set {
		if r.StatusCode.Value, err = d.int(); err != nil {
			return at("status_code", err)
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

// LOX24SMSEvent: Which SMS event it is, normalised.
type LOX24SMSEvent string

// The symbols of LOX24SMSEvent; the default is UNKNOWN.
const (
	LOX24SMSEventUnknown        LOX24SMSEvent = "UNKNOWN"
	LOX24SMSEventDelivery       LOX24SMSEvent = "DELIVERY"
	LOX24SMSEventDeliveryDryRun LOX24SMSEvent = "DELIVERY_DRYRUN"
	LOX24SMSEventIncoming       LOX24SMSEvent = "INCOMING"
)

func (e LOX24SMSEvent) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case LOX24SMSEventUnknown, "":
		return append(dst, 0), nil
	case LOX24SMSEventDelivery:
		return append(dst, 2), nil
	case LOX24SMSEventDeliveryDryRun:
		return append(dst, 4), nil
	case LOX24SMSEventIncoming:
		return append(dst, 6), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeLOX24SMSEvent(d *decoder) (LOX24SMSEvent, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return LOX24SMSEventUnknown, nil
	case 1:
		return LOX24SMSEventDelivery, nil
	case 2:
		return LOX24SMSEventDeliveryDryRun, nil
	case 3:
		return LOX24SMSEventIncoming, nil
	default:
		return "", ErrSymbol
	}
}

// LOX24SMSStatus: Status of an SMS, normalised: 0 NEW, 100 SENT, 208 BLOCKED,
// 400 MAINTENANCE, 410 CANCELED_BY_USER, 2000 GATEWAY_ERROR, 3000 NO_FUNDS,
// 5000 NO_OPERATOR, 6000 CANCELED_BY_API.
type LOX24SMSStatus string

// The symbols of LOX24SMSStatus; the default is UNKNOWN.
const (
	LOX24SMSStatusUnknown        LOX24SMSStatus = "UNKNOWN"
	LOX24SMSStatusNew            LOX24SMSStatus = "NEW"
	LOX24SMSStatusSent           LOX24SMSStatus = "SENT"
	LOX24SMSStatusBlocked        LOX24SMSStatus = "BLOCKED"
	LOX24SMSStatusMaintenance    LOX24SMSStatus = "MAINTENANCE"
	LOX24SMSStatusCanceledByUser LOX24SMSStatus = "CANCELED_BY_USER"
	LOX24SMSStatusGatewayError   LOX24SMSStatus = "GATEWAY_ERROR"
	LOX24SMSStatusNoFunds        LOX24SMSStatus = "NO_FUNDS"
	LOX24SMSStatusNoOperator     LOX24SMSStatus = "NO_OPERATOR"
	LOX24SMSStatusCanceledByAPI  LOX24SMSStatus = "CANCELED_BY_API"
)

func (e LOX24SMSStatus) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case LOX24SMSStatusUnknown, "":
		return append(dst, 0), nil
	case LOX24SMSStatusNew:
		return append(dst, 2), nil
	case LOX24SMSStatusSent:
		return append(dst, 4), nil
	case LOX24SMSStatusBlocked:
		return append(dst, 6), nil
	case LOX24SMSStatusMaintenance:
		return append(dst, 8), nil
	case LOX24SMSStatusCanceledByUser:
		return append(dst, 10), nil
	case LOX24SMSStatusGatewayError:
		return append(dst, 12), nil
	case LOX24SMSStatusNoFunds:
		return append(dst, 14), nil
	case LOX24SMSStatusNoOperator:
		return append(dst, 16), nil
	case LOX24SMSStatusCanceledByAPI:
		return append(dst, 18), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeLOX24SMSStatus(d *decoder) (LOX24SMSStatus, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return LOX24SMSStatusUnknown, nil
	case 1:
		return LOX24SMSStatusNew, nil
	case 2:
		return LOX24SMSStatusSent, nil
	case 3:
		return LOX24SMSStatusBlocked, nil
	case 4:
		return LOX24SMSStatusMaintenance, nil
	case 5:
		return LOX24SMSStatusCanceledByUser, nil
	case 6:
		return LOX24SMSStatusGatewayError, nil
	case 7:
		return LOX24SMSStatusNoFunds, nil
	case 8:
		return LOX24SMSStatusNoOperator, nil
	case 9:
		return LOX24SMSStatusCanceledByAPI, nil
	default:
		return "", ErrSymbol
	}
}
