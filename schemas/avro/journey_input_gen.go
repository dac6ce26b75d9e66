// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// JourneyInput: Records that the upstream stages send to the journey stage.
// Private to the processor.
type JourneyInput struct {
	// Kind: Kind of the record.
	Kind JourneyInputKind `json:"kind"`
	// CorrelationID: Correlation id of the journey; empty for CLOCK.
	CorrelationID string `json:"correlation_id"`
	// Namespace: Namespace of the correlation id; null if the source has none.
	Namespace Optional[string] `json:"namespace"`
	// MemberID: Key of the verification, the payment or the events; null for
	// CLOCK.
	MemberID Optional[string] `json:"member_id"`
	// MemberRevision: Revision of the member's snapshot; a lower one than known is
	// passed over.
	MemberRevision Optional[int64] `json:"member_revision"`
	// MemberFacts: Number of facts applied to the member.
	MemberFacts Optional[int64] `json:"member_facts"`
	// Verification: The verification; VERIFICATION only.
	Verification Optional[VerificationMember] `json:"verification"`
	// Payment: The payment; PAYMENT only.
	Payment Optional[PaymentMember] `json:"payment"`
	// Milestone: The events; MILESTONE only.
	Milestone Optional[MilestoneMember] `json:"milestone"`
	// Assurance: The weakest assurance of the member's facts.
	Assurance Assurance `json:"assurance"`
	// FirstEventAt: First event of the member, by the provider's time.
	FirstEventAt Optional[time.Time] `json:"first_event_at"`
	// LastEventAt: Last event of the member, by the provider's time.
	LastEventAt Optional[time.Time] `json:"last_event_at"`
	// ReceivedAt: Latest time at which a fact of the member was received.
	ReceivedAt Optional[time.Time] `json:"received_at"`
	// ExpiresAt: When the member's state ends.
	ExpiresAt Optional[time.Time] `json:"expires_at"`
	// ChangedBy: The record or timer that made this state of the member.
	ChangedBy Change `json:"changed_by"`
	// UpstreamStage: The stage whose watermark this is; CLOCK only.
	UpstreamStage Optional[string] `json:"upstream_stage"`
	// UpstreamPartition: The input partition whose watermark this is; CLOCK only.
	UpstreamPartition Optional[int32] `json:"upstream_partition"`
	// Clock: Watermark: every fact of that partition received before this time has
	// been emitted; CLOCK only.
	Clock Optional[time.Time] `json:"clock"`
}

