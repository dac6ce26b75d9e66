package payment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// snapshot returns the payment's snapshot without processed_at and changed_by, in the
// payment's reusable memory.
func (s *Stage) snapshot(id string, p *Entity, all *aggregate, journeys []entity.JourneyID) *avro.PaymentSnapshot {
	out := &p.snapshot
	text := func(i int) avro.Optional[string] { return entity.Text(all.texts[i]) }
	*out = avro.PaymentSnapshot{
		PaymentID: id, ProviderID: all.texts[TextProviderID], Provider: s.provider.Name, Source: all.texts[TextSource],
		Namespace: text(TextNamespace), Kind: avro.PaymentKindInvoice, CorrelationIDs: out.CorrelationIDs[:0],
		ExternalIDs: append(out.ExternalIDs[:0], all.externals...), InvoiceID: text(TextInvoiceID), PaymentNumber: text(TextNumber),
		Phase: all.top().Avro(), StatusRaw: text(TextStatus), PaymentStatusRaw: text(TextPaymentStatus), Operations: out.Operations[:0],
		Type: text(TextType), SystemType: text(TextSystemType), PaymentSystem: text(TextPaymentSystem), PaymentType: text(TextPaymentType),
		AmountMinor: all.amounts[AmountPaid], PendingAmountMinor: all.amounts[AmountPending], CommissionMinor: all.amounts[AmountCommission],
		Currency: cmp.Or(all.texts[TextCurrency], s.provider.Currency),
		Conflict: all.conflict(), Regression: all.regression, AmountChanged: all.changed,
		HoldOverdue: p.overdue, HoldDeadline: entity.TimeOf(s.holdDeadline(all)),
		CreatedAt: entity.TimeOf(all.created), HeldAt: entity.TimeOf(all.heldAt()), PaidAt: entity.TimeOf(all.paid), OutcomeAt: entity.TimeOf(all.phases[all.top()].at),
		Revision: p.revision, Facts: p.count, FirstEventAt: entity.TimeOf(all.firstAt), LastEventAt: entity.TimeOf(all.lastAt), Assurance: all.assurance,
	}
	out.Captured = all.top() >= PhasePaid && all.captured()
	s.splitAmounts(out, all)
	if all.p2p {
		out.Kind = avro.PaymentKindP2P
	}
	slices.Sort(out.ExternalIDs)
	if !out.PaidAt.Set {
		out.PaidAt = entity.TimeOf(all.reached(PhasePaid).at)
	}
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

// splitAmounts fills in the amounts paid, refunded and released. Money given back that was
// never captured is a released hold, not a refund.
func (s *Stage) splitAmounts(out *avro.PaymentSnapshot, all *aggregate) {
	reversal, amount := s.reversal(all), out.AmountMinor
	out.AmountInconsistent = all.contradicts || reversal.Set && amount.Set && reversal.Value > amount.Value
	given := max(reversal.Value, 0)
	if given == 0 && all.top() == PhaseRefunded {
		given = amount.Value
	}
	if out.Captured {
		out.PaidAmountMinor, out.RefundedAmountMinor = amount.Value, given
	} else {
		out.ReleasedAmountMinor = given
	}
}

// reversal returns the amount given back. Whether a callback reports the total or one return
// is a setting of the source.
func (s *Stage) reversal(all *aggregate) avro.Optional[int64] {
	if all.reversalMax.Set && s.sources.Find(all.texts[TextSource], s.provider.Name).Reversal == source.ReversalEach {
		return avro.Some(all.reversalSum)
	}
	return all.reversalMax
}

// journeyMember fills in the payment as a member of a journey.
func journeyMember(all *aggregate, s *avro.PaymentSnapshot, to *avro.PaymentMember) {
	*to = avro.PaymentMember{
		Provider: s.Provider, Source: s.Source, Phase: s.Phase, AmountMinor: s.AmountMinor,
		PaidAmountMinor: s.PaidAmountMinor, RefundedAmountMinor: s.RefundedAmountMinor, ReleasedAmountMinor: s.ReleasedAmountMinor, Currency: s.Currency, Captured: s.Captured, Conflict: s.Conflict, Regression: s.Regression, AmountChanged: s.AmountChanged,
		AmountInconsistent: s.AmountInconsistent, HoldOverdue: s.HoldOverdue,
		CreatedAt: s.CreatedAt, HeldAt: s.HeldAt, PaidAt: s.PaidAt, OutcomeAt: s.OutcomeAt, TakenReceivedAt: entity.TimeOf(all.taken()),
	}
}
