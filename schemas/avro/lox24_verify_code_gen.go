// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// LOX24Attempt: The attempt that a verify_code.channel event is about.
type LOX24Attempt struct {
	// ID: Id of the history entry.
	ID string `json:"id"`
	// ChannelRaw: The channel as sent.
	ChannelRaw string `json:"channel_raw"`
	// Channel: The channel, normalised.
	Channel Channel `json:"channel"`
	// StatusRaw: The attempt's status as sent: 0, 5, 10, 20, 100.
	StatusRaw int32 `json:"status_raw"`
	// Status: The attempt's status, normalised.
	Status AttemptStatus `json:"status"`
	// StatusAt: When the attempt reached its status, by the provider's time
	// (processed_at).
	StatusAt Optional[time.Time] `json:"status_at"`
	// ExternalID: Id of the message at the channel's operator.
	ExternalID Optional[string] `json:"external_id"`
	// Error: Why it failed; free text, only where the source's configuration
	// allows it.
	Error Optional[string] `json:"error"`
	// CostMinor: Cost of the attempt in minor units (cents) of the event's
	// currency.
	CostMinor Optional[int64] `json:"cost_minor"`
}

func (r *LOX24Attempt) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.ID); err != nil {
		return dst, at("id", err)
	}
	if dst, err = appendString(dst, r.ChannelRaw); err != nil {
		return dst, at("channel_raw", err)
	}
	if dst, err = r.Channel.appendTo(dst); err != nil {
		return dst, at("channel", err)
	}
	dst = appendLong(dst, int64(r.StatusRaw))
	if dst, err = r.Status.appendTo(dst); err != nil {
		return dst, at("status", err)
	}
	if r.StatusAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.StatusAt.Value); err != nil {
			return dst, at("status_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ExternalID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ExternalID.Value); err != nil {
			return dst, at("external_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Error.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Error.Value); err != nil {
			return dst, at("error", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CostMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *LOX24Attempt) decodeFrom(d *decoder) error {
	var err error
	if r.ID, err = d.string(); err != nil {
		return at("id", err)
	}
	if r.ChannelRaw, err = d.string(); err != nil {
		return at("channel_raw", err)
	}
	if r.Channel, err = decodeChannel(d); err != nil {
		return at("channel", err)
	}
	if r.StatusRaw, err = d.int(); err != nil {
		return at("status_raw", err)
	}
	if r.Status, err = decodeAttemptStatus(d); err != nil {
		return at("status", err)
	}
	if r.StatusAt.Set, err = d.isSet(); err != nil {
		return at("status_at", err)
	}
	if r.StatusAt.Set {
		if r.StatusAt.Value, err = d.time(); err != nil {
			return at("status_at", err)
		}
	}
	if r.ExternalID.Set, err = d.isSet(); err != nil {
		return at("external_id", err)
	}
	if r.ExternalID.Set {
		if r.ExternalID.Value, err = d.string(); err != nil {
			return at("external_id", err)
		}
	}
	if r.Error.Set, err = d.isSet(); err != nil {
		return at("error", err)
	}
	if r.Error.Set {
		if r.Error.Value, err = d.string(); err != nil {
			return at("error", err)
		}
	}
	if r.CostMinor.Set, err = d.isSet(); err != nil {
		return at("cost_minor", err)
	}
	if r.CostMinor.Set {
		if r.CostMinor.Value, err = d.long(); err != nil {
			return at("cost_minor", err)
		}
	}
	return nil
}

// LOX24HistoryEntry: One entry of a verification's history: an attempt on one
// channel.
type LOX24HistoryEntry struct {
	// ID: Id of the history entry.
	ID string `json:"id"`
	// ChannelRaw: The channel as sent.
	ChannelRaw string `json:"channel_raw"`
	// Channel: The channel, normalised.
	Channel Channel `json:"channel"`
	// StatusRaw: The attempt's status as sent: 0, 5, 10, 20, 100.
	StatusRaw int32 `json:"status_raw"`
	// Status: The attempt's status, normalised.
	Status AttemptStatus `json:"status"`
	// StatusAt: When the attempt reached its status, by the provider's time
	// (processed_at).
	StatusAt Optional[time.Time] `json:"status_at"`
	// ExternalID: Id of the message at the channel's operator.
	ExternalID Optional[string] `json:"external_id"`
}

func (r *LOX24HistoryEntry) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.ID); err != nil {
		return dst, at("id", err)
	}
	if dst, err = appendString(dst, r.ChannelRaw); err != nil {
		return dst, at("channel_raw", err)
	}
	if dst, err = r.Channel.appendTo(dst); err != nil {
		return dst, at("channel", err)
	}
	dst = appendLong(dst, int64(r.StatusRaw))
	if dst, err = r.Status.appendTo(dst); err != nil {
		return dst, at("status", err)
	}
	if r.StatusAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.StatusAt.Value); err != nil {
			return dst, at("status_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ExternalID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ExternalID.Value); err != nil {
			return dst, at("external_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeLOX24HistoryEntry(d *decoder) (LOX24HistoryEntry, error) {
	var r LOX24HistoryEntry
	err := r.decodeFrom(d)
	return r, err
}

func (r *LOX24HistoryEntry) decodeFrom(d *decoder) error {
	var err error
	if r.ID, err = d.string(); err != nil {
		return at("id", err)
	}
	if r.ChannelRaw, err = d.string(); err != nil {
		return at("channel_raw", err)
	}
	if r.Channel, err = decodeChannel(d); err != nil {
		return at("channel", err)
	}
	if r.StatusRaw, err = d.int(); err != nil {
		return at("status_raw", err)
	}
	if r.Status, err = decodeAttemptStatus(d); err != nil {
		return at("status", err)
	}
	if r.StatusAt.Set, err = d.isSet(); err != nil {
		return at("status_at", err)
	}
	if r.StatusAt.Set {
		if r.StatusAt.Value, err = d.time(); err != nil {
			return at("status_at", err)
		}
	}
	if r.ExternalID.Set, err = d.isSet(); err != nil {
		return at("external_id", err)
	}
	if r.ExternalID.Set {
		if r.ExternalID.Value, err = d.string(); err != nil {
			return at("external_id", err)
		}
	}
	return nil
}

// LOX24RoutingStep: One step of a verification's routing strategy.
type LOX24RoutingStep struct {
	// ChannelRaw: The channel as sent: telegram, voice, sms.
	ChannelRaw string `json:"channel_raw"`
	// Channel: The channel, normalised.
	Channel Channel `json:"channel"`
	// TimeoutSec: How long this step may take, in seconds; telegram only.
	TimeoutSec Optional[int32] `json:"timeout_sec"`
	// SenderID: Sender shown to the person; free text, only where the source's
	// configuration allows it.
	SenderID Optional[string] `json:"sender_id"`
}

func (r *LOX24RoutingStep) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.ChannelRaw); err != nil {
		return dst, at("channel_raw", err)
	}
	if dst, err = r.Channel.appendTo(dst); err != nil {
		return dst, at("channel", err)
	}
	if r.TimeoutSec.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.TimeoutSec.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.SenderID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.SenderID.Value); err != nil {
			return dst, at("sender_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeLOX24RoutingStep(d *decoder) (LOX24RoutingStep, error) {
	var r LOX24RoutingStep
	err := r.decodeFrom(d)
	return r, err
}

func (r *LOX24RoutingStep) decodeFrom(d *decoder) error {
	var err error
	if r.ChannelRaw, err = d.string(); err != nil {
		return at("channel_raw", err)
	}
	if r.Channel, err = decodeChannel(d); err != nil {
		return at("channel", err)
	}
	if r.TimeoutSec.Set, err = d.isSet(); err != nil {
		return at("timeout_sec", err)
	}
	if r.TimeoutSec.Set {
		if r.TimeoutSec.Value, err = d.int(); err != nil {
			return at("timeout_sec", err)
		}
	}
	if r.SenderID.Set, err = d.isSet(); err != nil {
		return at("sender_id", err)
	}
	if r.SenderID.Set {
		if r.SenderID.Value, err = d.string(); err != nil {
			return at("sender_id", err)
		}
	}
	return nil
}

// LOX24VerifyCode: A verify_code event of LOX24, each exactly once. The
// one-time code is left out. An optional field whose value has no one meaning
// is null.
type LOX24VerifyCode struct {
	// Origin: Where the event came from.
	Origin Origin `json:"origin"`
	// EventID: Id of the event (UUID); repeats of one event share it.
	EventID string `json:"event_id"`
	// ReceivedAt: When ingest had read the request, by its clock.
	ReceivedAt time.Time `json:"received_at"`
	// APIVersion: Version of the provider's data structure, such as 2022-05-25.
	APIVersion string `json:"api_version"`
	// EventRaw: Name of the event as sent, such as verify_code.channel.failed.
	EventRaw string `json:"event_raw"`
	// Event: The event, normalised.
	Event LOX24VerifyCodeEvent `json:"event"`
	// EventCreatedAt: When the provider made the event.
	EventCreatedAt time.Time `json:"event_created_at"`
	// AttemptTotal: Number of deliveries of this webhook as stated by the
	// provider, 1 to 4; planned or so far is not documented. Null where its two
	// spellings differ.
	AttemptTotal Optional[int32] `json:"attempt_total"`
	// AttemptNumber: Which delivery of the webhook this is, from 1.
	AttemptNumber Optional[int32] `json:"attempt_number"`
	// NotificationTaskID: Id of the provider's notification task (UUID).
	NotificationTaskID Optional[string] `json:"notification_task_id"`
	// VerificationID: Key: lox24: and the provider's id of the verify code.
	VerificationID string `json:"verification_id"`
	// ProviderID: The provider's id of the verify code (UUID).
	ProviderID string `json:"provider_id"`
	// UserID: The provider's id of the account that ordered the code.
	UserID Optional[int64] `json:"user_id"`
	// Phone: The phone to be verified, as pseudonym.
	Phone Optional[Phone] `json:"phone"`
	// RoutingStrategy: The channels to be tried, in order.
	RoutingStrategy []LOX24RoutingStep `json:"routing_strategy"`
	// StatusRaw: Status of the whole verification as sent: 0, 5, 10, 20, 100.
	StatusRaw int32 `json:"status_raw"`
	// Status: Status of the whole verification, normalised.
	Status AttemptStatus `json:"status"`
	// DeliveredChannelRaw: The channel that delivered the code, as sent; null if
	// none did yet.
	DeliveredChannelRaw Optional[string] `json:"delivered_channel_raw"`
	// DeliveredChannel: The channel that delivered the code, normalised.
	DeliveredChannel Optional[Channel] `json:"delivered_channel"`
	// CostMinor: Cost so far in minor units (cents) of currency.
	CostMinor Optional[int64] `json:"cost_minor"`
	// Currency: Currency of the cost as sent, documented as ISO 4217, such as EUR.
	Currency Optional[string] `json:"currency"`
	// CodeLength: Length of the code in characters; the code itself is never here.
	CodeLength Optional[int32] `json:"code_length"`
	// CorrelationIDs: Correlation ids found in the payload; one that does not look
	// like an id is a pseudonym, phone: or hmac:.
	CorrelationIDs []string `json:"correlation_ids"`
	// PayloadFields: The fields of the payload that the source's configuration
	// allows. Key: JSON pointer, such as /campaign. Value: a string without
	// quotes, a number as sent; a phone number is a pseudonym, phone:.
	PayloadFields map[string]string `json:"payload_fields"`
	// CreatedAt: When the verification was ordered.
	CreatedAt time.Time `json:"created_at"`
	// UpdatedAt: When the verification last changed.
	UpdatedAt Optional[time.Time] `json:"updated_at"`
	// History: The attempts so far, as sent.
	History []LOX24HistoryEntry `json:"history"`
	// IsCodeDeleted: Whether the provider deleted the code after sending it.
	IsCodeDeleted Optional[bool] `json:"is_code_deleted"`
	// Attempt: The attempt the event is about; null for events about the whole
	// verification.
	Attempt Optional[LOX24Attempt] `json:"attempt"`
}

// Schema returns the name of the .avsc file.
func (*LOX24VerifyCode) Schema() string { return "decoded.lox24.verify-code.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *LOX24VerifyCode) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *LOX24VerifyCode) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = LOX24VerifyCode{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *LOX24VerifyCode) appendTo(dst []byte) ([]byte, error) {
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
	if dst, err = appendString(dst, r.VerificationID); err != nil {
		return dst, at("verification_id", err)
	}
	if dst, err = appendString(dst, r.ProviderID); err != nil {
		return dst, at("provider_id", err)
	}
	if r.UserID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.UserID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Phone.Set {
		dst = append(dst, 2)
		if dst, err = r.Phone.Value.appendTo(dst); err != nil {
			return dst, at("phone", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.RoutingStrategy); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.RoutingStrategy {
			if dst, err = r.RoutingStrategy[i].appendTo(dst); err != nil {
				return dst, at("routing_strategy", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	dst = appendLong(dst, int64(r.StatusRaw))
	if dst, err = r.Status.appendTo(dst); err != nil {
		return dst, at("status", err)
	}
	if r.DeliveredChannelRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.DeliveredChannelRaw.Value); err != nil {
			return dst, at("delivered_channel_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.DeliveredChannel.Set {
		dst = append(dst, 2)
		if dst, err = r.DeliveredChannel.Value.appendTo(dst); err != nil {
			return dst, at("delivered_channel", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CostMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Currency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Currency.Value); err != nil {
			return dst, at("currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CodeLength.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.CodeLength.Value))
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
	if dst, err = appendTime(dst, r.CreatedAt); err != nil {
		return dst, at("created_at", err)
	}
	if r.UpdatedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.UpdatedAt.Value); err != nil {
			return dst, at("updated_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.History); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.History {
			if dst, err = r.History[i].appendTo(dst); err != nil {
				return dst, at("history", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.IsCodeDeleted.Set {
		dst = append(dst, 2)
		dst = appendBool(dst, r.IsCodeDeleted.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Attempt.Set {
		dst = append(dst, 2)
		if dst, err = r.Attempt.Value.appendTo(dst); err != nil {
			return dst, at("attempt", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *LOX24VerifyCode) decodeFrom(d *decoder) error {
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
	if r.Event, err = decodeLOX24VerifyCodeEvent(d); err != nil {
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
	if r.VerificationID, err = d.string(); err != nil {
		return at("verification_id", err)
	}
	if r.ProviderID, err = d.string(); err != nil {
		return at("provider_id", err)
	}
	if r.UserID.Set, err = d.isSet(); err != nil {
		return at("user_id", err)
	}
	if r.UserID.Set {
		if r.UserID.Value, err = d.long(); err != nil {
			return at("user_id", err)
		}
	}
	if r.Phone.Set, err = d.isSet(); err != nil {
		return at("phone", err)
	}
	if r.Phone.Set {
		if err = r.Phone.Value.decodeFrom(d); err != nil {
			return at("phone", err)
		}
	}
	if r.RoutingStrategy, err = decodeArray(d, 4, decodeLOX24RoutingStep); err != nil {
		return at("routing_strategy", err)
	}
	if r.StatusRaw, err = d.int(); err != nil {
		return at("status_raw", err)
	}
	if r.Status, err = decodeAttemptStatus(d); err != nil {
		return at("status", err)
	}
	if r.DeliveredChannelRaw.Set, err = d.isSet(); err != nil {
		return at("delivered_channel_raw", err)
	}
	if r.DeliveredChannelRaw.Set {
		if r.DeliveredChannelRaw.Value, err = d.string(); err != nil {
			return at("delivered_channel_raw", err)
		}
	}
	if r.DeliveredChannel.Set, err = d.isSet(); err != nil {
		return at("delivered_channel", err)
	}
	if r.DeliveredChannel.Set {
		if r.DeliveredChannel.Value, err = decodeChannel(d); err != nil {
			return at("delivered_channel", err)
		}
	}
	if r.CostMinor.Set, err = d.isSet(); err != nil {
		return at("cost_minor", err)
	}
	if r.CostMinor.Set {
		if r.CostMinor.Value, err = d.long(); err != nil {
			return at("cost_minor", err)
		}
	}
	if r.Currency.Set, err = d.isSet(); err != nil {
		return at("currency", err)
	}
	if r.Currency.Set {
		if r.Currency.Value, err = d.string(); err != nil {
			return at("currency", err)
		}
	}
	if r.CodeLength.Set, err = d.isSet(); err != nil {
		return at("code_length", err)
	}
	if r.CodeLength.Set {
		if r.CodeLength.Value, err = d.int(); err != nil {
			return at("code_length", err)
		}
	}
	if r.CorrelationIDs, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("correlation_ids", err)
	}
	if r.PayloadFields, err = d.stringMap(); err != nil {
		return at("payload_fields", err)
	}
	if r.CreatedAt, err = d.time(); err != nil {
		return at("created_at", err)
	}
	if r.UpdatedAt.Set, err = d.isSet(); err != nil {
		return at("updated_at", err)
	}
	if r.UpdatedAt.Set {
		if r.UpdatedAt.Value, err = d.time(); err != nil {
			return at("updated_at", err)
		}
	}
	if r.History, err = decodeArray(d, 7, decodeLOX24HistoryEntry); err != nil {
		return at("history", err)
	}
	if r.IsCodeDeleted.Set, err = d.isSet(); err != nil {
		return at("is_code_deleted", err)
	}
	if r.IsCodeDeleted.Set {
		if r.IsCodeDeleted.Value, err = d.bool(); err != nil {
			return at("is_code_deleted", err)
		}
	}
	if r.Attempt.Set, err = d.isSet(); err != nil {
		return at("attempt", err)
	}
	if r.Attempt.Set {
		if err = r.Attempt.Value.decodeFrom(d); err != nil {
			return at("attempt", err)
		}
	}
	return nil
}

// LOX24VerifyCodeEvent is a string with documented values.
type LOX24VerifyCodeEvent string

// The values of LOX24VerifyCodeEvent; the zero value is written as UNKNOWN.
const (
	// LOX24VerifyCodeEventUnknown: a value that this version does not know; the
	// name as sent is in the field beside.
	LOX24VerifyCodeEventUnknown LOX24VerifyCodeEvent = "UNKNOWN"
	// LOX24VerifyCodeEventChannelFailed: an attempt failed
	// (verify_code.channel.failed).
	LOX24VerifyCodeEventChannelFailed LOX24VerifyCodeEvent = "CHANNEL_FAILED"
	// LOX24VerifyCodeEventChannelSent: an attempt was sent
	// (verify_code.channel.sent).
	LOX24VerifyCodeEventChannelSent LOX24VerifyCodeEvent = "CHANNEL_SENT"
	// LOX24VerifyCodeEventChannelSuccess: an attempt succeeded
	// (verify_code.channel.success).
	LOX24VerifyCodeEventChannelSuccess LOX24VerifyCodeEvent = "CHANNEL_SUCCESS"
	// LOX24VerifyCodeEventChannelUpdated: the state of an attempt changed
	// (verify_code.channel.updated).
	LOX24VerifyCodeEventChannelUpdated LOX24VerifyCodeEvent = "CHANNEL_UPDATED"
	// LOX24VerifyCodeEventFailed: the verification ended without success
	// (verify_code.failed).
	LOX24VerifyCodeEventFailed LOX24VerifyCodeEvent = "FAILED"
	// LOX24VerifyCodeEventSuccess: the verification succeeded
	// (verify_code.success).
	LOX24VerifyCodeEventSuccess LOX24VerifyCodeEvent = "SUCCESS"
)

func (v LOX24VerifyCodeEvent) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = LOX24VerifyCodeEventUnknown
	}
	return appendString(dst, string(v))
}

func decodeLOX24VerifyCodeEvent(d *decoder) (LOX24VerifyCodeEvent, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return LOX24VerifyCodeEventUnknown, nil
	case "CHANNEL_FAILED":
		return LOX24VerifyCodeEventChannelFailed, nil
	case "CHANNEL_SENT":
		return LOX24VerifyCodeEventChannelSent, nil
	case "CHANNEL_SUCCESS":
		return LOX24VerifyCodeEventChannelSuccess, nil
	case "CHANNEL_UPDATED":
		return LOX24VerifyCodeEventChannelUpdated, nil
	case "FAILED":
		return LOX24VerifyCodeEventFailed, nil
	case "SUCCESS":
		return LOX24VerifyCodeEventSuccess, nil
	}
	s, err := newValue(b)
	return LOX24VerifyCodeEvent(s), err
}