// Schema returns the name of the .avsc file.
func (*JourneyInput) Schema() string { return "internal.journey.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *JourneyInput) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *JourneyInput) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = JourneyInput{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *JourneyInput) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = r.Kind.appendTo(dst); err != nil {
		return dst, at("kind", err)
	}
	if dst, err = appendString(dst, r.CorrelationID); err != nil {
		return dst, at("correlation_id", err)
	}
	if r.Namespace.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Namespace.Value); err != nil {
			return dst, at("namespace", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.MemberID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.MemberID.Value); err != nil {
			return dst, at("member_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.MemberRevision.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.MemberRevision.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.MemberFacts.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.MemberFacts.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Verification.Set {
		dst = append(dst, 2)
		if dst, err = r.Verification.Value.appendTo(dst); err != nil {
			return dst, at("verification", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Payment.Set {
		dst = append(dst, 2)
		if dst, err = r.Payment.Value.appendTo(dst); err != nil {
			return dst, at("payment", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Milestone.Set {
		dst = append(dst, 2)
		if dst, err = r.Milestone.Value.appendTo(dst); err != nil {
			return dst, at("milestone", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Assurance.appendTo(dst); err != nil {
		return dst, at("assurance", err)
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
	if r.ReceivedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.ReceivedAt.Value); err != nil {
			return dst, at("received_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ExpiresAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.ExpiresAt.Value); err != nil {
			return dst, at("expires_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.ChangedBy.appendTo(dst); err != nil {
		return dst, at("changed_by", err)
	}
	if r.UpstreamStage.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.UpstreamStage.Value); err != nil {
			return dst, at("upstream_stage", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.UpstreamPartition.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.UpstreamPartition.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.Clock.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Clock.Value); err != nil {
			return dst, at("clock", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *JourneyInput) decodeFrom(d *decoder) error {
	var err error
	if r.Kind, err = decodeJourneyInputKind(d); err != nil {
		return at("kind", err)
	}
	if r.CorrelationID, err = d.string(); err != nil {
		return at("correlation_id", err)
	}
	if r.Namespace.Set, err = d.isSet(); err != nil {
		return at("namespace", err)
	}
	if r.Namespace.Set {
		if r.Namespace.Value, err = d.string(); err != nil {
			return at("namespace", err)
		}
	}
	if r.MemberID.Set, err = d.isSet(); err != nil {
		return at("member_id", err)
	}
	if r.MemberID.Set {
		if r.MemberID.Value, err = d.string(); err != nil {
			return at("member_id", err)
		}
	}
	if r.MemberRevision.Set, err = d.isSet(); err != nil {
		return at("member_revision", err)
	}
	if r.MemberRevision.Set {
		if r.MemberRevision.Value, err = d.long(); err != nil {
			return at("member_revision", err)
		}
	}
	if r.MemberFacts.Set, err = d.isSet(); err != nil {
		return at("member_facts", err)
	}
	if r.MemberFacts.Set {
		if r.MemberFacts.Value, err = d.long(); err != nil {
			return at("member_facts", err)
		}
	}
	if r.Verification.Set, err = d.isSet(); err != nil {
		return at("verification", err)
	}
	if r.Verification.Set {
		if err = r.Verification.Value.decodeFrom(d); err != nil {
			return at("verification", err)
		}
	}
	if r.Payment.Set, err = d.isSet(); err != nil {
		return at("payment", err)
	}
	if r.Payment.Set {
		if err = r.Payment.Value.decodeFrom(d); err != nil {
			return at("payment", err)
		}
	}
	if r.Milestone.Set, err = d.isSet(); err != nil {
		return at("milestone", err)
	}
	if r.Milestone.Set {
		if err = r.Milestone.Value.decodeFrom(d); err != nil {
			return at("milestone", err)
		}
	}
	if r.Assurance, err = decodeAssurance(d); err != nil {
		return at("assurance", err)
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
	if r.ReceivedAt.Set, err = d.isSet(); err != nil {
		return at("received_at", err)
	}
	if r.ReceivedAt.Set {
		if r.ReceivedAt.Value, err = d.time(); err != nil {
			return at("received_at", err)
		}
	}
	if r.ExpiresAt.Set, err = d.isSet(); err != nil {
		return at("expires_at", err)
	}
	if r.ExpiresAt.Set {
		if r.ExpiresAt.Value, err = d.time(); err != nil {
			return at("expires_at", err)
		}
	}
	if err = r.ChangedBy.decodeFrom(d); err != nil {
		return at("changed_by", err)
	}
	if r.UpstreamStage.Set, err = d.isSet(); err != nil {
		return at("upstream_stage", err)
	}
	if r.UpstreamStage.Set {
		if r.UpstreamStage.Value, err = d.string(); err != nil {
			return at("upstream_stage", err)
		}
	}
	if r.UpstreamPartition.Set, err = d.isSet(); err != nil {
		return at("upstream_partition", err)
	}
	if r.UpstreamPartition.Set {
		if r.UpstreamPartition.Value, err = d.int(); err != nil {
			return at("upstream_partition", err)
		}
	}
	if r.Clock.Set, err = d.isSet(); err != nil {
		return at("clock", err)
	}
	if r.Clock.Set {
		if r.Clock.Value, err = d.time(); err != nil {
			return at("clock", err)
		}
	}
	return nil
}

// JourneyInputKind is a string with documented values.
type JourneyInputKind string

// The values of JourneyInputKind; the zero value is written as UNKNOWN.
const (
	// JourneyInputKindUnknown: a value that this version does not know.
	JourneyInputKindUnknown JourneyInputKind = "UNKNOWN"
	// JourneyInputKindClock: the watermark of an upstream partition.
	JourneyInputKindClock JourneyInputKind = "CLOCK"
	// JourneyInputKindErasure: a member is to be erased, whatever its revision.
	JourneyInputKindErasure JourneyInputKind = "ERASURE"
	// JourneyInputKindMilestone: the newest state of a further sender's events.
	JourneyInputKindMilestone JourneyInputKind = "MILESTONE"
	// JourneyInputKindPayment: the newest state of a payment.
	JourneyInputKindPayment JourneyInputKind = "PAYMENT"
	// JourneyInputKindRemoval: a member left the journey.
	JourneyInputKindRemoval JourneyInputKind = "REMOVAL"
	// JourneyInputKindVerification: the newest state of a verification.
	JourneyInputKindVerification JourneyInputKind = "VERIFICATION"
)

func (v JourneyInputKind) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = JourneyInputKindUnknown
	}
	return appendString(dst, string(v))
}

func decodeJourneyInputKind(d *decoder) (JourneyInputKind, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return JourneyInputKindUnknown, nil
	case "CLOCK":
		return JourneyInputKindClock, nil
	case "ERASURE":
		return JourneyInputKindErasure, nil
	case "MILESTONE":
		return JourneyInputKindMilestone, nil
	case "PAYMENT":
		return JourneyInputKindPayment, nil
	case "REMOVAL":
		return JourneyInputKindRemoval, nil
	case "VERIFICATION":
		return JourneyInputKindVerification, nil
	}
	s, err := newValue(b)
	return JourneyInputKind(s), err
}

// MilestoneMember: The fields of one source's events of a correlation id that
// the journey shows.
type MilestoneMember struct {
	// Provider: The provider, such as standard.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Milestones: One element for each type of event, sorted by type.
	Milestones []Milestone `json:"milestones"`
}

func (r *MilestoneMember) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if n := len(r.Milestones); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Milestones {
			if dst, err = r.Milestones[i].appendTo(dst); err != nil {
				return dst, at("milestones", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func (r *MilestoneMember) decodeFrom(d *decoder) error {
	var err error
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Milestones, err = decodeArray(d, 5, decodeMilestone); err != nil {
		return at("milestones", err)
	}
	return nil
}

// PaymentMember: The fields of a payment that its journey shows or sums.
type PaymentMember struct {
	// Provider: uapay.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// CustomerID: Customer id, as in enriched.payments.v1.
	CustomerID Optional[string] `json:"customer_id"`
	// Phase: The phase of the payment.
	Phase PaymentPhase `json:"phase"`
	// AmountMinor: Amount in minor units of currency.
	AmountMinor Optional[int64] `json:"amount_minor"`
	// GrossMinor: Amount captured, given back since or not, in minor units of
	// currency.
	GrossMinor int64 `json:"gross_minor"`
	// RefundedMinor: Total of captured money given back so far, in minor units of
	// currency.
	RefundedMinor int64 `json:"refunded_minor"`
	// ReleasedMinor: Total of held, never captured money given back so far, in
	// minor units of currency.
	ReleasedMinor int64 `json:"released_minor"`
	// Currency: ISO 4217 code.
	Currency string `json:"currency"`
	// Conflict: Whether both paid and refused were reported.
	Conflict bool `json:"conflict"`
	// Regression: Whether a lower phase was reported later.
	Regression bool `json:"regression"`
	// AmountChanged: Whether callbacks reported different amounts or currencies.
	AmountChanged bool `json:"amount_changed"`
	// AmountInconsistent: Whether amounts contradict each other: one is negative,
	// more was given back than the payment's amount, or one callback has amount
	// and paymentAmount with different values.
	AmountInconsistent bool `json:"amount_inconsistent"`
	// HoldOverdue: Whether the amount has been held for too long.
	HoldOverdue bool `json:"hold_overdue"`
	// EverPaid: Whether the amount was captured at any time, given back since or
	// not.
	EverPaid bool `json:"ever_paid"`
	// CreatedAt: When the payment was made.
	CreatedAt time.Time `json:"created_at"`
	// HeldAt: When the amount was held.
	HeldAt Optional[time.Time] `json:"held_at"`
	// PaidAt: When the payment succeeded.
	PaidAt Optional[time.Time] `json:"paid_at"`
	// LastRefundedAt: When captured money was last given back.
	LastRefundedAt Optional[time.Time] `json:"last_refunded_at"`
	// OutcomeAt: When the phase was first reported, by the provider's time.
	OutcomeAt Optional[time.Time] `json:"outcome_at"`
	// TakenReceivedAt: Earliest time at which a fact that reports HELD, PAID or
	// REFUNDED was received; null if none was. The journey's deadlines are judged
	// by it.
	TakenReceivedAt Optional[time.Time] `json:"taken_received_at"`
}

func (r *PaymentMember) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if r.CustomerID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CustomerID.Value); err != nil {
			return dst, at("customer_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Phase.appendTo(dst); err != nil {
		return dst, at("phase", err)
	}
	if r.AmountMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.AmountMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.GrossMinor)
	dst = appendLong(dst, r.RefundedMinor)
	dst = appendLong(dst, r.ReleasedMinor)
	if dst, err = appendString(dst, r.Currency); err != nil {
		return dst, at("currency", err)
	}
	dst = appendBool(dst, r.Conflict)
	dst = appendBool(dst, r.Regression)
	dst = appendBool(dst, r.AmountChanged)
	dst = appendBool(dst, r.AmountInconsistent)
	dst = appendBool(dst, r.HoldOverdue)
	dst = appendBool(dst, r.EverPaid)
	if dst, err = appendTime(dst, r.CreatedAt); err != nil {
		return dst, at("created_at", err)
	}
	if r.HeldAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.HeldAt.Value); err != nil {
			return dst, at("held_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PaidAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.PaidAt.Value); err != nil {
			return dst, at("paid_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LastRefundedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.LastRefundedAt.Value); err != nil {
			return dst, at("last_refunded_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.OutcomeAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.OutcomeAt.Value); err != nil {
			return dst, at("outcome_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.TakenReceivedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.TakenReceivedAt.Value); err != nil {
			return dst, at("taken_received_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *PaymentMember) decodeFrom(d *decoder) error {
	var err error
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.CustomerID.Set, err = d.isSet(); err != nil {
		return at("customer_id", err)
	}
	if r.CustomerID.Set {
		if r.CustomerID.Value, err = d.string(); err != nil {
			return at("customer_id", err)
		}
	}
	if r.Phase, err = decodePaymentPhase(d); err != nil {
		return at("phase", err)
	}
	if r.AmountMinor.Set, err = d.isSet(); err != nil {
		return at("amount_minor", err)
	}
	if r.AmountMinor.Set {
		if r.AmountMinor.Value, err = d.long(); err != nil {
			return at("amount_minor", err)
		}
	}
	if r.GrossMinor, err = d.long(); err != nil {
		return at("gross_minor", err)
	}
	if r.RefundedMinor, err = d.long(); err != nil {
		return at("refunded_minor", err)
	}
	if r.ReleasedMinor, err = d.long(); err != nil {
		return at("released_minor", err)
	}
	if r.Currency, err = d.string(); err != nil {
		return at("currency", err)
	}
	if r.Conflict, err = d.bool(); err != nil {
		return at("conflict", err)
	}
	if r.Regression, err = d.bool(); err != nil {
		return at("regression", err)
	}
	if r.AmountChanged, err = d.bool(); err != nil {
		return at("amount_changed", err)
	}
	if r.AmountInconsistent, err = d.bool(); err != nil {
		return at("amount_inconsistent", err)
	}
	if r.HoldOverdue, err = d.bool(); err != nil {
		return at("hold_overdue", err)
	}
	if r.EverPaid, err = d.bool(); err != nil {
		return at("ever_paid", err)
	}
	if r.CreatedAt, err = d.time(); err != nil {
		return at("created_at", err)
	}
	if r.HeldAt.Set, err = d.isSet(); err != nil {
		return at("held_at", err)
	}
	if r.HeldAt.Set {
		if r.HeldAt.Value, err = d.time(); err != nil {
			return at("held_at", err)
		}
	}
	if r.PaidAt.Set, err = d.isSet(); err != nil {
		return at("paid_at", err)
	}
	if r.PaidAt.Set {
		if r.PaidAt.Value, err = d.time(); err != nil {
			return at("paid_at", err)
		}
	}
	if r.LastRefundedAt.Set, err = d.isSet(); err != nil {
		return at("last_refunded_at", err)
	}
	if r.LastRefundedAt.Set {
		if r.LastRefundedAt.Value, err = d.time(); err != nil {
			return at("last_refunded_at", err)
		}
	}
	if r.OutcomeAt.Set, err = d.isSet(); err != nil {
		return at("outcome_at", err)
	}
	if r.OutcomeAt.Set {
		if r.OutcomeAt.Value, err = d.time(); err != nil {
			return at("outcome_at", err)
		}
	}
	if r.TakenReceivedAt.Set, err = d.isSet(); err != nil {
		return at("taken_received_at", err)
	}
	if r.TakenReceivedAt.Set {
		if r.TakenReceivedAt.Value, err = d.time(); err != nil {
			return at("taken_received_at", err)
		}
	}
	return nil
}

// VerificationMember: The fields of a verification that its journey shows or
// sums.
type VerificationMember struct {
	// Provider: lox24 or unibell.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// CustomerID: Customer id, as in enriched.verifications.v1.
	CustomerID Optional[string] `json:"customer_id"`
	// Country: Country of the phone, ISO 3166-1 alpha-2.
	Country Optional[string] `json:"country"`
	// FullBlock: The E.164 number without its last four digits, however few
	// numbers of it were seen; null if the number is not valid or privacy.block_k
	// is 0.
	FullBlock Optional[string] `json:"full_block"`
	// Area: The beginning of full_block that is the calling code and the national
	// destination code.
	Area Optional[string] `json:"area"`
	// Outcome: How it ended.
	Outcome VerificationOutcome `json:"outcome"`
	// DeliveredChannelRaw: The channel that delivered the code, as sent.
	DeliveredChannelRaw Optional[string] `json:"delivered_channel_raw"`
	// DeliveredChannel: The channel that delivered the code, normalised.
	DeliveredChannel Optional[Channel] `json:"delivered_channel"`
	// FirstChannel: The channel of the first attempt.
	FirstChannel Optional[Channel] `json:"first_channel"`
	// LastChannel: The channel of the last attempt.
	LastChannel Optional[Channel] `json:"last_channel"`
	// FailedAttempts: Number of attempts that ended without success.
	FailedAttempts int32 `json:"failed_attempts"`
	// ChannelSwitches: Number of attempts on another channel than the one before.
	ChannelSwitches int32 `json:"channel_switches"`
	// DurationMs: From order to outcome, in milliseconds.
	DurationMs Optional[int64] `json:"duration_ms"`
	// CostMinor: Cost in minor units of currency.
	CostMinor Optional[int64] `json:"cost_minor"`
	// Currency: ISO 4217 code of the cost.
	Currency Optional[string] `json:"currency"`
	// CreatedAt: When it was ordered, else its first event.
	CreatedAt time.Time `json:"created_at"`
	// OutcomeAt: When the outcome was reached.
	OutcomeAt Optional[time.Time] `json:"outcome_at"`
	// OutcomeReceivedAt: Earliest time at which a fact that reports the outcome
	// was received; null while there is none. The journey's deadlines are judged
	// by it.
	OutcomeReceivedAt Optional[time.Time] `json:"outcome_received_at"`
}

func (r *VerificationMember) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
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
	if r.FullBlock.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.FullBlock.Value); err != nil {
			return dst, at("full_block", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Area.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Area.Value); err != nil {
			return dst, at("area", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Outcome.appendTo(dst); err != nil {
		return dst, at("outcome", err)
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
	if r.LastChannel.Set {
		dst = append(dst, 2)
		if dst, err = r.LastChannel.Value.appendTo(dst); err != nil {
			return dst, at("last_channel", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, int64(r.FailedAttempts))
	dst = appendLong(dst, int64(r.ChannelSwitches))
	if r.DurationMs.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.DurationMs.Value)
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
	if r.OutcomeReceivedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.OutcomeReceivedAt.Value); err != nil {
			return dst, at("outcome_received_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VerificationMember) decodeFrom(d *decoder) error {
	var err error
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
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
	if r.FullBlock.Set, err = d.isSet(); err != nil {
		return at("full_block", err)
	}
	if r.FullBlock.Set {
		if r.FullBlock.Value, err = d.string(); err != nil {
			return at("full_block", err)
		}
	}
	if r.Area.Set, err = d.isSet(); err != nil {
		return at("area", err)
	}
	if r.Area.Set {
		if r.Area.Value, err = d.string(); err != nil {
			return at("area", err)
		}
	}
	if r.Outcome, err = decodeVerificationOutcome(d); err != nil {
		return at("outcome", err)
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
	if r.LastChannel.Set, err = d.isSet(); err != nil {
		return at("last_channel", err)
	}
	if r.LastChannel.Set {
		if r.LastChannel.Value, err = decodeChannel(d); err != nil {
			return at("last_channel", err)
		}
	}
	if r.FailedAttempts, err = d.int(); err != nil {
		return at("failed_attempts", err)
	}
	if r.ChannelSwitches, err = d.int(); err != nil {
		return at("channel_switches", err)
	}
	if r.DurationMs.Set, err = d.isSet(); err != nil {
		return at("duration_ms", err)
	}
	if r.DurationMs.Set {
		if r.DurationMs.Value, err = d.long(); err != nil {
			return at("duration_ms", err)
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
	if r.OutcomeReceivedAt.Set, err = d.isSet(); err != nil {
		return at("outcome_received_at", err)
	}
	if r.OutcomeReceivedAt.Set {
		if r.OutcomeReceivedAt.Value, err = d.time(); err != nil {
			return at("outcome_received_at", err)
		}
	}
	return nil
}
