package payment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// snapshot returns the payment's snapshot without processed_at and changed_by, in the
// payment's reusable memory.
func (s *Stage) snapshot(id, journey string, p *Entity, all *aggregate, journeys []entity.JourneyID) *avro.PaymentSnapshot {
	out, b := &p.snapshot, &all.balance
	text := func(i int) avro.Optional[string] { return entity.Text(all.texts[i]) }
	*out = avro.PaymentSnapshot{
		PaymentID: id, JourneyID: entity.Text(journey), CustomerID: entity.Text(all.customer(journeys)),
		ProviderID: all.texts[TextProviderID], Provider: s.provider.Name, Source: all.texts[TextSource],
		Namespace: text(TextNamespace), Kind: avro.PaymentKindInvoice, CorrelationIDs: out.CorrelationIDs[:0],
		ExternalIDs: append(out.ExternalIDs[:0], all.externals...), InvoiceID: text(TextInvoiceID), PaymentNumber: text(TextNumber),
		Phase: b.phase.Avro(), StatusRaw: text(TextStatus), PaymentStatusRaw: text(TextPaymentStatus), Operations: out.Operations[:0],
		Type: text(TextType), SystemType: text(TextSystemType), PaymentSystem: text(TextPaymentSystem), PaymentType: text(TextPaymentType),
		AmountMinor: all.amounts[AmountPaid], PendingAmountMinor: all.amounts[AmountPending], CommissionMinor: all.amounts[AmountCommission],
		GrossMinor: b.gross, RefundedMinor: b.refunded, ReleasedMinor: b.released, NetMinor: saturated(b.gross, -b.refunded),
		Currency: cmp.Or(all.texts[TextCurrency], s.provider.Currency),
		Paid:     b.everPaid && b.refund != avro.RefundFull, EverPaid: b.everPaid, Refund: b.refund,
		Conflict: all.conflict(), Regression: all.regression, AmountChanged: all.changed, AmountInconsistent: b.inconsistent,
		HoldOverdue: p.overdue, HoldDeadline: entity.TimeOf(s.holdDeadline(all)),
		CreatedAt: all.createdAt().Time(), HeldAt: entity.TimeOf(all.heldAt()), OutcomeAt: entity.TimeOf(all.outcomeAt()),
		Revision: p.revision, Facts: p.count, FirstEventAt: entity.TimeOf(all.firstAt), LastEventAt: entity.TimeOf(all.lastAt), Assurance: all.assurance,
	}
	if b.everPaid {
		out.PaidAt, out.LastRefundedAt = entity.TimeOf(all.paidAt()), entity.TimeOf(b.givenAt)
	}
	if all.p2p {
		out.Kind = avro.PaymentKindP2P
	}
	slices.Sort(out.ExternalIDs)
	for i := range journeys {
		out.CorrelationIDs = append(out.CorrelationIDs, journeys[i].ID)
	}
	for i := range all.operations {
		o := &all.operations[i]
		out.Operations = append(out.Operations, avro.PaymentOperation{
			ID: o.ID, Type: entity.Text(o.Kind), StatusRaw: entity.Text(o.Status), ExternalID: entity.Text(o.ExternalID), StatusAt: entity.TimeOf(o.At),
		})
	}
	slices.SortFunc(out.Operations, func(a, b avro.PaymentOperation) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// journeyMember fills in the payment as a member of a journey.
func journeyMember(all *aggregate, s *avro.PaymentSnapshot, to *avro.PaymentMember) {
	*to = avro.PaymentMember{
		Provider: s.Provider, Source: s.Source, CustomerID: s.CustomerID, Phase: s.Phase, AmountMinor: s.AmountMinor,
		GrossMinor: s.GrossMinor, RefundedMinor: s.RefundedMinor, ReleasedMinor: s.ReleasedMinor, Currency: s.Currency, EverPaid: s.EverPaid,
		Conflict: s.Conflict, Regression: s.Regression, AmountChanged: s.AmountChanged,
		AmountInconsistent: s.AmountInconsistent, HoldOverdue: s.HoldOverdue,
		CreatedAt: s.CreatedAt, HeldAt: s.HeldAt, PaidAt: s.PaidAt, LastRefundedAt: s.LastRefundedAt, OutcomeAt: s.OutcomeAt,
		TakenReceivedAt: entity.TimeOf(all.taken()),
	}
}
