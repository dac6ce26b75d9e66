// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// PaymentOperation: One operation of a P2P payment.
type PaymentOperation struct {
	// ID: The provider's id of the operation (UUID).
	ID string `json:"id"`
	// Type: Type as sent: SEND, RECEIVE.
	Type Optional[string] `json:"type"`
	// StatusRaw: Status as sent by the newest callback that has one.
	StatusRaw Optional[string] `json:"status_raw"`
	// ExternalID: Newest id of the merchant for the operation, without surrounding
	// blanks; null if it leaves as a pseudonym only.
	ExternalID Optional[string] `json:"external_id"`
	// StatusAt: When the newest callback was made that has this status, by the
	// provider's time; null if there is no status or no time.
	StatusAt Optional[time.Time] `json:"status_at"`
}

func (r *PaymentOperation) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.ID); err != nil {
		return dst, at("id", err)
	}
	if r.Type.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Type.Value); err != nil {
			return dst, at("type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.StatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.StatusRaw.Value); err != nil {
			return dst, at("status_raw", err)
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
	if r.StatusAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.StatusAt.Value); err != nil {
			return dst, at("status_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodePaymentOperation(d *decoder) (PaymentOperation, error) {
	var r PaymentOperation
	err := r.decodeFrom(d)
	return r, err
}

func (r *PaymentOperation) decodeFrom(d *decoder) error {
	var err error
	if r.ID, err = d.string(); err != nil {
		return at("id", err)
	}
	if r.Type.Set, err = d.isSet(); err != nil {
		return at("type", err)
	}
	if r.Type.Set {
		if r.Type.Value, err = d.string(); err != nil {
			return at("type", err)
		}
	}
	if r.StatusRaw.Set, err = d.isSet(); err != nil {
		return at("status_raw", err)
	}
	if r.StatusRaw.Set {
		if r.StatusRaw.Value, err = d.string(); err != nil {
			return at("status_raw", err)
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
	if r.StatusAt.Set, err = d.isSet(); err != nil {
		return at("status_at", err)
	}
	if r.StatusAt.Set {
		if r.StatusAt.Value, err = d.time(); err != nil {
			return at("status_at", err)
		}
	}
	return nil
}

// PaymentSnapshot: One row is one state of one payment, after all callbacks
// known so far. The topic has every state until compaction; the row of the
// highest revision replaces all others of its payment_id, and a tombstone (no
// value) ends it. Rows are kept 400 days after the last change. Revenue is
// sum(net_minor) by currency over the newest rows, without a WHERE. Do not add
// amounts of different currencies, do not filter by phase before choosing the
// newest row, and do not use paid_at or created_at for the day of a refund:
// facts.money.v1 has one row for each movement of money.
type PaymentSnapshot struct {
	// PaymentID: The Kafka key: uapay: and the provider's id of the payment.
	PaymentID string `json:"payment_id"`
	// JourneyID: The Kafka key of the row in enriched.journeys.v1: the correlation
	// id, after the namespace and a colon where there is a namespace. Of several
	// correlation ids that of the first in correlation_ids, so that a join by it
	// never multiplies rows; the others list this payment among their members.
	// Null if there is no correlation id. An id that was corrected is replaced in
	// the next revision.
	JourneyID Optional[string] `json:"journey_id"`
	// CustomerID: Customer: the id of a pseudonym key, a colon and 64 hexadecimal
	// digits of the HMAC of the phone's E.164 digits. Equal in all topics for one
	// phone under one key. Null unless a correlation id of the payment is a phone
	// number; else the customer is that of the journey. The key is the newest that
	// was in force when the first callback with that correlation id was received.
	CustomerID Optional[string] `json:"customer_id"`
	// ProviderID: The provider's id of the payment (UUID).
	ProviderID string `json:"provider_id"`
	// Provider: uapay.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Namespace: Namespace of the correlation ids; null if the source has none.
	Namespace Optional[string] `json:"namespace"`
	// Kind: Invoice or P2P.
	Kind PaymentKind `json:"kind"`
	// CorrelationIDs: Correlation ids of the payment now, sorted: the newest of
	// each place where one stands, in each operation for itself; one that was
	// corrected is gone. One that does not look like an id is a pseudonym, phone:
	// or hmac:.
	CorrelationIDs []string `json:"correlation_ids"`
	// ExternalIDs: All ids of the merchant ever seen, without surrounding blanks,
	// sorted; those that leave as pseudonyms only are left out.
	ExternalIDs []string `json:"external_ids"`
	// InvoiceID: The provider's id of the invoice (UUID).
	InvoiceID Optional[string] `json:"invoice_id"`
	// PaymentNumber: Number of the payment as sent.
	PaymentNumber Optional[string] `json:"payment_number"`
	// Phase: The phase that follows from all statuses and amounts: the highest
	// that any callback reported, later ones never lower it. PAID also after a
	// refund in part; REFUNDED when all went back, RELEASED when a hold was given
	// back whole and nothing was ever captured.
	Phase PaymentPhase `json:"phase"`
	// StatusRaw: Newest status as sent; invoices only.
	StatusRaw Optional[string] `json:"status_raw"`
	// PaymentStatusRaw: Newest status in the payment system as sent.
	PaymentStatusRaw Optional[string] `json:"payment_status_raw"`
	// Operations: The operations, sorted by id; P2P only.
	Operations []PaymentOperation `json:"operations"`
	// Type: Type of the invoice as sent.
	Type Optional[string] `json:"type"`
	// SystemType: Kind of payment service as sent.
	SystemType Optional[string] `json:"system_type"`
	// PaymentSystem: Payment service as sent; P2P only.
	PaymentSystem Optional[string] `json:"payment_system"`
	// PaymentType: Type of the payment as sent; P2P only.
	PaymentType Optional[string] `json:"payment_type"`
	// AmountMinor: Amount asked for in minor units (kopecks) of currency, paid or
	// not; the newest if it changed.
	AmountMinor Optional[int64] `json:"amount_minor"`
	// PendingAmountMinor: Amount not yet settled in minor units (kopecks) of
	// currency.
	PendingAmountMinor Optional[int64] `json:"pending_amount_minor"`
	// CommissionMinor: Commission in minor units (kopecks) of currency.
	CommissionMinor Optional[int64] `json:"commission_minor"`
	// GrossMinor: Amount captured in all, given back since or not, in minor units
	// of currency; 0 if it was never captured.
	GrossMinor int64 `json:"gross_minor"`
	// RefundedMinor: Total of captured money given back so far, in minor units of
	// currency; the whole amount where the provider names none.
	RefundedMinor int64 `json:"refunded_minor"`
	// NetMinor: gross_minor less refunded_minor, in minor units of currency:
	// revenue. Commission is not deducted.
	NetMinor int64 `json:"net_minor"`
	// ReleasedMinor: Total of held, never captured money given back so far, in
	// minor units of currency; it is in neither gross_minor nor refunded_minor.
	ReleasedMinor int64 `json:"released_minor"`
	// Currency: ISO 4217 code of the amounts: the newest that a callback names,
	// UAH where none names any, XXX where it is no ISO 4217 code.
	Currency string `json:"currency"`
	// Paid: Whether the amount is paid now: captured, and not given back whole.
	// False for a hold.
	Paid bool `json:"paid"`
	// EverPaid: Whether the amount was captured at any time, given back since or
	// not; false for a hold that was released.
	EverPaid bool `json:"ever_paid"`
	// Refund: Which part of the captured amount was given back. A hold that was
	// released is NONE.
	Refund Refund `json:"refund"`
	// Conflict: Whether one of the three statuses was a refusal and one meant that
	// the amount was paid, in one callback or several.
	Conflict bool `json:"conflict"`
	// Regression: Whether a lower phase was reported with a later provider time
	// than a higher one. Only a callback's own time (iat, postbackTime) counts as
	// that of the higher one.
	Regression bool `json:"regression"`
	// AmountChanged: Whether callbacks reported different amounts or currencies.
	AmountChanged bool `json:"amount_changed"`
	// AmountInconsistent: Whether amounts contradict each other: one is negative,
	// more was given back than the payment's amount, or one callback has amount
	// and paymentAmount with different values.
	AmountInconsistent bool `json:"amount_inconsistent"`
	// HoldOverdue: Whether the amount has been held for too long.
	HoldOverdue bool `json:"hold_overdue"`
	// HoldDeadline: When a hold counts as overdue, counted from held_at, or from
	// receipt where that is null; null if the payment is not held.
	HoldDeadline Optional[time.Time] `json:"hold_deadline"`
	// CreatedAt: When the payment was made: the earliest createDate, else the
	// earliest provider's time known, else the receipt of the first callback.
	// Never null.
	CreatedAt time.Time `json:"created_at"`
	// HeldAt: When the amount was held: the earliest holdDate, else the provider's
	// time of the first callback that reports a hold, else its receipt; null if it
	// never was.
	HeldAt Optional[time.Time] `json:"held_at"`
	// PaidAt: When the amount was captured: the earliest payDate, else the
	// provider's time of the first callback that reports it (a refund, if none
	// else does), else its receipt; null if and only if ever_paid is false.
	PaidAt Optional[time.Time] `json:"paid_at"`
	// LastRefundedAt: When money was last given back: provider's time of the first
	// callback with the total of refunded_minor, else its receipt. Earlier refunds
	// have other days: see facts.money.v1. Null if refund is NONE.
	LastRefundedAt Optional[time.Time] `json:"last_refunded_at"`
	// OutcomeAt: When the payment came into its phase: held_at of HELD, paid_at of
	// PAID, the last return of REFUNDED and RELEASED, else the provider's time of
	// the first callback that reports the phase, else its receipt; null if the
	// phase is UNKNOWN.
	OutcomeAt Optional[time.Time] `json:"outcome_at"`
	// Revision: Number of this snapshot of the key, from 1. The processor leaves
	// some out if it runs with latest_only.
	Revision int64 `json:"revision"`
	// Facts: Number of distinct facts applied.
	Facts int64 `json:"facts"`
	// ChangedBy: The record or timer that made this revision.
	ChangedBy Change `json:"changed_by"`
	// FirstEventAt: First callback by the provider's time: postbackTime, else iat,
	// else the latest of its dates; null if none has any.
	FirstEventAt Optional[time.Time] `json:"first_event_at"`
	// LastEventAt: Last callback by the provider's time, likewise.
	LastEventAt Optional[time.Time] `json:"last_event_at"`
	// ProcessedAt: When the processor made this snapshot.
	ProcessedAt time.Time `json:"processed_at"`
	// Assurance: The weakest assurance of the facts.
	Assurance Assurance `json:"assurance"`
}

// Schema returns the name of the .avsc file.
func (*PaymentSnapshot) Schema() string { return "enriched.payments.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *PaymentSnapshot) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *PaymentSnapshot) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = PaymentSnapshot{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *PaymentSnapshot) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.PaymentID); err != nil {
		return dst, at("payment_id", err)
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
	if dst, err = r.Kind.appendTo(dst); err != nil {
		return dst, at("kind", err)
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
	if n := len(r.ExternalIDs); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.ExternalIDs {
			if dst, err = appendString(dst, r.ExternalIDs[i]); err != nil {
				return dst, at("external_ids", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.InvoiceID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.InvoiceID.Value); err != nil {
			return dst, at("invoice_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PaymentNumber.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.PaymentNumber.Value); err != nil {
			return dst, at("payment_number", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Phase.appendTo(dst); err != nil {
		return dst, at("phase", err)
	}
	if r.StatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.StatusRaw.Value); err != nil {
			return dst, at("status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PaymentStatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.PaymentStatusRaw.Value); err != nil {
			return dst, at("payment_status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.Operations); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Operations {
			if dst, err = r.Operations[i].appendTo(dst); err != nil {
				return dst, at("operations", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.Type.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Type.Value); err != nil {
			return dst, at("type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.SystemType.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.SystemType.Value); err != nil {
			return dst, at("system_type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PaymentSystem.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.PaymentSystem.Value); err != nil {
			return dst, at("payment_system", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PaymentType.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.PaymentType.Value); err != nil {
			return dst, at("payment_type", err)
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
	if r.PendingAmountMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.PendingAmountMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.CommissionMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CommissionMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.GrossMinor)
	dst = appendLong(dst, r.RefundedMinor)
	dst = appendLong(dst, r.NetMinor)
	dst = appendLong(dst, r.ReleasedMinor)
	if dst, err = appendString(dst, r.Currency); err != nil {
		return dst, at("currency", err)
	}
	dst = appendBool(dst, r.Paid)
	dst = appendBool(dst, r.EverPaid)
	if dst, err = r.Refund.appendTo(dst); err != nil {
		return dst, at("refund", err)
	}
	dst = appendBool(dst, r.Conflict)
	dst = appendBool(dst, r.Regression)
	dst = appendBool(dst, r.AmountChanged)
	dst = appendBool(dst, r.AmountInconsistent)
	dst = appendBool(dst, r.HoldOverdue)
	if r.HoldDeadline.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.HoldDeadline.Value); err != nil {
			return dst, at("hold_deadline", err)
		}
	} else {
		dst = append(dst, 0)
	}
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

func (r *PaymentSnapshot) decodeFrom(d *decoder) error {
	var err error
	if r.PaymentID, err = d.string(); err != nil {
		return at("payment_id", err)
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
	if r.Kind, err = decodePaymentKind(d); err != nil {
		return at("kind", err)
	}
	if r.CorrelationIDs, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("correlation_ids", err)
	}
	if r.ExternalIDs, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("external_ids", err)
	}
	if r.InvoiceID.Set, err = d.isSet(); err != nil {
		return at("invoice_id", err)
	}
	if r.InvoiceID.Set {
		if r.InvoiceID.Value, err = d.string(); err != nil {
			return at("invoice_id", err)
		}
	}
	if r.PaymentNumber.Set, err = d.isSet(); err != nil {
		return at("payment_number", err)
	}
	if r.PaymentNumber.Set {
		if r.PaymentNumber.Value, err = d.string(); err != nil {
			return at("payment_number", err)
		}
	}
	if r.Phase, err = decodePaymentPhase(d); err != nil {
		return at("phase", err)
	}
	if r.StatusRaw.Set, err = d.isSet(); err != nil {
		return at("status_raw", err)
	}
	if r.StatusRaw.Set {
		if r.StatusRaw.Value, err = d.string(); err != nil {
			return at("status_raw", err)
		}
	}
	if r.PaymentStatusRaw.Set, err = d.isSet(); err != nil {
		return at("payment_status_raw", err)
	}
	if r.PaymentStatusRaw.Set {
		if r.PaymentStatusRaw.Value, err = d.string(); err != nil {
			return at("payment_status_raw", err)
		}
	}
	if r.Operations, err = decodeArray(d, 5, decodePaymentOperation); err != nil {
		return at("operations", err)
	}
	if r.Type.Set, err = d.isSet(); err != nil {
		return at("type", err)
	}
	if r.Type.Set {
		if r.Type.Value, err = d.string(); err != nil {
			return at("type", err)
		}
	}
	if r.SystemType.Set, err = d.isSet(); err != nil {
		return at("system_type", err)
	}
	if r.SystemType.Set {
		if r.SystemType.Value, err = d.string(); err != nil {
			return at("system_type", err)
		}
	}
	if r.PaymentSystem.Set, err = d.isSet(); err != nil {
		return at("payment_system", err)
	}
	if r.PaymentSystem.Set {
		if r.PaymentSystem.Value, err = d.string(); err != nil {
			return at("payment_system", err)
		}
	}
	if r.PaymentType.Set, err = d.isSet(); err != nil {
		return at("payment_type", err)
	}
	if r.PaymentType.Set {
		if r.PaymentType.Value, err = d.string(); err != nil {
			return at("payment_type", err)
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
	if r.PendingAmountMinor.Set, err = d.isSet(); err != nil {
		return at("pending_amount_minor", err)
	}
	if r.PendingAmountMinor.Set {
		if r.PendingAmountMinor.Value, err = d.long(); err != nil {
			return at("pending_amount_minor", err)
		}
	}
	if r.CommissionMinor.Set, err = d.isSet(); err != nil {
		return at("commission_minor", err)
	}
	if r.CommissionMinor.Set {
		if r.CommissionMinor.Value, err = d.long(); err != nil {
			return at("commission_minor", err)
		}
	}
	if r.GrossMinor, err = d.long(); err != nil {
		return at("gross_minor", err)
	}
	if r.RefundedMinor, err = d.long(); err != nil {
		return at("refunded_minor", err)
	}
	if r.NetMinor, err = d.long(); err != nil {
		return at("net_minor", err)
	}
	if r.ReleasedMinor, err = d.long(); err != nil {
		return at("released_minor", err)
	}
	if r.Currency, err = d.string(); err != nil {
		return at("currency", err)
	}
	if r.Paid, err = d.bool(); err != nil {
		return at("paid", err)
	}
	if r.EverPaid, err = d.bool(); err != nil {
		return at("ever_paid", err)
	}
	if r.Refund, err = decodeRefund(d); err != nil {
		return at("refund", err)
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
	if r.HoldDeadline.Set, err = d.isSet(); err != nil {
		return at("hold_deadline", err)
	}
	if r.HoldDeadline.Set {
		if r.HoldDeadline.Value, err = d.time(); err != nil {
			return at("hold_deadline", err)
		}
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
