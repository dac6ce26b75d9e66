package audit_test

import (
	"time"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// payment writes the snapshot of a payment and some of its movements.
func (b *bench) payment(gross, refunded int64, movements ...string) {
	b.t.Helper()
	now := time.Now()
	b.avro(schemas.EnrichedPayments, "uapay:p", &avro.PaymentSnapshot{
		PaymentID: "uapay:p", Provider: raw.ProviderUAPAY, Source: "s", Kind: avro.PaymentKindInvoice, Phase: avro.PaymentPhasePaid, Refund: avro.RefundPartial, Currency: "UAH",
		GrossMinor: gross, RefundedMinor: refunded, NetMinor: gross - refunded, CreatedAt: now, ProcessedAt: now, Revision: 1, Assurance: avro.AssuranceSignedBody,
		ChangedBy: avro.Change{Cause: avro.ChangeCauseDeadline},
	})
	for _, name := range movements {
		b.movement(name, 1, refunded)
		if name == "paid" {
			b.movement(name, 1, gross)
		}
	}
}

// movement writes a row; a later one with its key replaces it.
func (b *bench) movement(name string, revision, amount int64) {
	b.t.Helper()
	now := time.Now()
	m := &avro.Movement{
		MovementID: "uapay:p/" + name, PaymentID: "uapay:p", Provider: raw.ProviderUAPAY, Source: "s", Kind: avro.MovementKindRefunded, AmountMinor: -amount, Currency: "UAH",
		MovementAt: now, MovementOrder: 1, Revision: revision, ProcessedAt: now, Assurance: avro.AssuranceSignedBody, ChangedBy: avro.Change{Cause: avro.ChangeCauseDeadline},
	}
	if name == "paid" {
		m.Kind, m.AmountMinor = avro.MovementKindPaid, amount
	}
	b.avro(schemas.FactsMoney, m.MovementID, m)
}
