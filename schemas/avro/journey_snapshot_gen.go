// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// JourneyMember: A verification, a payment or the events of a source that
// belong to the journey.
type JourneyMember struct {
	// ID: Key of the verification, the payment or the events.
	ID string `json:"id"`
	// Kind: Kind of the member.
	Kind MemberKind `json:"kind"`
	// Provider: The provider that reported it.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Outcome: How a verification ended; null for payments.
	Outcome Optional[VerificationOutcome] `json:"outcome"`
	// DeliveredChannelRaw: The channel that delivered the code, as sent; null for
	// payments.
	DeliveredChannelRaw Optional[string] `json:"delivered_channel_raw"`
	// DeliveredChannel: The channel that delivered the code, normalised; null for
	// payments.
	DeliveredChannel Optional[Channel] `json:"delivered_channel"`
	// FailedAttempts: Attempts that ended without success; null for payments.
	FailedAttempts Optional[int32] `json:"failed_attempts"`
	// ChannelSwitches: Attempts on another channel than the one before; null for
	// payments.
	ChannelSwitches Optional[int32] `json:"channel_switches"`
	// DurationMs: From order to outcome, in milliseconds; null for payments.
	DurationMs Optional[int64] `json:"duration_ms"`
	// Phase: The phase of a payment; null for verifications.
	Phase Optional[PaymentPhase] `json:"phase"`
	// CostMinor: Cost of a verification in minor units of currency; null for
	// payments.
	CostMinor Optional[int64] `json:"cost_minor"`
	// AmountMinor: Amount of a payment in minor units of currency, paid or not;
	// null for verifications.
	AmountMinor Optional[int64] `json:"amount_minor"`
	// GrossMinor: Amount captured, given back since or not, in minor units of
	// currency; null for verifications.
	GrossMinor Optional[int64] `json:"gross_minor"`
	// RefundedMinor: Total of captured money given back so far, in minor units of
	// currency; null for verifications.
	RefundedMinor Optional[int64] `json:"refunded_minor"`
	// ReleasedMinor: Total of held, never captured money given back so far, in
	// minor units of currency; null for verifications.
	ReleasedMinor Optional[int64] `json:"released_minor"`
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
	if r.FailedAttempts.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.FailedAttempts.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.ChannelSwitches.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.ChannelSwitches.Value))
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
	if r.CostMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.AmountMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.AmountMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.GrossMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.GrossMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.RefundedMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.RefundedMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.ReleasedMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.ReleasedMinor.Value)
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
	if r.FailedAttempts.Set, err = d.isSet(); err != nil {
		return at("failed_attempts", err)
	}
	if r.FailedAttempts.Set {
		if r.FailedAttempts.Value, err = d.int(); err != nil {
			return at("failed_attempts", err)
		}
	}
	if r.ChannelSwitches.Set, err = d.isSet(); err != nil {
		return at("channel_switches", err)
	}
	if r.ChannelSwitches.Set {
		if r.ChannelSwitches.Value, err = d.int(); err != nil {
			return at("channel_switches", err)
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
	if r.CostMinor.Set, err = d.isSet(); err != nil {
		return at("cost_minor", err)
	}
	if r.CostMinor.Set {
		if r.CostMinor.Value, err = d.long(); err != nil {
			return at("cost_minor", err)
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
	if r.GrossMinor.Set, err = d.isSet(); err != nil {
		return at("gross_minor", err)
	}
	if r.GrossMinor.Set {
		if r.GrossMinor.Value, err = d.long(); err != nil {
			return at("gross_minor", err)
		}
	}
	if r.RefundedMinor.Set, err = d.isSet(); err != nil {
		return at("refunded_minor", err)
	}
	if r.RefundedMinor.Set {
		if r.RefundedMinor.Value, err = d.long(); err != nil {
			return at("refunded_minor", err)
		}
	}
	if r.ReleasedMinor.Set, err = d.isSet(); err != nil {
		return at("released_minor", err)
	}
	if r.ReleasedMinor.Set {
		if r.ReleasedMinor.Value, err = d.long(); err != nil {
			return at("released_minor", err)
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
	// JourneyOutcomeRefunded: no payment is paid or held, and captured money was
	// given back whole.
	JourneyOutcomeRefunded JourneyOutcome = "REFUNDED"
	// JourneyOutcomeRefused: no payment is paid, held or pending, one was refused,
	// and no deadline for money has passed.
	JourneyOutcomeRefused JourneyOutcome = "REFUSED"
	// JourneyOutcomeReleased: no payment is paid, held or given back after a
	// capture, and a hold was released.
	JourneyOutcomeReleased JourneyOutcome = "RELEASED"
	// JourneyOutcomeVerificationExpired: no outcome of the verification by its
	// deadline.
	JourneyOutcomeVerificationExpired JourneyOutcome = "VERIFICATION_EXPIRED"
	// JourneyOutcomeVerificationFailed: the verification failed.
	JourneyOutcomeVerificationFailed JourneyOutcome = "VERIFICATION_FAILED"
	// JourneyOutcomeVerifiedNotPaid: verified, and no money held or paid by the
	// deadline: the same journeys as missing = PAYMENT, those with a refused
	// payment included.
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
	case "RELEASED":
		return JourneyOutcomeReleased, nil
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

// JourneySnapshot: One row is one state of one journey: all verifications and
// payments of one correlation id in one namespace, after all facts known so
// far. The topic has every state until compaction; the row of the highest
// revision replaces all others of its journey_id, and a tombstone (no value)
// ends it. Rows are kept 400 days after the last change. Amounts are sums over
// all members; they are null, and mixed_currencies is set, where members differ
// in the currency: then use enriched.payments.v1. Verified and never paid by
// the deadline is outcome = 'VERIFIED_NOT_PAID' (the same rows as missing =
// 'PAYMENT'); do not use verified AND NOT paid for it, which also has holds,
// refunds and journeys before their deadline. A payment or verification with
// several correlation ids is in the journey of each and counts in each: for a
// total over all journeys add up enriched.payments.v1. Do not sum over members:
// each is a row of enriched.verifications.v1 or enriched.payments.v1.
type JourneySnapshot struct {
	// JourneyID: The Kafka key: the correlation id, after the namespace and a
	// colon where there is a namespace. So order 17 of two shops is two journeys.
	JourneyID string `json:"journey_id"`
	// CorrelationID: Correlation id, as the company gave it; one that does not
	// look like an id is a pseudonym, phone: or hmac:. Not unique: two namespaces
	// may have the same, see journey_id.
	CorrelationID string `json:"correlation_id"`
	// Namespace: Namespace of the correlation id; null if its sources have none.
	Namespace Optional[string] `json:"namespace"`
	// CustomerID: Customer: the id of a pseudonym key, a colon and 64 hexadecimal
	// digits of the HMAC of the phone's E.164 digits. Equal in all topics for one
	// phone under one key. It is that of the verification that succeeded first,
	// else of the first listed verification that has one, else of the first listed
	// payment that has one (its correlation id is a phone). Null if no member has
	// one.
	CustomerID Optional[string] `json:"customer_id"`
	// Customers: Number of distinct customer ids of the listed members: more than
	// 1 if phones differ, or if pseudonym keys changed between the members. 0 if
	// customer_id is null.
	Customers int32 `json:"customers"`
	// Country: Country of the phone of the verification that succeeded first, else
	// of the first verification, ISO 3166-1 alpha-2; null if that is not known.
	Country Optional[string] `json:"country"`
	// Outcome: Result of the journey so far: the first that holds of COMPLETE or
	// PAID_NOT_VERIFIED, HELD, REFUNDED, RELEASED, VERIFIED_NOT_PAID, REFUSED,
	// IN_PROGRESS, VERIFICATION_EXPIRED, VERIFICATION_FAILED, UNKNOWN.
	Outcome JourneyOutcome `json:"outcome"`
	// Missing: Member that was missing at the deadline and still is; one that came
	// after the deadline is late, not missing.
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
	// CreatedAt: When the journey began: the earliest created_at of its members.
	// Never null.
	CreatedAt time.Time `json:"created_at"`
	// Verified: Whether a verification succeeded.
	Verified bool `json:"verified"`
	// VerifiedAt: Provider's time of the first success; null if none.
	VerifiedAt Optional[time.Time] `json:"verified_at"`
	// VerificationProvider: Provider of the verification that succeeded first,
	// else of the first verification; null if there is none.
	VerificationProvider Optional[string] `json:"verification_provider"`
	// VerificationSource: Id of the configured source of that verification.
	VerificationSource Optional[string] `json:"verification_source"`
	// FirstChannel: Channel of the first attempt of that verification; null if no
	// attempt is known.
	FirstChannel Optional[Channel] `json:"first_channel"`
	// LastChannel: Channel of the last attempt of that verification.
	LastChannel Optional[Channel] `json:"last_channel"`
	// DeliveredChannelRaw: That channel, as sent.
	DeliveredChannelRaw Optional[string] `json:"delivered_channel_raw"`
	// DeliveredChannel: The channel that delivered the code of the verification
	// that succeeded first, normalised; null if none succeeded.
	DeliveredChannel Optional[Channel] `json:"delivered_channel"`
	// FailedAttempts: Attempts without success over all verifications.
	FailedAttempts int32 `json:"failed_attempts"`
	// ChannelSwitches: Fallbacks over all verifications: attempts on another
	// channel than the one before.
	ChannelSwitches int32 `json:"channel_switches"`
	// VerificationDurationMs: Duration of the verification that succeeded first,
	// from its order, in milliseconds; null if none did. Earlier verifications
	// that failed are not in it.
	VerificationDurationMs Optional[int64] `json:"verification_duration_ms"`
	// VerificationExpired: Whether a verification expired and none succeeded.
	VerificationExpired bool `json:"verification_expired"`
	// CostMinor: Cost of all verifications in minor units of cost_currency; 0 if
	// none has a cost, null if currencies differ.
	CostMinor Optional[int64] `json:"cost_minor"`
	// CostCurrency: ISO 4217 code of the cost; null if there is none or currencies
	// differ.
	CostCurrency Optional[string] `json:"cost_currency"`
	// Paid: Whether a payment is paid now: captured, and not given back whole. A
	// hold, a whole refund and a journey before its deadline are all NOT paid.
	Paid bool `json:"paid"`
	// EverPaid: Whether a payment was captured at any time, given back since or
	// not.
	EverPaid bool `json:"ever_paid"`
	// Held: Whether a payment is held.
	Held bool `json:"held"`
	// Refused: Whether a payment was refused.
	Refused bool `json:"refused"`
	// Refund: Which part of the captured amounts was given back; FULL if no
	// payment is paid now. A hold that was released is NONE.
	Refund Refund `json:"refund"`
	// Released: Whether money that was held and never captured was given back, in
	// part or whole.
	Released bool `json:"released"`
	// PaidAt: When the first payment was captured, given back since or not; null
	// if and only if ever_paid is false.
	PaidAt Optional[time.Time] `json:"paid_at"`
	// LastRefundedAt: When captured money was last given back; null if refund is
	// NONE.
	LastRefundedAt Optional[time.Time] `json:"last_refunded_at"`
	// PaymentProvider: Provider of the payment that was captured first, else of
	// the first payment; null if there is none.
	PaymentProvider Optional[string] `json:"payment_provider"`
	// PaymentSource: Id of the configured source of that payment.
	PaymentSource Optional[string] `json:"payment_source"`
	// GrossMinor: Sum of the amounts captured, given back since or not, in minor
	// units of currency; 0 if there is none, null if currencies differ.
	GrossMinor Optional[int64] `json:"gross_minor"`
	// HeldMinor: Sum of the amounts held now, in minor units of currency; 0 if
	// there is none, null if currencies differ.
	HeldMinor Optional[int64] `json:"held_minor"`
	// RefusedMinor: Sum of the amounts refused, in minor units of currency; 0 if
	// there is none, null if currencies differ.
	RefusedMinor Optional[int64] `json:"refused_minor"`
	// RefundedMinor: Sum of captured money given back, in minor units of currency;
	// 0 if there is none, null if currencies differ.
	RefundedMinor Optional[int64] `json:"refunded_minor"`
	// NetMinor: gross_minor less refunded_minor: revenue, in minor units of
	// currency; 0 if there is none, null if currencies differ.
	NetMinor Optional[int64] `json:"net_minor"`
	// ReleasedMinor: Sum of held, never captured money given back, in minor units
	// of currency; 0 if there is none, null if currencies differ.
	ReleasedMinor Optional[int64] `json:"released_minor"`
	// Currency: ISO 4217 code of the amounts; null if there is no payment or
	// currencies differ.
	Currency Optional[string] `json:"currency"`
	// MixedCurrencies: Whether payments, or costs of verifications, are in several
	// currencies: those amounts are then null.
	MixedCurrencies bool `json:"mixed_currencies"`
	// VerifiedToHeldMs: From verified_at to the first hold, by the clocks of two
	// providers, in milliseconds. Payments without a hold are not in it; null if
	// nothing was held, or the first hold came before.
	VerifiedToHeldMs Optional[int64] `json:"verified_to_held_ms"`
	// VerifiedToCapturedMs: From verified_at to the first capture, by the clocks
	// of two providers, in milliseconds: the time of a hold is in it. Null if
	// nothing was captured, or the first capture came before.
	VerifiedToCapturedMs Optional[int64] `json:"verified_to_captured_ms"`
	// Conflict: Whether a payment was reported both paid and refused; see conflict
	// of enriched.payments.v1.
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
	// PaymentsPaid: Number of payments that are paid now, given back in part or
	// not; paid is whether there is any.
	PaymentsPaid int32 `json:"payments_paid"`
	// PaymentsRefused: Number of payments refused.
	PaymentsRefused int32 `json:"payments_refused"`
	// PaymentsRefunded: Number of payments captured and given back whole.
	PaymentsRefunded int32 `json:"payments_refunded"`
	// PaymentsReleased: Number of holds given back whole and never captured. With
	// payments_pending, held, paid, refused and refunded it makes the number of
	// payments.
	PaymentsReleased int32 `json:"payments_released"`
	// MilestoneMembers: Number of members that are the events of a source.
	MilestoneMembers int32 `json:"milestone_members"`
	// Milestones: Events that further senders reported for the correlation id, one
	// element for each source and type of event, by first time, source and type.
	// They do not change the outcome. Of the listed members only.
	Milestones []Milestone `json:"milestones"`
	// Members: The members, by time and id, at most 50.
	Members []JourneyMember `json:"members"`
	// Truncated: Whether there are more members than listed; counts and sums are
	// over all.
	Truncated bool `json:"truncated"`
	// Revision: Number of this snapshot of the key, from 1. The processor leaves
	// some out if it runs with latest_only.
	Revision int64 `json:"revision"`
	// Facts: Number of distinct facts applied.
	Facts int64 `json:"facts"`
	// ChangedBy: The record or timer that made this revision.
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

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
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
	if dst, err = appendString(dst, r.JourneyID); err != nil {
		return dst, at("journey_id", err)
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
	if r.CustomerID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CustomerID.Value); err != nil {
			return dst, at("customer_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, int64(r.Customers))
	if r.Country.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Country.Value); err != nil {
			return dst, at("country", err)
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
	if dst, err = appendTime(dst, r.CreatedAt); err != nil {
		return dst, at("created_at", err)
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
	if r.VerificationProvider.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.VerificationProvider.Value); err != nil {
			return dst, at("verification_provider", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.VerificationSource.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.VerificationSource.Value); err != nil {
			return dst, at("verification_source", err)
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
	dst = appendLong(dst, int64(r.FailedAttempts))
	dst = appendLong(dst, int64(r.ChannelSwitches))
	if r.VerificationDurationMs.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.VerificationDurationMs.Value)
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.VerificationExpired)
	if r.CostMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.CostCurrency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CostCurrency.Value); err != nil {
			return dst, at("cost_currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.Paid)
	dst = appendBool(dst, r.EverPaid)
	dst = appendBool(dst, r.Held)
	dst = appendBool(dst, r.Refused)
	if dst, err = r.Refund.appendTo(dst); err != nil {
		return dst, at("refund", err)
	}
	dst = appendBool(dst, r.Released)
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
	if r.PaymentProvider.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.PaymentProvider.Value); err != nil {
			return dst, at("payment_provider", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PaymentSource.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.PaymentSource.Value); err != nil {
			return dst, at("payment_source", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.GrossMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.GrossMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.HeldMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.HeldMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.RefusedMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.RefusedMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.RefundedMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.RefundedMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.NetMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.NetMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.ReleasedMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.ReleasedMinor.Value)
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
	dst = appendBool(dst, r.MixedCurrencies)
	if r.VerifiedToHeldMs.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.VerifiedToHeldMs.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.VerifiedToCapturedMs.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.VerifiedToCapturedMs.Value)
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
	dst = appendLong(dst, int64(r.PaymentsReleased))
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
	if r.JourneyID, err = d.string(); err != nil {
		return at("journey_id", err)
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
	if r.CustomerID.Set, err = d.isSet(); err != nil {
		return at("customer_id", err)
	}
	if r.CustomerID.Set {
		if r.CustomerID.Value, err = d.string(); err != nil {
			return at("customer_id", err)
		}
	}
	if r.Customers, err = d.int(); err != nil {
		return at("customers", err)
	}
	if r.Country.Set, err = d.isSet(); err != nil {
		return at("country", err)
	}
	if r.Country.Set {
		if r.Country.Value, err = d.string(); err != nil {
			return at("country", err)
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
	if r.CreatedAt, err = d.time(); err != nil {
		return at("created_at", err)
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
	if r.VerificationProvider.Set, err = d.isSet(); err != nil {
		return at("verification_provider", err)
	}
	if r.VerificationProvider.Set {
		if r.VerificationProvider.Value, err = d.string(); err != nil {
			return at("verification_provider", err)
		}
	}
	if r.VerificationSource.Set, err = d.isSet(); err != nil {
		return at("verification_source", err)
	}
	if r.VerificationSource.Set {
		if r.VerificationSource.Value, err = d.string(); err != nil {
			return at("verification_source", err)
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
	if r.FailedAttempts, err = d.int(); err != nil {
		return at("failed_attempts", err)
	}
	if r.ChannelSwitches, err = d.int(); err != nil {
		return at("channel_switches", err)
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
	if r.CostMinor.Set, err = d.isSet(); err != nil {
		return at("cost_minor", err)
	}
	if r.CostMinor.Set {
		if r.CostMinor.Value, err = d.long(); err != nil {
			return at("cost_minor", err)
		}
	}
	if r.CostCurrency.Set, err = d.isSet(); err != nil {
		return at("cost_currency", err)
	}
	if r.CostCurrency.Set {
		if r.CostCurrency.Value, err = d.string(); err != nil {
			return at("cost_currency", err)
		}
	}
	if r.Paid, err = d.bool(); err != nil {
		return at("paid", err)
	}
	if r.EverPaid, err = d.bool(); err != nil {
		return at("ever_paid", err)
	}
	if r.Held, err = d.bool(); err != nil {
		return at("held", err)
	}
	if r.Refused, err = d.bool(); err != nil {
		return at("refused", err)
	}
	if r.Refund, err = decodeRefund(d); err != nil {
		return at("refund", err)
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
	if r.LastRefundedAt.Set, err = d.isSet(); err != nil {
		return at("last_refunded_at", err)
	}
	if r.LastRefundedAt.Set {
		if r.LastRefundedAt.Value, err = d.time(); err != nil {
			return at("last_refunded_at", err)
		}
	}
	if r.PaymentProvider.Set, err = d.isSet(); err != nil {
		return at("payment_provider", err)
	}
	if r.PaymentProvider.Set {
		if r.PaymentProvider.Value, err = d.string(); err != nil {
			return at("payment_provider", err)
		}
	}
	if r.PaymentSource.Set, err = d.isSet(); err != nil {
		return at("payment_source", err)
	}
	if r.PaymentSource.Set {
		if r.PaymentSource.Value, err = d.string(); err != nil {
			return at("payment_source", err)
		}
	}
	if r.GrossMinor.Set, err = d.isSet(); err != nil {
		return at("gross_minor", err)
	}
	if r.GrossMinor.Set {
		if r.GrossMinor.Value, err = d.long(); err != nil {
			return at("gross_minor", err)
		}
	}
	if r.HeldMinor.Set, err = d.isSet(); err != nil {
		return at("held_minor", err)
	}
	if r.HeldMinor.Set {
		if r.HeldMinor.Value, err = d.long(); err != nil {
			return at("held_minor", err)
		}
	}
	if r.RefusedMinor.Set, err = d.isSet(); err != nil {
		return at("refused_minor", err)
	}
	if r.RefusedMinor.Set {
		if r.RefusedMinor.Value, err = d.long(); err != nil {
			return at("refused_minor", err)
		}
	}
	if r.RefundedMinor.Set, err = d.isSet(); err != nil {
		return at("refunded_minor", err)
	}
	if r.RefundedMinor.Set {
		if r.RefundedMinor.Value, err = d.long(); err != nil {
			return at("refunded_minor", err)
		}
	}
	if r.NetMinor.Set, err = d.isSet(); err != nil {
		return at("net_minor", err)
	}
	if r.NetMinor.Set {
		if r.NetMinor.Value, err = d.long(); err != nil {
			return at("net_minor", err)
		}
	}
	if r.ReleasedMinor.Set, err = d.isSet(); err != nil {
		return at("released_minor", err)
	}
	if r.ReleasedMinor.Set {
		if r.ReleasedMinor.Value, err = d.long(); err != nil {
			return at("released_minor", err)
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
	if r.MixedCurrencies, err = d.bool(); err != nil {
		return at("mixed_currencies", err)
	}
	if r.VerifiedToHeldMs.Set, err = d.isSet(); err != nil {
		return at("verified_to_held_ms", err)
	}
	if r.VerifiedToHeldMs.Set {
		if r.VerifiedToHeldMs.Value, err = d.long(); err != nil {
			return at("verified_to_held_ms", err)
		}
	}
	if r.VerifiedToCapturedMs.Set, err = d.isSet(); err != nil {
		return at("verified_to_captured_ms", err)
	}
	if r.VerifiedToCapturedMs.Set {
		if r.VerifiedToCapturedMs.Value, err = d.long(); err != nil {
			return at("verified_to_captured_ms", err)
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
	if r.PaymentsReleased, err = d.int(); err != nil {
		return at("payments_released", err)
	}
	if r.MilestoneMembers, err = d.int(); err != nil {
		return at("milestone_members", err)
	}
	if r.Milestones, err = decodeArray(d, 5, decodeMilestone); err != nil {
		return at("milestones", err)
	}
	if r.Members, err = decodeArray(d, 19, decodeJourneyMember); err != nil {
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
