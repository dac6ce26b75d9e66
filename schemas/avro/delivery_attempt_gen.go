// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// DeliveryAttempt: One row is one attempt to deliver a one-time code on one
// channel, Unibell calls too. The row of the highest revision replaces all
// others of its attempt_id; a tombstone (no value) ends it: the attempt turned
// out to be part of another one, its verification expired or was erased. A row
// is kept as long as its verification, 30 days after its last event, and at
// most 60 days without a change. Success rate of a channel: count(*) filter
// (where status = 'SUCCESS') / count(*) group by channel over the newest rows.
// Do not count all revisions. An attempt that no webhook and no history entry
// reported has no row.
type DeliveryAttempt struct {
	// AttemptID: The Kafka key: the verification_id, a slash and the provider's id
	// of the attempt; of a Unibell call the id that ingest gave the request for
	// it.
	AttemptID string `json:"attempt_id"`
	// VerificationID: The Kafka key of the verification in
	// enriched.verifications.v1.
	VerificationID string `json:"verification_id"`
	// JourneyID: The Kafka key of the row in enriched.journeys.v1 and the
	// journey_id of the verification; null without a correlation id. An id that
	// was corrected is replaced in a higher revision.
	JourneyID Optional[string] `json:"journey_id"`
	// CustomerID: The customer_id of the verification: key id, a colon and the
	// HMAC of the phone; null where it is null there.
	CustomerID Optional[string] `json:"customer_id"`
	// Provider: lox24 or unibell.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Country: ISO 3166-1 alpha-2 code of the phone's country; null if the number
	// is unknown or not a valid one.
	Country Optional[string] `json:"country"`
	// NumberType: Type of the number's block in the country's numbering plan; null
	// if the plan does not say.
	NumberType Optional[NumberType] `json:"number_type"`
	// Carrier: Operator to which the number's block was assigned, in English; null
	// if not known. A ported number may be with another one by now.
	Carrier Optional[string] `json:"carrier"`
	// Block: Beginning of the E.164 number, such as +38050123: without its last
	// four digits where at least privacy.block_k different numbers of that block
	// were seen within the retention, else the longest shorter beginning with that
	// many, down to the calling code. Null if there is none, if privacy.block_k is
	// 0, and for numbers that belong to the company.
	Block Optional[string] `json:"block"`
	// BlockAsOf: When block was decided: the received_at of the entity's first
	// fact with the number. Numbers seen later change it no more. Null if it was
	// not decided.
	BlockAsOf Optional[time.Time] `json:"block_as_of"`
	// Channel: The channel, normalised.
	Channel Channel `json:"channel"`
	// ChannelRaw: The channel as sent.
	ChannelRaw string `json:"channel_raw"`
	// Position: Place of the channel in the routing strategy, from 0; -1 if it is
	// not in it. Equal to position of the attempt in enriched.verifications.v1.
	Position int32 `json:"position"`
	// IsFallback: Whether the attempt before it, in the order of the strategy, was
	// on another channel. False for the first attempt and for a further one on the
	// same channel.
	IsFallback bool `json:"is_fallback"`
	// StartedAt: When it began: the earliest time at which the provider reported
	// it as new or in progress; for a Unibell call the receipt of the request.
	// Null if only its end was reported.
	StartedAt Optional[time.Time] `json:"started_at"`
	// EndedAt: When it ended, by the provider's time; null while it has not, or if
	// the provider sent no time.
	EndedAt Optional[time.Time] `json:"ended_at"`
	// Status: How it ended; NEW and IN_PROGRESS: it has not yet.
	Status AttemptStatus `json:"status"`
	// Error: The provider's error text, where the source lets it leave; null if
	// there is none.
	Error Optional[string] `json:"error"`
	// CostMinor: Cost of this attempt in minor units of currency; null if the
	// provider did not say, as Unibell. The cost of a whole verification is
	// cost_minor in enriched.verifications.v1; do not add both.
	CostMinor Optional[int64] `json:"cost_minor"`
	// Currency: Currency of cost_minor (ISO 4217); null if unknown.
	Currency Optional[string] `json:"currency"`
	// Revision: Number of the change of the verification that made this row: of
	// the rows of an attempt_id the highest counts. Revisions of one row are not
	// consecutive.
	Revision int64 `json:"revision"`
	// ChangedBy: The record or timer that made this revision.
	ChangedBy Change `json:"changed_by"`
	// ProcessedAt: When the processor made this revision.
	ProcessedAt time.Time `json:"processed_at"`
	// Assurance: The weakest assurance of the facts.
	Assurance Assurance `json:"assurance"`
}

