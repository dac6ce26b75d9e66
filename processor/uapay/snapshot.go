package uapay

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// snapshot returns the payment's snapshot without processed_at and changed_by, in the
// payment's reusable memory.
func (s *Stage) snapshot(id string, p *Payment, all *sum, journeys []entity.JourneyID) *avro.PaymentSnapshot {
	out := &p.snapshot
	text := func(i int) avro.Optional[string] { return entity.Text(all.texts[i]) }
	*out = avro.PaymentSnapshot{
		PaymentID: id, ProviderID: all.texts[textProviderID], Provider: raw.ProviderUAPAY, Source: all.texts[textSource],
		Namespace: text(textNamespace), Kind: avro.PaymentKindInvoice, CorrelationIDs: out.CorrelationIDs[:0],
		ExternalIDs: append(out.ExternalIDs[:0], all.externals...), InvoiceID: text(textInvoiceID), PaymentNumber: text(textNumber),
		Phase: phaseAtRank(all.top()), Status: text(textStatus), PaymentStatus: text(textPaymentStatus), Operations: out.Operations[:0],
		Type: text(textType), SystemType: text(textSystemType), PaymentSystem: text(textPaymentSystem), PaymentType: text(textPaymentType),
		AmountMinor: all.amounts[amountPaid], PendingAmountMinor: all.amounts[amountPending], CommissionMinor: all.amounts[amountCommission],
		Currency: cmp.Or(all.texts[textCurrency], currency),
		Conflict: all.conflict(), Regression: all.regression, AmountChanged: all.changed,
		HoldOverdue: p.overdue, HoldDeadline: entity.TimeOf(s.holdDeadline(all)),
		CreatedAt: entity.TimeOf(all.created), HeldAt: entity.TimeOf(all.heldAt()), PaidAt: entity.TimeOf(all.paid), OutcomeAt: entity.TimeOf(all.phases[all.top()].at),
		Revision: p.revision, Facts: p.count, FirstEventAt: entity.TimeOf(all.firstAt), LastEventAt: entity.TimeOf(all.lastAt), Assurance: all.assurance,
	}
	out.Captured = all.top() >= rank(avro.PaymentPhasePaid) && all.captured()
	s.splitAmounts(out, all)
	if all.p2p {
		out.Kind = avro.PaymentKindP2P
	}
	slices.Sort(out.ExternalIDs)
	if !out.PaidAt.Set {
		out.PaidAt = entity.TimeOf(all.reached(avro.PaymentPhasePaid).at)
	}
	for i := range journeys {
		out.CorrelationIDs = append(out.CorrelationIDs, journeys[i].ID)
	}
	for i := range all.operations {
		o := &all.operations[i]
		out.Operations = append(out.Operations, avro.PaymentOperation{
			ID: o.id, Type: entity.Text(o.kind), Status: entity.Text(o.status), ExternalID: entity.Text(o.external), StatusAt: entity.TimeOf(o.at),
		})
	}
	slices.SortFunc(out.Operations, func(a, b avro.PaymentOperation) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// splitAmounts fills in the amounts paid, refunded and released. Money given back that was
// never captured is a released hold, not a refund.
func (s *Stage) splitAmounts(out *avro.PaymentSnapshot, all *sum) {
	reversal, amount := s.reversal(all), out.AmountMinor
	out.AmountInconsistent = all.contradicts || reversal.Set && amount.Set && reversal.Value > amount.Value
	given := max(reversal.Value, 0)
	if given == 0 && out.Phase == avro.PaymentPhaseReturned {
		given = amount.Value
	}
	if out.Captured {
		out.PaidAmountMinor, out.RefundedAmountMinor = amount.Value, given
	} else {
		out.ReleasedAmountMinor = given
	}
}

// reversal returns the amount given back. The provider does not document whether
// reversalAmount is a total or one return; the source's setting decides.
func (s *Stage) reversal(all *sum) avro.Optional[int64] {
	if all.reversalMax.Set && s.sources.Find(all.texts[textSource], raw.ProviderUAPAY).Reversal == source.ReversalEach {
		return avro.Some(all.reversalSum)
	}
	return all.reversalMax
}

// journeyMember fills in the payment as a member of a journey.
func journeyMember(all *sum, s *avro.PaymentSnapshot, to *avro.PaymentMember) {
	*to = avro.PaymentMember{
		Provider: s.Provider, Source: s.Source, Phase: s.Phase, AmountMinor: s.AmountMinor,
		PaidAmountMinor: s.PaidAmountMinor, RefundedAmountMinor: s.RefundedAmountMinor, ReleasedAmountMinor: s.ReleasedAmountMinor, Currency: s.Currency, Captured: s.Captured, Conflict: s.Conflict, Regression: s.Regression, AmountChanged: s.AmountChanged,
		AmountInconsistent: s.AmountInconsistent, HoldOverdue: s.HoldOverdue,
		CreatedAt: s.CreatedAt, HeldAt: s.HeldAt, PaidAt: s.PaidAt, OutcomeAt: s.OutcomeAt, TakenReceivedAt: entity.TimeOf(all.taken()),
	}
}
