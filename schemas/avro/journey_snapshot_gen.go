// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// JourneyMember: A verification, a payment or the events of a source that
// belong to the journey.
type JourneyMember struct {
	// ID: Key of the verification, the payment or the events.
	ID string `json:"id"`
	// Kind: What it is.
	Kind MemberKind `json:"kind"`
	// Provider: The provider that told of it.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Outcome: How a verification ended; null for payments.
	Outcome Optional[VerificationOutcome] `json:"outcome"`
	// ChannelRaw: The channel that delivered the code, as sent; null for payments.
	ChannelRaw Optional[string] `json:"channel_raw"`
	// Channel: The channel that delivered the code, normalised; null for payments.
	Channel Optional[Channel] `json:"channel"`
	// Fallbacks: Attempts that ended without success; null for payments.
	Fallbacks Optional[int32] `json:"fallbacks"`
	// DurationMs: From order to outcome, in milliseconds; null for payments.
	DurationMs Optional[int64] `json:"duration_ms"`
	// Phase: The phase of a payment; null for verifications.
	Phase Optional[PaymentPhase] `json:"phase"`
	// AmountMinor: Cost of a verification or amount of a payment, in minor units
	// of currency.
	AmountMinor Optional[int64] `json:"amount_minor"`
	// PaidAmountMinor: Amount that was paid, given back since or not, in minor
	// units of currency; null for verifications.
	PaidAmountMinor Optional[int64] `json:"paid_amount_minor"`
	// RefundedAmountMinor: Total given back so far of what was paid, in minor
	// units of currency; null for verifications.
	RefundedAmountMinor Optional[int64] `json:"refunded_amount_minor"`
	// ReleasedAmountMinor: Total given back so far of what was held and never
	// paid, in minor units of currency; null for verifications.
	ReleasedAmountMinor Optional[int64] `json:"released_amount_minor"`
	// Currency: ISO 4217 code.
	Currency Optional[string] `json:"currency"`
	// CreatedAt: When it was ordered or made.
	CreatedAt Optional[time.Time] `json:"created_at"`
	// OutcomeAt: When its outcome or phase was reached.
	OutcomeAt Optional[time.Time] `json:"outcome_at"`
}