// Schema returns the name of the .avsc file.
func (*DeliveryAttempt) Schema() string { return "facts.attempts.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *DeliveryAttempt) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *DeliveryAttempt) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = DeliveryAttempt{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *DeliveryAttempt) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.AttemptID); err != nil {
		return dst, at("attempt_id", err)
	}
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
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if r.Country.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Country.Value); err != nil {
			return dst, at("country", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.NumberType.Set {
		dst = append(dst, 2)
		if dst, err = r.NumberType.Value.appendTo(dst); err != nil {
			return dst, at("number_type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Carrier.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Carrier.Value); err != nil {
			return dst, at("carrier", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Block.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Block.Value); err != nil {
			return dst, at("block", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.BlockAsOf.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.BlockAsOf.Value); err != nil {
			return dst, at("block_as_of", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Channel.appendTo(dst); err != nil {
		return dst, at("channel", err)
	}
	if dst, err = appendString(dst, r.ChannelRaw); err != nil {
		return dst, at("channel_raw", err)
	}
	dst = appendLong(dst, int64(r.Position))
	dst = appendBool(dst, r.IsFallback)
	if r.StartedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.StartedAt.Value); err != nil {
			return dst, at("started_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.EndedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.EndedAt.Value); err != nil {
			return dst, at("ended_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Status.appendTo(dst); err != nil {
		return dst, at("status", err)
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
	if r.Currency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Currency.Value); err != nil {
			return dst, at("currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.Revision)
	if dst, err = r.ChangedBy.appendTo(dst); err != nil {
		return dst, at("changed_by", err)
	}
	if dst, err = appendTime(dst, r.ProcessedAt); err != nil {
		return dst, at("processed_at", err)
	}
	if dst, err = r.Assurance.appendTo(dst); err != nil {
		return dst, at("assurance", err)
	}
	return dst, nil
}

func (r *DeliveryAttempt) decodeFrom(d *decoder) error {
	var err error
	if r.AttemptID, err = d.string(); err != nil {
		return at("attempt_id", err)
	}
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
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Country.Set, err = d.isSet(); err != nil {
		return at("country", err)
	}
	if r.Country.Set {
		if r.Country.Value, err = d.string(); err != nil {
			return at("country", err)
		}
	}
	if r.NumberType.Set, err = d.isSet(); err != nil {
		return at("number_type", err)
	}
	if r.NumberType.Set {
		if r.NumberType.Value, err = decodeNumberType(d); err != nil {
			return at("number_type", err)
		}
	}
	if r.Carrier.Set, err = d.isSet(); err != nil {
		return at("carrier", err)
	}
	if r.Carrier.Set {
		if r.Carrier.Value, err = d.string(); err != nil {
			return at("carrier", err)
		}
	}
	if r.Block.Set, err = d.isSet(); err != nil {
		return at("block", err)
	}
	if r.Block.Set {
		if r.Block.Value, err = d.string(); err != nil {
			return at("block", err)
		}
	}
	if r.BlockAsOf.Set, err = d.isSet(); err != nil {
		return at("block_as_of", err)
	}
	if r.BlockAsOf.Set {
		if r.BlockAsOf.Value, err = d.time(); err != nil {
			return at("block_as_of", err)
		}
	}
	if r.Channel, err = decodeChannel(d); err != nil {
		return at("channel", err)
	}
	if r.ChannelRaw, err = d.string(); err != nil {
		return at("channel_raw", err)
	}
	if r.Position, err = d.int(); err != nil {
		return at("position", err)
	}
	if r.IsFallback, err = d.bool(); err != nil {
		return at("is_fallback", err)
	}
	if r.StartedAt.Set, err = d.isSet(); err != nil {
		return at("started_at", err)
	}
	if r.StartedAt.Set {
		if r.StartedAt.Value, err = d.time(); err != nil {
			return at("started_at", err)
		}
	}
	if r.EndedAt.Set, err = d.isSet(); err != nil {
		return at("ended_at", err)
	}
	if r.EndedAt.Set {
		if r.EndedAt.Value, err = d.time(); err != nil {
			return at("ended_at", err)
		}
	}
	if r.Status, err = decodeAttemptStatus(d); err != nil {
		return at("status", err)
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
	if r.Currency.Set, err = d.isSet(); err != nil {
		return at("currency", err)
	}
	if r.Currency.Set {
		if r.Currency.Value, err = d.string(); err != nil {
			return at("currency", err)
		}
	}
	if r.Revision, err = d.long(); err != nil {
		return at("revision", err)
	}
	if err = r.ChangedBy.decodeFrom(d); err != nil {
		return at("changed_by", err)
	}
	if r.ProcessedAt, err = d.time(); err != nil {
		return at("processed_at", err)
	}
	if r.Assurance, err = decodeAssurance(d); err != nil {
		return at("assurance", err)
	}
	return nil
}
