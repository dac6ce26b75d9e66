package uapay

import (
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// fillFact fills in every field of the fact except its id and correlations.
func fillFact(cb *callback, c *claims, d *avro.UAPAYPayment) {
	f := &cb.Fact
	// postbackTime (P2P only) has milliseconds, iat has seconds.
	f.At, f.ReceivedAt = statecodec.InstantOf(c.PostbackAt), statecodec.InstantOf(cb.ReceivedAt)
	if f.At == 0 {
		f.At = statecodec.InstantOf(c.IssuedAt)
	}
	f.CreatedAt, f.PaidAt = statecodec.InstantOf(c.CreateDate), statecodec.InstantOf(c.PayDate)
	f.HeldAt = statecodec.InstantOf(c.HoldDate)
	if f.At == 0 {
		f.At, f.Dated = statecodec.Later(f.CreatedAt, statecodec.Later(f.PaidAt, f.HeldAt)), true
	}
	f.Assurance, f.P2P = d.Origin.Assurance, c.OperationID != ""
	t := &f.Texts
	t[payment.TextSource], t[payment.TextNamespace], t[payment.TextProviderID] = cb.SourceID, cb.Source.Namespace, c.PaymentID
	t[payment.TextInvoiceID], t[payment.TextNumber] = c.InvoiceID, c.PaymentNumber
	t[payment.TextStatus], t[payment.TextPaymentStatus] = c.Status, c.PaymentStatus
	t[payment.TextType], t[payment.TextSystemType] = c.Type, c.SystemType
	t[payment.TextPaymentSystem], t[payment.TextPaymentType] = c.PaymentSystem, c.PaymentType
	t[payment.TextCurrency] = c.Currency
	f.Amounts[payment.AmountPaid], f.Amounts[payment.AmountPending], f.Amounts[payment.AmountCommission] = d.AmountMinor, c.Pending, c.Commission
	f.Reversal = c.Reversal
	f.Contradicts = c.Amount.Set && c.PaymentAmount.Set && c.Amount.Value != c.PaymentAmount.Value
	for _, amount := range [...]avro.Optional[int64]{c.Amount, c.PaymentAmount, c.Pending, c.Commission, c.Reversal} {
		f.Contradicts = f.Contradicts || amount.Set && amount.Value < 0
	}
	f.ExternalID = d.ExternalID.Value
	f.Operation = payment.Operation{ID: c.OperationID, Kind: c.OperationType, Status: c.OperationStatus, ExternalID: f.ExternalID}
	setPhase(f, c.Status, c.PaymentStatus, c.OperationStatus)
	for _, status := range [...]string{c.Status, c.PaymentStatus, c.OperationStatus} {
		if status != "" && phaseOf(status) == payment.PhaseUnknown {
			cb.Faults.Unknown(tolerance.KindStatus, status)
		}
	}
}
