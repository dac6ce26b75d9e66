// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// VerificationAttempt: One attempt to deliver the code on one channel.
type VerificationAttempt struct {
	// ID: The provider's id of the attempt; of a Unibell call the id that ingest
	// gave the request for it.
	ID string `json:"id"`
	// Position: Place in the order of the routing strategy, from 0; -1 if its
	// channel is not in it.
	Position int32 `json:"position"`
	// ChannelRaw: The channel as sent.
	ChannelRaw string `json:"channel_raw"`
	// Channel: The channel, normalised.
	Channel Channel `json:"channel"`
	// StatusRaw: Status as sent; null for providers that send no number.
	StatusRaw Optional[int32] `json:"status_raw"`
	// Status: Status, normalised.
	Status AttemptStatus `json:"status"`
	// StatusAt: When the attempt reached its status, by the provider's time; null
	// where the provider sends none.
	StatusAt Optional[time.Time] `json:"status_at"`
	// ExternalID: Id of the message at the channel's operator.
	ExternalID Optional[string] `json:"external_id"`
	// Error: Why it failed; free text, only where the source's configuration
	// allows it.
	Error Optional[string] `json:"error"`
	// CostMinor: Cost of the attempt in minor units (cents) of the verification's
	// currency.
	CostMinor Optional[int64] `json:"cost_minor"`
}

func (r *VerificationAttempt) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.ID); err != nil {
		return dst, at("id", err)
	}
	dst = appendLong(dst, int64(r.Position))
	if dst, err = appendString(dst, r.ChannelRaw); err != nil {
		return dst, at("channel_raw", err)
	}
	if dst, err = r.Channel.appendTo(dst); err != nil {
		return dst, at("channel", err)
	}
	if r.StatusRaw.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.StatusRaw.Value))
	} else {
		dst = append(dst, 0)
	}
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

func decodeVerificationAttempt(d *decoder) (VerificationAttempt, error) {
	var r VerificationAttempt
	err := r.decodeFrom(d)
	return r, err
}

