// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// Movement: One row is one movement of money of a payment. The row of the
// highest revision replaces all others of its movement_id; a tombstone (no
// value) ends it: the movement was withdrawn, its payment expired or was
// erased. A row is kept as long as its payment, 400 days after its last
// callback, and at most 800 days without a change. Net revenue:
// sum(amount_minor) where kind in ('PAID', 'REFUNDED') group by currency over
// the newest rows; by day: group by the date of movement_at too. Over the rows
// of a payment PAID adds up to gross_minor, REFUNDED to -refunded_minor and
// RELEASED to -released_minor of enriched.payments.v1. Do not add all kinds (a
// hold that is captured is HELD and PAID), all revisions, or different
// currencies.
type Movement struct {
	// MovementID: The Kafka key: the payment_id, a slash and held, paid, back (all
	// given back, no amount sent), back/ and the total given back so far, or back/
	// and the id of the callback where each callback reports one return.
	MovementID string `json:"movement_id"`
	// PaymentID: The Kafka key of the payment in enriched.payments.v1.
	PaymentID string `json:"payment_id"`
	// JourneyID: The Kafka key of the row in enriched.journeys.v1 and the
	// journey_id of the payment; null without a correlation id. An id that was
	// corrected is replaced in a higher revision.
	JourneyID Optional[string] `json:"journey_id"`
	// CustomerID: The customer_id of the payment: key id, a colon and the HMAC of
	// the phone; null where it is null there.
	CustomerID Optional[string] `json:"customer_id"`
	// Provider: uapay.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Kind: Kind of the movement.
	Kind MovementKind `json:"kind"`
	// AmountMinor: Amount in minor units of currency: positive towards the
	// merchant (PAID, HELD), negative back to the payer (REFUNDED, RELEASED). 0 if
	// the provider sent no amount.
	AmountMinor int64 `json:"amount_minor"`
	// Currency: Currency (ISO 4217).
	Currency string `json:"currency"`
	// MovementAt: When it moved: paid_at, held_at of the payment; of a return the
	// provider's time of the first callback that reports it, else its receipt.
	// Never null.
	MovementAt time.Time `json:"movement_at"`
	// MovementOrder: Place among the movements of the payment by movement_at, from
	// 1; it changes if an earlier one becomes known.
	MovementOrder int32 `json:"movement_order"`
	// Revision: Number of the change of the payment that made this row: of the
	// rows of a movement_id the highest counts. Revisions of one row are not
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
func (*Movement) Schema() string { return "facts.money.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *Movement) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *Movement) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = Movement{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *Movement) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.MovementID); err != nil {
		return dst, at("movement_id", err)
	}
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
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if dst, err = r.Kind.appendTo(dst); err != nil {
		return dst, at("kind", err)
	}
	dst = appendLong(dst, r.AmountMinor)
	if dst, err = appendString(dst, r.Currency); err != nil {
		return dst, at("currency", err)
	}
	if dst, err = appendTime(dst, r.MovementAt); err != nil {
		return dst, at("movement_at", err)
	}
	dst = appendLong(dst, int64(r.MovementOrder))
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

func (r *Movement) decodeFrom(d *decoder) error {
	var err error
	if r.MovementID, err = d.string(); err != nil {
		return at("movement_id", err)
	}
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
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Kind, err = decodeMovementKind(d); err != nil {
		return at("kind", err)
	}
	if r.AmountMinor, err = d.long(); err != nil {
		return at("amount_minor", err)
	}
	if r.Currency, err = d.string(); err != nil {
		return at("currency", err)
	}
	if r.MovementAt, err = d.time(); err != nil {
		return at("movement_at", err)
	}
	if r.MovementOrder, err = d.int(); err != nil {
		return at("movement_order", err)
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

// MovementKind is a string with documented values.
type MovementKind string

// The values of MovementKind; the zero value is written as UNKNOWN.
const (
	// MovementKindUnknown: a value that this version does not know.
	MovementKindUnknown MovementKind = "UNKNOWN"
	// MovementKindHeld: the amount was reserved; the row stays when the hold is
	// captured or released.
	MovementKindHeld MovementKind = "HELD"
	// MovementKindPaid: the amount was captured; one row a payment, its amount is
	// gross_minor of the payment.
	MovementKindPaid MovementKind = "PAID"
	// MovementKindRefunded: a captured amount, or a part of it, was given back.
	MovementKindRefunded MovementKind = "REFUNDED"
	// MovementKindReleased: a hold, or a part of it, was given back and nothing
	// was captured.
	MovementKindReleased MovementKind = "RELEASED"
)

func (v MovementKind) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = MovementKindUnknown
	}
	return appendString(dst, string(v))
}

func decodeMovementKind(d *decoder) (MovementKind, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return MovementKindUnknown, nil
	case "HELD":
		return MovementKindHeld, nil
	case "PAID":
		return MovementKindPaid, nil
	case "REFUNDED":
		return MovementKindRefunded, nil
	case "RELEASED":
		return MovementKindReleased, nil
	}
	s, err := newValue(b)
	return MovementKind(s), err
}