func (r *JourneyMember) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.ID); err != nil {
		return dst, at("id", err)
	}
	if dst, err = r.Kind.appendTo(dst); err != nil {
		return dst, at("kind", err)
	}
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if r.Outcome.Set {
		dst = append(dst, 2)
		if dst, err = r.Outcome.Value.appendTo(dst); err != nil {
			return dst, at("outcome", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ChannelRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ChannelRaw.Value); err != nil {
			return dst, at("channel_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Channel.Set {
		dst = append(dst, 2)
		if dst, err = r.Channel.Value.appendTo(dst); err != nil {
			return dst, at("channel", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Fallbacks.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.Fallbacks.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.DurationMs.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.DurationMs.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Phase.Set {
		dst = append(dst, 2)
		if dst, err = r.Phase.Value.appendTo(dst); err != nil {
			return dst, at("phase", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AmountMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.AmountMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.PaidAmountMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.PaidAmountMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.RefundedAmountMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.RefundedAmountMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.ReleasedAmountMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.ReleasedAmountMinor.Value)
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
	if r.CreatedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.CreatedAt.Value); err != nil {
			return dst, at("created_at", err)
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
	return dst, nil
}

func decodeJourneyMember(d *decoder) (JourneyMember, error) {
	var r JourneyMember
	err := r.decodeFrom(d)
	return r, err
}

func (r *JourneyMember) decodeFrom(d *decoder) error {
	var err error
	if r.ID, err = d.string(); err != nil {
		return at("id", err)
	}
	if r.Kind, err = decodeMemberKind(d); err != nil {
		return at("kind", err)
	}
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Outcome.Set, err = d.isSet(); err != nil {
		return at("outcome", err)
	}
	if r.Outcome.Set {
		if r.Outcome.Value, err = decodeVerificationOutcome(d); err != nil {
			return at("outcome", err)
		}
	}
	if r.ChannelRaw.Set, err = d.isSet(); err != nil {
		return at("channel_raw", err)
	}
	if r.ChannelRaw.Set {
		if r.ChannelRaw.Value, err = d.string(); err != nil {
			return at("channel_raw", err)
		}
	}
	if r.Channel.Set, err = d.isSet(); err != nil {
		return at("channel", err)
	}
	if r.Channel.Set {
		if r.Channel.Value, err = decodeChannel(d); err != nil {
			return at("channel", err)
		}
	}
	if r.Fallbacks.Set, err = d.isSet(); err != nil {
		return at("fallbacks", err)
	}
	if r.Fallbacks.Set {
		if r.Fallbacks.Value, err = d.int(); err != nil {
			return at("fallbacks", err)
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
	if r.Phase.Set, err = d.isSet(); err != nil {
		return at("phase", err)
	}
	if r.Phase.Set {
		if r.Phase.Value, err = decodePaymentPhase(d); err != nil {
			return at("phase", err)
		}
	}
	if r.AmountMinor.Set, err = d.isSet(); err != nil {
		return at("amount_minor", err)
	}
	if r.AmountMinor.Set {
		if r.AmountMinor.Value, err = d.long(); err != nil {
			return at("amount_minor", err)
		}
	}
	if r.PaidAmountMinor.Set, err = d.isSet(); err != nil {
		return at("paid_amount_minor", err)
	}
	if r.PaidAmountMinor.Set {
		if r.PaidAmountMinor.Value, err = d.long(); err != nil {
			return at("paid_amount_minor", err)
		}
	}
	if r.RefundedAmountMinor.Set, err = d.isSet(); err != nil {
		return at("refunded_amount_minor", err)
	}
	if r.RefundedAmountMinor.Set {
		if r.RefundedAmountMinor.Value, err = d.long(); err != nil {
			return at("refunded_amount_minor", err)
		}
	}
	if r.ReleasedAmountMinor.Set, err = d.isSet(); err != nil {
		return at("released_amount_minor", err)
	}
	if r.ReleasedAmountMinor.Set {
		if r.ReleasedAmountMinor.Value, err = d.long(); err != nil {
			return at("released_amount_minor", err)
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
	if r.CreatedAt.Set, err = d.isSet(); err != nil {
		return at("created_at", err)
	}
	if r.CreatedAt.Set {
		if r.CreatedAt.Value, err = d.time(); err != nil {
			return at("created_at", err)
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
	return nil
}

// JourneyMissing is a string with documented values.
type JourneyMissing string

// The values of JourneyMissing; the zero value is written as UNKNOWN.
const (
	// JourneyMissingUnknown: a value that this version does not know.
	JourneyMissingUnknown JourneyMissing = "UNKNOWN"
	// JourneyMissingNone: nothing is missing, or the deadline is not over.
	JourneyMissingNone JourneyMissing = "NONE"
	// JourneyMissingPayment: verified, neither paid nor held.
	JourneyMissingPayment JourneyMissing = "PAYMENT"
	// JourneyMissingVerification: paid or held without verification.
	JourneyMissingVerification JourneyMissing = "VERIFICATION"
)

func (v JourneyMissing) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = JourneyMissingUnknown
	}
	return appendString(dst, string(v))
}

func decodeJourneyMissing(d *decoder) (JourneyMissing, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return JourneyMissingUnknown, nil
	case "NONE":
		return JourneyMissingNone, nil
	case "PAYMENT":
		return JourneyMissingPayment, nil
	case "VERIFICATION":
		return JourneyMissingVerification, nil
	}
	s, err := newValue(b)
	return JourneyMissing(s), err
}

// JourneyOutcome is a string with documented values.
type JourneyOutcome string

// The values of JourneyOutcome; the zero value is written as UNKNOWN.
const (
	// JourneyOutcomeUnknown: cannot be determined, because a verification's
	// outcome is unknown.
	JourneyOutcomeUnknown JourneyOutcome = "UNKNOWN"
	// JourneyOutcomeComplete: verified and paid.
	JourneyOutcomeComplete JourneyOutcome = "COMPLETE"
	// JourneyOutcomeHeld: a payment is authorised, none is captured.
	JourneyOutcomeHeld JourneyOutcome = "HELD"
	// JourneyOutcomeInProgress: neither complete nor at a deadline.
	JourneyOutcomeInProgress JourneyOutcome = "IN_PROGRESS"
	// JourneyOutcomePaidNotVerified: paid, not verified by the deadline.
	JourneyOutcomePaidNotVerified JourneyOutcome = "PAID_NOT_VERIFIED"
	// JourneyOutcomeRefunded: no payment is paid; the money was given back or a
	// hold was released.
	JourneyOutcomeRefunded JourneyOutcome = "REFUNDED"
	// JourneyOutcomeRefused: no payment is paid or held, the newest one was
	// refused.
	JourneyOutcomeRefused JourneyOutcome = "REFUSED"
	// JourneyOutcomeVerificationExpired: no outcome of the verification by its
	// deadline.
	JourneyOutcomeVerificationExpired JourneyOutcome = "VERIFICATION_EXPIRED"
	// JourneyOutcomeVerificationFailed: the verification failed.
	JourneyOutcomeVerificationFailed JourneyOutcome = "VERIFICATION_FAILED"
	// JourneyOutcomeVerifiedNotPaid: verified, not paid by the deadline.
	JourneyOutcomeVerifiedNotPaid JourneyOutcome = "VERIFIED_NOT_PAID"
)

func (v JourneyOutcome) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = JourneyOutcomeUnknown
	}
	return appendString(dst, string(v))
}

func decodeJourneyOutcome(d *decoder) (JourneyOutcome, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return JourneyOutcomeUnknown, nil
	case "COMPLETE":
		return JourneyOutcomeComplete, nil
	case "HELD":
		return JourneyOutcomeHeld, nil
	case "IN_PROGRESS":
		return JourneyOutcomeInProgress, nil
	case "PAID_NOT_VERIFIED":
		return JourneyOutcomePaidNotVerified, nil
	case "REFUNDED":
		return JourneyOutcomeRefunded, nil
	case "REFUSED":
		return JourneyOutcomeRefused, nil
	case "VERIFICATION_EXPIRED":
		return JourneyOutcomeVerificationExpired, nil
	case "VERIFICATION_FAILED":
		return JourneyOutcomeVerificationFailed, nil
	case "VERIFIED_NOT_PAID":
		return JourneyOutcomeVerifiedNotPaid, nil
	}
	s, err := newValue(b)
	return JourneyOutcome(s), err
}

// JourneySnapshot: What became of one correlation id: all its verifications and
// payments after all facts known so far; the last record of a key replaces the
// earlier ones.
type JourneySnapshot struct {
	// CorrelationID: Correlation id, as the company gave it; one that does not
	// look like an id is a pseudonym, phone: or hmac:.
	CorrelationID string `json:"correlation_id"`
	// Namespace: Namespace of the correlation id; null if its sources have none.
	Namespace Optional[string] `json:"namespace"`
	// Outcome: What became of it.
	Outcome JourneyOutcome `json:"outcome"`
	// Missing: What was missing by the deadline.
	Missing JourneyMissing `json:"missing"`
	// Deadline: When the payment or verification that is awaited counts, or began
	// to count, as missing; null if nothing is awaited.
	Deadline Optional[time.Time] `json:"deadline"`
	// Late: Whether the payment (or the verification, where the payment came
	// first) was received after the deadline.
	Late bool `json:"late"`
	// LatenessMs: How long after the deadline it was received, in milliseconds;
	// null if not late.
	LatenessMs Optional[int64] `json:"lateness_ms"`
	// Verified: Whether a verification succeeded.
	Verified bool `json:"verified"`
	// VerifiedAt: When the first verification succeeded.
	VerifiedAt Optional[time.Time] `json:"verified_at"`
	// VerificationChannelRaw: The channel that delivered the code of that
	// verification, as sent.
	VerificationChannelRaw Optional[string] `json:"verification_channel_raw"`
	// VerificationChannel: That channel, normalised.
	VerificationChannel Optional[Channel] `json:"verification_channel"`
	// VerificationFallbacks: Attempts without success over all verifications.
	VerificationFallbacks int32 `json:"verification_fallbacks"`
	// VerificationDurationMs: Duration of the verification that succeeded first,
	// in milliseconds.
	VerificationDurationMs Optional[int64] `json:"verification_duration_ms"`
	// VerificationExpired: Whether a verification expired and none succeeded.
	VerificationExpired bool `json:"verification_expired"`
	// VerificationCostMinor: Cost of all verifications in minor units of
	// verification_currency; 0 if currencies differ.
	VerificationCostMinor int64 `json:"verification_cost_minor"`
	// VerificationCurrency: ISO 4217 code of the cost; null if there is none or
	// they differ.
	VerificationCurrency Optional[string] `json:"verification_currency"`
	// Paid: Whether a payment is paid and not given back whole.
	Paid bool `json:"paid"`
	// Held: Whether a payment is held.
	Held bool `json:"held"`
	// Refused: Whether a payment was refused.
	Refused bool `json:"refused"`
	// Refunded: Whether money that was paid was given back, in part or whole.
	Refunded bool `json:"refunded"`
	// Released: Whether money that was held and never paid was given back, in part
	// or whole.
	Released bool `json:"released"`
	// PaidAt: When the first payment was paid, given back since or not.
	PaidAt Optional[time.Time] `json:"paid_at"`
	// PaidAmountMinor: Sum of the amounts that were paid, given back since or not,
	// in minor units of currency; 0 if currencies differ.
	PaidAmountMinor int64 `json:"paid_amount_minor"`
	// HeldAmountMinor: Sum of the amounts held now, in minor units of currency; 0
	// if currencies differ.
	HeldAmountMinor int64 `json:"held_amount_minor"`
	// RefusedAmountMinor: Sum of the amounts refused, in minor units of currency;
	// 0 if currencies differ.
	RefusedAmountMinor int64 `json:"refused_amount_minor"`
	// RefundedAmountMinor: Sum of what was given back of amounts that were paid,
	// in minor units of currency; 0 if currencies differ.
	RefundedAmountMinor int64 `json:"refunded_amount_minor"`
	// ReleasedAmountMinor: Sum of what was given back of amounts that were held
	// and never paid, in minor units of currency; 0 if currencies differ.
	ReleasedAmountMinor int64 `json:"released_amount_minor"`
	// Currency: ISO 4217 code of the sums; null if there is none or they differ.
	Currency Optional[string] `json:"currency"`
	// VerificationToPaymentMs: From the first success of a verification to the
	// first payment paid or held, in milliseconds; negative if paid first.
	VerificationToPaymentMs Optional[int64] `json:"verification_to_payment_ms"`
	// Conflict: Whether a payment was told both paid and refused; see conflict of
	// enriched.payments.v1.
	Conflict bool `json:"conflict"`
	// Regression: Whether a payment's phase went backwards.
	Regression bool `json:"regression"`
	// AmountChanged: Whether a payment's amount or currency changed.
	AmountChanged bool `json:"amount_changed"`
	// AmountInconsistent: Whether a payment's amounts contradict each other, or a
	// sum is larger than a long holds and the largest long stands for it.
	AmountInconsistent bool `json:"amount_inconsistent"`
	// HoldOverdue: Whether a payment has been held for too long.
	HoldOverdue bool `json:"hold_overdue"`
	// Verifications: Number of verifications.
	Verifications int32 `json:"verifications"`
	// VerificationsPending: Number of verifications without an outcome.
	VerificationsPending int32 `json:"verifications_pending"`
	// VerificationsSucceeded: Number of verifications that succeeded.
	VerificationsSucceeded int32 `json:"verifications_succeeded"`
	// VerificationsFailed: Number of verifications that failed or ended in an
	// error.
	VerificationsFailed int32 `json:"verifications_failed"`
	// VerificationsExpired: Number of verifications that expired.
	VerificationsExpired int32 `json:"verifications_expired"`
	// Payments: Number of payments.
	Payments int32 `json:"payments"`
	// PaymentsPending: Number of payments that are new, pending, or of a phase
	// that is not known.
	PaymentsPending int32 `json:"payments_pending"`
	// PaymentsHeld: Number of payments held now.
	PaymentsHeld int32 `json:"payments_held"`
	// PaymentsPaid: Number of payments paid and not given back whole; paid is
	// whether there is any.
	PaymentsPaid int32 `json:"payments_paid"`
	// PaymentsRefused: Number of payments refused.
	PaymentsRefused int32 `json:"payments_refused"`
	// PaymentsRefunded: Number of payments given back whole, holds that were
	// released included. With pending, held, paid and refused it makes the number
	// of payments.
	PaymentsRefunded int32 `json:"payments_refunded"`
	// MilestoneMembers: Number of members that are the events of a source.
	MilestoneMembers int32 `json:"milestone_members"`
	// Milestones: What further senders reported for the correlation id, one
	// element for each source and type of event, by first time, source and type.
	// They do not change the outcome. Of the listed members only.
	Milestones []Milestone `json:"milestones"`
	// Members: The members, by time and id, at most 50.
	Members []JourneyMember `json:"members"`
	// Truncated: Whether there are more members than listed; counts and sums are
	// over all.
	Truncated bool `json:"truncated"`
	// Revision: Number of this snapshot of the key, from 1.
	Revision int64 `json:"revision"`
	// Facts: Number of distinct facts applied.
	Facts int64 `json:"facts"`
	// ChangedBy: What changed it.
	ChangedBy Change `json:"changed_by"`
	// FirstEventAt: First event of any member, by the provider's time where it
	// sends one.
	FirstEventAt Optional[time.Time] `json:"first_event_at"`
	// LastEventAt: Last event of any member, by the provider's time where it sends
	// one.
	LastEventAt Optional[time.Time] `json:"last_event_at"`
	// ProcessedAt: When the processor made this snapshot.
	ProcessedAt time.Time `json:"processed_at"`
	// Assurance: The weakest assurance of the facts.
	Assurance Assurance `json:"assurance"`
}

// Schema returns the name of the .avsc file.
func (*JourneySnapshot) Schema() string { return "enriched.journeys.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError; what was
// appended until then is of no use.
func (r *JourneySnapshot) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *JourneySnapshot) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = JourneySnapshot{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *JourneySnapshot) appendTo(dst []byte) ([]byte, error) {
	var err error
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
	if dst, err = r.Outcome.appendTo(dst); err != nil {
		return dst, at("outcome", err)
	}
	if dst, err = r.Missing.appendTo(dst); err != nil {
		return dst, at("missing", err)
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
	dst = appendBool(dst, r.Verified)
	if r.VerifiedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.VerifiedAt.Value); err != nil {
			return dst, at("verified_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.VerificationChannelRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.VerificationChannelRaw.Value); err != nil {
			return dst, at("verification_channel_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.VerificationChannel.Set {
		dst = append(dst, 2)
		if dst, err = r.VerificationChannel.Value.appendTo(dst); err != nil {
			return dst, at("verification_channel", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, int64(r.VerificationFallbacks))
	if r.VerificationDurationMs.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.VerificationDurationMs.Value)
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.VerificationExpired)
	dst = appendLong(dst, r.VerificationCostMinor)
	if r.VerificationCurrency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.VerificationCurrency.Value); err != nil {
			return dst, at("verification_currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.Paid)
	dst = appendBool(dst, r.Held)
	dst = appendBool(dst, r.Refused)
	dst = appendBool(dst, r.Refunded)
	dst = appendBool(dst, r.Released)
	if r.PaidAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.PaidAt.Value); err != nil {
			return dst, at("paid_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.PaidAmountMinor)
	dst = appendLong(dst, r.HeldAmountMinor)
	dst = appendLong(dst, r.RefusedAmountMinor)
	dst = appendLong(dst, r.RefundedAmountMinor)
	dst = appendLong(dst, r.ReleasedAmountMinor)
	if r.Currency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Currency.Value); err != nil {
			return dst, at("currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.VerificationToPaymentMs.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.VerificationToPaymentMs.Value)
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.Conflict)
	dst = appendBool(dst, r.Regression)
	dst = appendBool(dst, r.AmountChanged)
	dst = appendBool(dst, r.AmountInconsistent)
	dst = appendBool(dst, r.HoldOverdue)
	dst = appendLong(dst, int64(r.Verifications))
	dst = appendLong(dst, int64(r.VerificationsPending))
	dst = appendLong(dst, int64(r.VerificationsSucceeded))
	dst = appendLong(dst, int64(r.VerificationsFailed))
	dst = appendLong(dst, int64(r.VerificationsExpired))
	dst = appendLong(dst, int64(r.Payments))
	dst = appendLong(dst, int64(r.PaymentsPending))
	dst = appendLong(dst, int64(r.PaymentsHeld))
	dst = appendLong(dst, int64(r.PaymentsPaid))
	dst = appendLong(dst, int64(r.PaymentsRefused))
	dst = appendLong(dst, int64(r.PaymentsRefunded))
	dst = appendLong(dst, int64(r.MilestoneMembers))
	if n := len(r.Milestones); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Milestones {
			if dst, err = r.Milestones[i].appendTo(dst); err != nil {
				return dst, at("milestones", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.Members); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Members {
			if dst, err = r.Members[i].appendTo(dst); err != nil {
				return dst, at("members", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	dst = appendBool(dst, r.Truncated)
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

func (r *JourneySnapshot) decodeFrom(d *decoder) error {
	var err error
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
	if r.Outcome, err = decodeJourneyOutcome(d); err != nil {
		return at("outcome", err)
	}
	if r.Missing, err = decodeJourneyMissing(d); err != nil {
		return at("missing", err)
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
	if r.Verified, err = d.bool(); err != nil {
		return at("verified", err)
	}
	if r.VerifiedAt.Set, err = d.isSet(); err != nil {
		return at("verified_at", err)
	}
	if r.VerifiedAt.Set {
		if r.VerifiedAt.Value, err = d.time(); err != nil {
			return at("verified_at", err)
		}
	}
	if r.VerificationChannelRaw.Set, err = d.isSet(); err != nil {
		return at("verification_channel_raw", err)
	}
	if r.VerificationChannelRaw.Set {
		if r.VerificationChannelRaw.Value, err = d.string(); err != nil {
			return at("verification_channel_raw", err)
		}
	}
	if r.VerificationChannel.Set, err = d.isSet(); err != nil {
		return at("verification_channel", err)
	}
	if r.VerificationChannel.Set {
		if r.VerificationChannel.Value, err = decodeChannel(d); err != nil {
			return at("verification_channel", err)
		}
	}
	if r.VerificationFallbacks, err = d.int(); err != nil {
		return at("verification_fallbacks", err)
	}
	if r.VerificationDurationMs.Set, err = d.isSet(); err != nil {
		return at("verification_duration_ms", err)
	}
	if r.VerificationDurationMs.Set {
		if r.VerificationDurationMs.Value, err = d.long(); err != nil {
			return at("verification_duration_ms", err)
		}
	}
	if r.VerificationExpired, err = d.bool(); err != nil {
		return at("verification_expired", err)
	}
	if r.VerificationCostMinor, err = d.long(); err != nil {
		return at("verification_cost_minor", err)
	}
	if r.VerificationCurrency.Set, err = d.isSet(); err != nil {
		return at("verification_currency", err)
	}
	if r.VerificationCurrency.Set {
		if r.VerificationCurrency.Value, err = d.string(); err != nil {
			return at("verification_currency", err)
		}
	}
	if r.Paid, err = d.bool(); err != nil {
		return at("paid", err)
	}
	if r.Held, err = d.bool(); err != nil {
		return at("held", err)
	}
	if r.Refused, err = d.bool(); err != nil {
		return at("refused", err)
	}
	if r.Refunded, err = d.bool(); err != nil {
		return at("refunded", err)
	}
	if r.Released, err = d.bool(); err != nil {
		return at("released", err)
	}
	if r.PaidAt.Set, err = d.isSet(); err != nil {
		return at("paid_at", err)
	}
	if r.PaidAt.Set {
		if r.PaidAt.Value, err = d.time(); err != nil {
			return at("paid_at", err)
		}
	}
	if r.PaidAmountMinor, err = d.long(); err != nil {
		return at("paid_amount_minor", err)
	}
	if r.HeldAmountMinor, err = d.long(); err != nil {
		return at("held_amount_minor", err)
	}
	if r.RefusedAmountMinor, err = d.long(); err != nil {
		return at("refused_amount_minor", err)
	}
	if r.RefundedAmountMinor, err = d.long(); err != nil {
		return at("refunded_amount_minor", err)
	}
	if r.ReleasedAmountMinor, err = d.long(); err != nil {
		return at("released_amount_minor", err)
	}
	if r.Currency.Set, err = d.isSet(); err != nil {
		return at("currency", err)
	}
	if r.Currency.Set {
		if r.Currency.Value, err = d.string(); err != nil {
			return at("currency", err)
		}
	}
	if r.VerificationToPaymentMs.Set, err = d.isSet(); err != nil {
		return at("verification_to_payment_ms", err)
	}
	if r.VerificationToPaymentMs.Set {
		if r.VerificationToPaymentMs.Value, err = d.long(); err != nil {
			return at("verification_to_payment_ms", err)
		}
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
	if r.Verifications, err = d.int(); err != nil {
		return at("verifications", err)
	}
	if r.VerificationsPending, err = d.int(); err != nil {
		return at("verifications_pending", err)
	}
	if r.VerificationsSucceeded, err = d.int(); err != nil {
		return at("verifications_succeeded", err)
	}
	if r.VerificationsFailed, err = d.int(); err != nil {
		return at("verifications_failed", err)
	}
	if r.VerificationsExpired, err = d.int(); err != nil {
		return at("verifications_expired", err)
	}
	if r.Payments, err = d.int(); err != nil {
		return at("payments", err)
	}
	if r.PaymentsPending, err = d.int(); err != nil {
		return at("payments_pending", err)
	}
	if r.PaymentsHeld, err = d.int(); err != nil {
		return at("payments_held", err)
	}
	if r.PaymentsPaid, err = d.int(); err != nil {
		return at("payments_paid", err)
	}
	if r.PaymentsRefused, err = d.int(); err != nil {
		return at("payments_refused", err)
	}
	if r.PaymentsRefunded, err = d.int(); err != nil {
		return at("payments_refunded", err)
	}
	if r.MilestoneMembers, err = d.int(); err != nil {
		return at("milestone_members", err)
	}
	if r.Milestones, err = decodeArray(d, 5, decodeMilestone); err != nil {
		return at("milestones", err)
	}
	if r.Members, err = decodeArray(d, 17, decodeJourneyMember); err != nil {
		return at("members", err)
	}
	if r.Truncated, err = d.bool(); err != nil {
		return at("truncated", err)
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

// MemberKind is a string with documented values.
type MemberKind string

// The values of MemberKind; the zero value is written as UNKNOWN.
const (
	// MemberKindUnknown: a value that this version does not know.
	MemberKindUnknown MemberKind = "UNKNOWN"
	// MemberKindMilestone: events of one type of a further sender.
	MemberKindMilestone MemberKind = "MILESTONE"
	// MemberKindPayment: a payment.
	MemberKindPayment MemberKind = "PAYMENT"
	// MemberKindVerification: a verification.
	MemberKindVerification MemberKind = "VERIFICATION"
)

func (v MemberKind) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = MemberKindUnknown
	}
	return appendString(dst, string(v))
}

func decodeMemberKind(d *decoder) (MemberKind, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return MemberKindUnknown, nil
	case "MILESTONE":
		return MemberKindMilestone, nil
	case "PAYMENT":
		return MemberKindPayment, nil
	case "VERIFICATION":
		return MemberKindVerification, nil
	}
	s, err := newValue(b)
	return MemberKind(s), err
}