func (r *VerificationAttempt) decodeFrom(d *decoder) error {
	var err error
	if r.ID, err = d.string(); err != nil {
		return at("id", err)
	}
	if r.Position, err = d.int(); err != nil {
		return at("position", err)
	}
	if r.ChannelRaw, err = d.string(); err != nil {
		return at("channel_raw", err)
	}
	if r.Channel, err = decodeChannel(d); err != nil {
		return at("channel", err)
	}
	if r.StatusRaw.Set, err = d.isSet(); err != nil {
		return at("status_raw", err)
	}
	if r.StatusRaw.Set {
		if r.StatusRaw.Value, err = d.int(); err != nil {
			return at("status_raw", err)
		}
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

// VerificationSnapshot: One row is one state of one verification of a phone
// number, after all events known so far. The topic has every state until
// compaction; the row of the highest revision replaces all others of its
// verification_id, and a tombstone (no value) ends it. Rows are kept 30 days
// after the last change. Do not compute a success rate by delivered_channel: it
// is null unless a code was delivered; group by first_channel, or use attempts.
// Do not sum rows before choosing the newest of each key.
type VerificationSnapshot struct {
	// VerificationID: The Kafka key: lox24: and the provider's id, or unibell:,
	// source and reference.
	VerificationID string `json:"verification_id"`
	// JourneyID: The Kafka key of the row in enriched.journeys.v1: the correlation
	// id, after the namespace and a colon where there is a namespace. Of several
	// correlation ids that of the first in correlation_ids, so that a join by it
	// never multiplies rows; the others list this verification among their
	// members. Null if there is no correlation id. An id that was corrected is
	// replaced in the next revision.
	JourneyID Optional[string] `json:"journey_id"`
	// CustomerID: Customer: the id of a pseudonym key, a colon and 64 hexadecimal
	// digits of the HMAC of the phone's E.164 digits. Equal in all topics for one
	// phone under one key. The key is the newest that was in force when the first
	// event with a phone was received, if phone has a pseudonym under it, else the
	// first of phone. Null if no event had a phone.
	CustomerID Optional[string] `json:"customer_id"`
	// Country: Country of the phone, ISO 3166-1 alpha-2; null if the number is not
	// a valid one.
	Country Optional[string] `json:"country"`
	// ProviderID: The provider's id: verify code id of LOX24, request id of
	// Unibell, empty while unknown.
	ProviderID string `json:"provider_id"`
	// Provider: lox24 or unibell.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Namespace: Namespace of the correlation ids; null if the source has none.
	Namespace Optional[string] `json:"namespace"`
	// CorrelationIDs: Correlation ids that count, of each place the newest,
	// sorted; one that does not look like an id is a pseudonym, phone: or hmac:.
	CorrelationIDs []string `json:"correlation_ids"`
	// Phone: The phone to be verified, as pseudonym.
	Phone Optional[Phone] `json:"phone"`
	// Outcome: How it ended.
	Outcome VerificationOutcome `json:"outcome"`
	// StatusRaw: Status of the whole verification as sent: an end counts more than
	// one in progress, that more than a new one, of equal ones the latest by the
	// provider's time.
	StatusRaw Optional[string] `json:"status_raw"`
	// DeliveredChannelRaw: The channel that delivered the code, as sent; null if
	// none did.
	DeliveredChannelRaw Optional[string] `json:"delivered_channel_raw"`
	// DeliveredChannel: The channel that delivered the code, normalised; null if
	// none did. Not the channel that was tried: see first_channel and attempts.
	DeliveredChannel Optional[Channel] `json:"delivered_channel"`
	// FirstChannel: Channel of the first attempt in the order of the routing
	// strategy. An attempt that no event reported counts only if it delivered the
	// code. Null if no attempt is known.
	FirstChannel Optional[Channel] `json:"first_channel"`
	// FirstChannelRaw: That channel, as sent.
	FirstChannelRaw Optional[string] `json:"first_channel_raw"`
	// LastChannel: Channel of the last attempt, likewise; the same as
	// first_channel if there was one channel.
	LastChannel Optional[Channel] `json:"last_channel"`
	// LastChannelRaw: That channel, as sent.
	LastChannelRaw Optional[string] `json:"last_channel_raw"`
	// PlannedChannels: The channels of the routing strategy, normalised, in order;
	// empty if the provider sends none.
	PlannedChannels []Channel `json:"planned_channels"`
	// PlannedChannelsRaw: The channels of the routing strategy as sent, in order;
	// empty if the provider sends none.
	PlannedChannelsRaw []string `json:"planned_channels_raw"`
	// Attempts: The attempts, in the order of the routing strategy.
	Attempts []VerificationAttempt `json:"attempts"`
	// FailedAttempts: Number of attempts that ended without success (FAILED or
	// ERROR). More than one may be on one channel.
	FailedAttempts int32 `json:"failed_attempts"`
	// ChannelSwitches: Number of fallbacks: attempts on another channel than the
	// attempt before, in the order of the routing strategy. 0 for Unibell, which
	// has one channel.
	ChannelSwitches int32 `json:"channel_switches"`
	// CostMinor: Cost of the verification with all its attempts in minor units
	// (cents) of currency, by the newest event that reports it; null if none does.
	// Unibell reports none.
	CostMinor Optional[int64] `json:"cost_minor"`
	// Currency: Currency of the cost, ISO 4217; XXX if the provider sent no such
	// code, null if none was reported.
	Currency Optional[string] `json:"currency"`
	// CreatedAt: When the verification was ordered; where no event reports it, the
	// time of the first event. Never null.
	CreatedAt time.Time `json:"created_at"`
	// OutcomeAt: Provider's time of the earliest event that reports the outcome;
	// null while pending and where there is none (EXPIRED, UNKNOWN).
	OutcomeAt Optional[time.Time] `json:"outcome_at"`
	// DurationMs: From the order to outcome_at by the provider's clock, in
	// milliseconds. It includes the time that a person needs to type the code, and
	// failed attempts before. Null without an outcome, or if no event reports the
	// time of the order.
	DurationMs Optional[int64] `json:"duration_ms"`
	// Deadline: Until when an outcome is awaited, in the time of receipt: from the
	// first fact received, for the timeouts of the routing strategy and a grace.
	// It stays when an outcome is there; null if none is awaited.
	Deadline Optional[time.Time] `json:"deadline"`
	// Late: Whether no real outcome was received by the deadline, and one was
	// later.
	Late bool `json:"late"`
	// LatenessMs: How long after the deadline the first real outcome was received,
	// in milliseconds; null if not late.
	LatenessMs Optional[int64] `json:"lateness_ms"`
	// Revision: Number of this snapshot of the key, from 1. The processor leaves
	// some out if it runs with latest_only.
	Revision int64 `json:"revision"`
	// Facts: Number of distinct facts applied.
	Facts int64 `json:"facts"`
	// ChangedBy: The record or timer that made this revision.
	ChangedBy Change `json:"changed_by"`
	// FirstEventAt: First event, by the provider's time where it sends one.
	FirstEventAt Optional[time.Time] `json:"first_event_at"`
	// LastEventAt: Last event, by the provider's time where it sends one.
	LastEventAt Optional[time.Time] `json:"last_event_at"`
	// ProcessedAt: When the processor made this snapshot.
	ProcessedAt time.Time `json:"processed_at"`
	// Assurance: The weakest assurance of the facts.
	Assurance Assurance `json:"assurance"`
}

// Schema returns the name of the .avsc file.
func (*VerificationSnapshot) Schema() string { return "enriched.verifications.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *VerificationSnapshot) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *VerificationSnapshot) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = VerificationSnapshot{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *VerificationSnapshot) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.VerificationID); err != nil {
		return dst, at("verification_id", err)
	}
	if r.JourneyID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.JourneyID.Value); err != nil {
			return dst, at("journey_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CustomerID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CustomerID.Value); err != nil {
			return dst, at("customer_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Country.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Country.Value); err != nil {
			return dst, at("country", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendString(dst, r.ProviderID); err != nil {
		return dst, at("provider_id", err)
	}
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if r.Namespace.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Namespace.Value); err != nil {
			return dst, at("namespace", err)
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
	if r.Phone.Set {
		dst = append(dst, 2)
		if dst, err = r.Phone.Value.appendTo(dst); err != nil {
			return dst, at("phone", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Outcome.appendTo(dst); err != nil {
		return dst, at("outcome", err)
	}
	if r.StatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.StatusRaw.Value); err != nil {
			return dst, at("status_raw", err)
		}
	} else {
		dst = append(dst, 0)
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
	if r.FirstChannel.Set {
		dst = append(dst, 2)
		if dst, err = r.FirstChannel.Value.appendTo(dst); err != nil {
			return dst, at("first_channel", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.FirstChannelRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.FirstChannelRaw.Value); err != nil {
			return dst, at("first_channel_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LastChannel.Set {
		dst = append(dst, 2)
		if dst, err = r.LastChannel.Value.appendTo(dst); err != nil {
			return dst, at("last_channel", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LastChannelRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.LastChannelRaw.Value); err != nil {
			return dst, at("last_channel_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.PlannedChannels); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.PlannedChannels {
			if dst, err = r.PlannedChannels[i].appendTo(dst); err != nil {
				return dst, at("planned_channels", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.PlannedChannelsRaw); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.PlannedChannelsRaw {
			if dst, err = appendString(dst, r.PlannedChannelsRaw[i]); err != nil {
				return dst, at("planned_channels_raw", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.Attempts); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Attempts {
			if dst, err = r.Attempts[i].appendTo(dst); err != nil {
				return dst, at("attempts", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	dst = appendLong(dst, int64(r.FailedAttempts))
	dst = appendLong(dst, int64(r.ChannelSwitches))
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
	if dst, err = appendTime(dst, r.CreatedAt); err != nil {
		return dst, at("created_at", err)
	}
	if r.OutcomeAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.OutcomeAt.Value); err != nil {
			return dst, at("outcome_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.DurationMs.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.DurationMs.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Deadline.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Deadline.Value); err != nil {
			return dst, at("deadline", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.Late)
	if r.LatenessMs.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.LatenessMs.Value)
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.Revision)
	dst = appendLong(dst, r.Facts)
	if dst, err = r.ChangedBy.appendTo(dst); err != nil {
		return dst, at("changed_by", err)
	}
	if r.FirstEventAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.FirstEventAt.Value); err != nil {
			return dst, at("first_event_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LastEventAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.LastEventAt.Value); err != nil {
			return dst, at("last_event_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendTime(dst, r.ProcessedAt); err != nil {
		return dst, at("processed_at", err)
	}
	if dst, err = r.Assurance.appendTo(dst); err != nil {
		return dst, at("assurance", err)
	}
	return dst, nil
}

func (r *VerificationSnapshot) decodeFrom(d *decoder) error {
	var err error
	if r.VerificationID, err = d.string(); err != nil {
		return at("verification_id", err)
	}
	if r.JourneyID.Set, err = d.isSet(); err != nil {
		return at("journey_id", err)
	}
	if r.JourneyID.Set {
		if r.JourneyID.Value, err = d.string(); err != nil {
			return at("journey_id", err)
		}
	}
	if r.CustomerID.Set, err = d.isSet(); err != nil {
		return at("customer_id", err)
	}
	if r.CustomerID.Set {
		if r.CustomerID.Value, err = d.string(); err != nil {
			return at("customer_id", err)
		}
	}
	if r.Country.Set, err = d.isSet(); err != nil {
		return at("country", err)
	}
	if r.Country.Set {
		if r.Country.Value, err = d.string(); err != nil {
			return at("country", err)
		}
	}
	if r.ProviderID, err = d.string(); err != nil {
		return at("provider_id", err)
	}
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Namespace.Set, err = d.isSet(); err != nil {
		return at("namespace", err)
	}
	if r.Namespace.Set {
		if r.Namespace.Value, err = d.string(); err != nil {
			return at("namespace", err)
		}
	}
	if r.CorrelationIDs, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("correlation_ids", err)
	}
	if r.Phone.Set, err = d.isSet(); err != nil {
		return at("phone", err)
	}
	if r.Phone.Set {
		if err = r.Phone.Value.decodeFrom(d); err != nil {
			return at("phone", err)
		}
	}
	if r.Outcome, err = decodeVerificationOutcome(d); err != nil {
		return at("outcome", err)
	}
	if r.StatusRaw.Set, err = d.isSet(); err != nil {
		return at("status_raw", err)
	}
	if r.StatusRaw.Set {
		if r.StatusRaw.Value, err = d.string(); err != nil {
			return at("status_raw", err)
		}
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
	if r.FirstChannel.Set, err = d.isSet(); err != nil {
		return at("first_channel", err)
	}
	if r.FirstChannel.Set {
		if r.FirstChannel.Value, err = decodeChannel(d); err != nil {
			return at("first_channel", err)
		}
	}
	if r.FirstChannelRaw.Set, err = d.isSet(); err != nil {
		return at("first_channel_raw", err)
	}
	if r.FirstChannelRaw.Set {
		if r.FirstChannelRaw.Value, err = d.string(); err != nil {
			return at("first_channel_raw", err)
		}
	}
	if r.LastChannel.Set, err = d.isSet(); err != nil {
		return at("last_channel", err)
	}
	if r.LastChannel.Set {
		if r.LastChannel.Value, err = decodeChannel(d); err != nil {
			return at("last_channel", err)
		}
	}
	if r.LastChannelRaw.Set, err = d.isSet(); err != nil {
		return at("last_channel_raw", err)
	}
	if r.LastChannelRaw.Set {
		if r.LastChannelRaw.Value, err = d.string(); err != nil {
			return at("last_channel_raw", err)
		}
	}
	if r.PlannedChannels, err = decodeArray(d, 1, decodeChannel); err != nil {
		return at("planned_channels", err)
	}
	if r.PlannedChannelsRaw, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("planned_channels_raw", err)
	}
	if r.Attempts, err = decodeArray(d, 10, decodeVerificationAttempt); err != nil {
		return at("attempts", err)
	}
	if r.FailedAttempts, err = d.int(); err != nil {
		return at("failed_attempts", err)
	}
	if r.ChannelSwitches, err = d.int(); err != nil {
		return at("channel_switches", err)
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
	if r.CreatedAt, err = d.time(); err != nil {
		return at("created_at", err)
	}
	if r.OutcomeAt.Set, err = d.isSet(); err != nil {
		return at("outcome_at", err)
	}
	if r.OutcomeAt.Set {
		if r.OutcomeAt.Value, err = d.time(); err != nil {
			return at("outcome_at", err)
		}
	}
	if r.DurationMs.Set, err = d.isSet(); err != nil {
		return at("duration_ms", err)
	}
	if r.DurationMs.Set {
		if r.DurationMs.Value, err = d.long(); err != nil {
			return at("duration_ms", err)
		}
	}
	if r.Deadline.Set, err = d.isSet(); err != nil {
		return at("deadline", err)
	}
	if r.Deadline.Set {
		if r.Deadline.Value, err = d.time(); err != nil {
			return at("deadline", err)
		}
	}
	if r.Late, err = d.bool(); err != nil {
		return at("late", err)
	}
	if r.LatenessMs.Set, err = d.isSet(); err != nil {
		return at("lateness_ms", err)
	}
	if r.LatenessMs.Set {
		if r.LatenessMs.Value, err = d.long(); err != nil {
			return at("lateness_ms", err)
		}
	}
	if r.Revision, err = d.long(); err != nil {
		return at("revision", err)
	}
	if r.Facts, err = d.long(); err != nil {
		return at("facts", err)
	}
	if err = r.ChangedBy.decodeFrom(d); err != nil {
		return at("changed_by", err)
	}
	if r.FirstEventAt.Set, err = d.isSet(); err != nil {
		return at("first_event_at", err)
	}
	if r.FirstEventAt.Set {
		if r.FirstEventAt.Value, err = d.time(); err != nil {
			return at("first_event_at", err)
		}
	}
	if r.LastEventAt.Set, err = d.isSet(); err != nil {
		return at("last_event_at", err)
	}
	if r.LastEventAt.Set {
		if r.LastEventAt.Value, err = d.time(); err != nil {
			return at("last_event_at", err)
		}
	}
	if r.ProcessedAt, err = d.time(); err != nil {
		return at("processed_at", err)
	}
	if r.Assurance, err = decodeAssurance(d); err != nil {
		return at("assurance", err)
	}
	return nil
}
