// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// UAPAYPayment: A callback of UAPAY about an invoice or a P2P payment, each
// exactly once. The fields key and confirmation are left out.
type UAPAYPayment struct {
	// Origin: Where the callback came from.
	Origin Origin `json:"origin"`
	// EventID: Hexadecimal SHA-256 of the claims without iat and postbackTime;
	// repeats of one callback share it.
	EventID string `json:"event_id"`
	// ReceivedAt: When ingest had read the request, by its clock.
	ReceivedAt time.Time `json:"received_at"`
	// Kind: Which callback it is.
	Kind PaymentKind `json:"kind"`
	// PaymentID: Key: uapay: and the provider's id of the payment.
	PaymentID string `json:"payment_id"`
	// ProviderID: The provider's id of the payment (UUID).
	ProviderID string `json:"provider_id"`
	// InvoiceID: The provider's id of the invoice (UUID); invoices only.
	InvoiceID Optional[string] `json:"invoice_id"`
	// OperationID: The provider's id of the operation (UUID); P2P only.
	OperationID Optional[string] `json:"operation_id"`
	// ExternalID: The merchant's id without surrounding blanks, of a P2P callback
	// that of the operation; null if it leaves as a pseudonym only, which is then
	// in correlation_ids.
	ExternalID Optional[string] `json:"external_id"`
	// CorrelationIDs: Correlation ids found in the merchant's ids and extra
	// information; one that does not look like an id is a pseudonym, phone: or
	// hmac:.
	CorrelationIDs []string `json:"correlation_ids"`
	// PaymentNumber: Number of the payment, an integer for invoices, a string for
	// P2P.
	PaymentNumber Optional[string] `json:"payment_number"`
	// AmountMinor: Amount of the payment in minor units (kopecks) of currency:
	// paymentAmount of a P2P callback, amount of one about an invoice, the other
	// where that is not there.
	AmountMinor Optional[int64] `json:"amount_minor"`
	// PendingAmountMinor: Amount not yet settled in minor units (kopecks) of
	// currency; P2P only.
	PendingAmountMinor Optional[int64] `json:"pending_amount_minor"`
	// CommissionMinor: Commission in minor units (kopecks) of currency; P2P only.
	CommissionMinor Optional[int64] `json:"commission_minor"`
	// ReversalAmountMinor: Amount given back in minor units (kopecks) of currency,
	// taken as the total so far (an assumption).
	ReversalAmountMinor Optional[int64] `json:"reversal_amount_minor"`
	// Currency: ISO 4217 code of the amounts: that which the callback names, UAH
	// where it names none, XXX where it is no ISO 4217 code.
	Currency string `json:"currency"`
	// StatusRaw: Status of the payment as sent; invoices only. phase is the
	// normalised value.
	StatusRaw Optional[string] `json:"status_raw"`
	// PaymentStatusRaw: Status in the payment system as sent.
	PaymentStatusRaw Optional[string] `json:"payment_status_raw"`
	// OperationStatusRaw: Status of the operation as sent; P2P only.
	OperationStatusRaw Optional[string] `json:"operation_status_raw"`
	// Phase: The phase of the callback: the highest of those of status_raw and
	// payment_status_raw, that of operation_status_raw if neither is known; PAID
	// beside HOLDED is HELD.
	Phase PaymentPhase `json:"phase"`
	// Type: Type of the invoice as sent: PAY, HOLD, SUBSCRIBE.
	Type Optional[string] `json:"type"`
	// SystemType: Kind of payment service as sent: P2P, ECOM, BILLER.
	SystemType Optional[string] `json:"system_type"`
	// PaymentSystem: Payment service as sent, such as p2p; P2P only.
	PaymentSystem Optional[string] `json:"payment_system"`
	// PaymentType: Type of the payment as sent, such as BUCKET, C2A, A2C; P2P
	// only.
	PaymentType Optional[string] `json:"payment_type"`
	// OperationType: Type of the operation as sent: SEND, RECEIVE; P2P only.
	OperationType Optional[string] `json:"operation_type"`
	// CardFromID: The provider's id of the card that pays (UUID); P2P only.
	CardFromID Optional[string] `json:"card_from_id"`
	// CardToID: The provider's id of the card that receives (UUID); P2P only.
	CardToID Optional[string] `json:"card_to_id"`
	// CardFromMasked: Masked number of the card that pays, only where the source's
	// configuration allows it.
	CardFromMasked Optional[string] `json:"card_from_masked"`
	// CardToMasked: Masked number of the card that receives, only where the
	// source's configuration allows it.
	CardToMasked Optional[string] `json:"card_to_masked"`
	// CardFromHolderName: Name on the card that pays, only where the source's
	// configuration allows it.
	CardFromHolderName Optional[string] `json:"card_from_holder_name"`
	// ReceiptPath: URL of the receipt, only where the source's configuration
	// allows it.
	ReceiptPath Optional[string] `json:"receipt_path"`
	// ExtraInfoFields: The fields of extraInfo that the source's configuration
	// allows. Key: JSON pointer, such as /campaign. Value: a string without
	// quotes, a number as sent; a phone number is a pseudonym, phone:.
	ExtraInfoFields map[string]string `json:"extra_info_fields"`
	// Reason: Why it failed, as JSON, only where the source's configuration allows
	// it.
	Reason Optional[string] `json:"reason"`
	// HasConfirmation: Whether the payment waits for a confirmation by the payer.
	HasConfirmation bool `json:"has_confirmation"`
	// CreatedAt: When the payment was made (createDate).
	CreatedAt Optional[time.Time] `json:"created_at"`
	// PaidAt: When the payment succeeded (payDate).
	PaidAt Optional[time.Time] `json:"paid_at"`
	// HeldAt: When the amount was held (holdDate).
	HeldAt Optional[time.Time] `json:"held_at"`
	// IssuedAt: When the callback was signed (iat), to the second.
	IssuedAt Optional[time.Time] `json:"issued_at"`
	// PostbackAt: When the callback was made (postbackTime); P2P only.
	PostbackAt Optional[time.Time] `json:"postback_at"`
}

// Schema returns the name of the .avsc file.
func (*UAPAYPayment) Schema() string { return "decoded.uapay.payment.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *UAPAYPayment) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *UAPAYPayment) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = UAPAYPayment{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *UAPAYPayment) appendTo(dst []byte) ([]byte, error) {
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
	if dst, err = r.Kind.appendTo(dst); err != nil {
		return dst, at("kind", err)
	}
	if dst, err = appendString(dst, r.PaymentID); err != nil {
		return dst, at("payment_id", err)
	}
	if dst, err = appendString(dst, r.ProviderID); err != nil {
		return dst, at("provider_id", err)
	}
	if r.InvoiceID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.InvoiceID.Value); err != nil {
			return dst, at("invoice_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.OperationID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.OperationID.Value); err != nil {
			return dst, at("operation_id", err)
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
	if n := len(r.CorrelationIDs); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.CorrelationIDs {
			if dst, err = appendString(dst, r.CorrelationIDs[i]); err != nil {
				return dst, at("correlation_ids", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.PaymentNumber.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.PaymentNumber.Value); err != nil {
			return dst, at("payment_number", err)
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
	if r.ReversalAmountMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.ReversalAmountMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendString(dst, r.Currency); err != nil {
		return dst, at("currency", err)
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
	if r.OperationStatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.OperationStatusRaw.Value); err != nil {
			return dst, at("operation_status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Phase.appendTo(dst); err != nil {
		return dst, at("phase", err)
	}
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
	if r.OperationType.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.OperationType.Value); err != nil {
			return dst, at("operation_type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CardFromID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CardFromID.Value); err != nil {
			return dst, at("card_from_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CardToID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CardToID.Value); err != nil {
			return dst, at("card_to_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CardFromMasked.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CardFromMasked.Value); err != nil {
			return dst, at("card_from_masked", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CardToMasked.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CardToMasked.Value); err != nil {
			return dst, at("card_to_masked", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CardFromHolderName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CardFromHolderName.Value); err != nil {
			return dst, at("card_from_holder_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ReceiptPath.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ReceiptPath.Value); err != nil {
			return dst, at("receipt_path", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendStringMap(dst, r.ExtraInfoFields); err != nil {
		return dst, at("extra_info_fields", err)
	}
	if r.Reason.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Reason.Value); err != nil {
			return dst, at("reason", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.HasConfirmation)
	if r.CreatedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.CreatedAt.Value); err != nil {
			return dst, at("created_at", err)
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
	if r.HeldAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.HeldAt.Value); err != nil {
			return dst, at("held_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.IssuedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.IssuedAt.Value); err != nil {
			return dst, at("issued_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PostbackAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.PostbackAt.Value); err != nil {
			return dst, at("postback_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *UAPAYPayment) decodeFrom(d *decoder) error {
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
	if r.Kind, err = decodePaymentKind(d); err != nil {
		return at("kind", err)
	}
	if r.PaymentID, err = d.string(); err != nil {
		return at("payment_id", err)
	}
	if r.ProviderID, err = d.string(); err != nil {
		return at("provider_id", err)
	}
	if r.InvoiceID.Set, err = d.isSet(); err != nil {
		return at("invoice_id", err)
	}
	if r.InvoiceID.Set {
		if r.InvoiceID.Value, err = d.string(); err != nil {
			return at("invoice_id", err)
		}
	}
	if r.OperationID.Set, err = d.isSet(); err != nil {
		return at("operation_id", err)
	}
	if r.OperationID.Set {
		if r.OperationID.Value, err = d.string(); err != nil {
			return at("operation_id", err)
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
	if r.CorrelationIDs, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("correlation_ids", err)
	}
	if r.PaymentNumber.Set, err = d.isSet(); err != nil {
		return at("payment_number", err)
	}
	if r.PaymentNumber.Set {
		if r.PaymentNumber.Value, err = d.string(); err != nil {
			return at("payment_number", err)
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
	if r.ReversalAmountMinor.Set, err = d.isSet(); err != nil {
		return at("reversal_amount_minor", err)
	}
	if r.ReversalAmountMinor.Set {
		if r.ReversalAmountMinor.Value, err = d.long(); err != nil {
			return at("reversal_amount_minor", err)
		}
	}
	if r.Currency, err = d.string(); err != nil {
		return at("currency", err)
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
	if r.OperationStatusRaw.Set, err = d.isSet(); err != nil {
		return at("operation_status_raw", err)
	}
	if r.OperationStatusRaw.Set {
		if r.OperationStatusRaw.Value, err = d.string(); err != nil {
			return at("operation_status_raw", err)
		}
	}
	if r.Phase, err = decodePaymentPhase(d); err != nil {
		return at("phase", err)
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
	if r.OperationType.Set, err = d.isSet(); err != nil {
		return at("operation_type", err)
	}
	if r.OperationType.Set {
		if r.OperationType.Value, err = d.string(); err != nil {
			return at("operation_type", err)
		}
	}
	if r.CardFromID.Set, err = d.isSet(); err != nil {
		return at("card_from_id", err)
	}
	if r.CardFromID.Set {
		if r.CardFromID.Value, err = d.string(); err != nil {
			return at("card_from_id", err)
		}
	}
	if r.CardToID.Set, err = d.isSet(); err != nil {
		return at("card_to_id", err)
	}
	if r.CardToID.Set {
		if r.CardToID.Value, err = d.string(); err != nil {
			return at("card_to_id", err)
		}
	}
	if r.CardFromMasked.Set, err = d.isSet(); err != nil {
		return at("card_from_masked", err)
	}
	if r.CardFromMasked.Set {
		if r.CardFromMasked.Value, err = d.string(); err != nil {
			return at("card_from_masked", err)
		}
	}
	if r.CardToMasked.Set, err = d.isSet(); err != nil {
		return at("card_to_masked", err)
	}
	if r.CardToMasked.Set {
		if r.CardToMasked.Value, err = d.string(); err != nil {
			return at("card_to_masked", err)
		}
	}
	if r.CardFromHolderName.Set, err = d.isSet(); err != nil {
		return at("card_from_holder_name", err)
	}
	if r.CardFromHolderName.Set {
		if r.CardFromHolderName.Value, err = d.string(); err != nil {
			return at("card_from_holder_name", err)
		}
	}
	if r.ReceiptPath.Set, err = d.isSet(); err != nil {
		return at("receipt_path", err)
	}
	if r.ReceiptPath.Set {
		if r.ReceiptPath.Value, err = d.string(); err != nil {
			return at("receipt_path", err)
		}
	}
	if r.ExtraInfoFields, err = d.stringMap(); err != nil {
		return at("extra_info_fields", err)
	}
	if r.Reason.Set, err = d.isSet(); err != nil {
		return at("reason", err)
	}
	if r.Reason.Set {
		if r.Reason.Value, err = d.string(); err != nil {
			return at("reason", err)
		}
	}
	if r.HasConfirmation, err = d.bool(); err != nil {
		return at("has_confirmation", err)
	}
	if r.CreatedAt.Set, err = d.isSet(); err != nil {
		return at("created_at", err)
	}
	if r.CreatedAt.Set {
		if r.CreatedAt.Value, err = d.time(); err != nil {
			return at("created_at", err)
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
	if r.HeldAt.Set, err = d.isSet(); err != nil {
		return at("held_at", err)
	}
	if r.HeldAt.Set {
		if r.HeldAt.Value, err = d.time(); err != nil {
			return at("held_at", err)
		}
	}
	if r.IssuedAt.Set, err = d.isSet(); err != nil {
		return at("issued_at", err)
	}
	if r.IssuedAt.Set {
		if r.IssuedAt.Value, err = d.time(); err != nil {
			return at("issued_at", err)
		}
	}
	if r.PostbackAt.Set, err = d.isSet(); err != nil {
		return at("postback_at", err)
	}
	if r.PostbackAt.Set {
		if r.PostbackAt.Value, err = d.time(); err != nil {
			return at("postback_at", err)
		}
	}
	return nil
}
