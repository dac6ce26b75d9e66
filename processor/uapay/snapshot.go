package uapay

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// currency is the one UAPAY knows.
const currency = "UAH"

// snapshot is what the topic gets, but for processing time and what changed it.
func (s *Stage) snapshot(id string, p *Payment, all *Fact, journeys []journeyID) avro.PaymentSnapshot {
	text := func(i int) avro.Optional[string] { return some(all.texts[i]) }
	out := avro.PaymentSnapshot{
		PaymentID: id, ProviderID: all.texts[textProviderID], Provider: raw.ProviderUAPAY, Source: all.texts[textSource],
		Namespace: text(textNamespace), Kind: avro.PaymentKindInvoice, CorrelationIDs: make([]string, len(journeys)),
		ExternalIDs: slices.Sorted(slices.Values(all.externals)), InvoiceID: text(textInvoiceID), PaymentNumber: text(textNumber),
		Phase: phaseAtRank(all.top()), Status: text(textStatus), PaymentStatus: text(textPaymentStatus), Operations: []avro.PaymentOperation{},
		Type: text(textType), SystemType: text(textSystemType), PaymentSystem: text(textPaymentSystem), PaymentType: text(textPaymentType),
		AmountMinor: all.amounts[amountPaid], PendingAmountMinor: all.amounts[amountPending], CommissionMinor: all.amounts[amountCommission],
		ReversalAmountMinor: s.reversal(all), Currency: currency,
		Conflict: all.conflict(), Regression: all.regression, AmountChanged: all.changed,
		HoldOverdue: p.overdue, HoldDeadline: someTime(s.holdDeadline(all)),
		CreatedAt: someTime(all.created), HeldAt: someTime(all.held), PaidAt: someTime(all.paid), OutcomeAt: someTime(all.phaseAt[all.top()]),
		Revision: p.revision, Facts: p.count, FirstEventAt: someTime(all.FirstAt), LastEventAt: someTime(all.At), Assurance: all.Assurance,
	}
	if all.P2P {
		out.Kind = avro.PaymentKindP2P
	}
	if out.ExternalIDs == nil {
		out.ExternalIDs = []string{}
	}
	// Where the provider gives no date, the first callback that says so does.
	if at := all.phaseAt[rank(avro.PaymentPhaseHeld)]; !out.HeldAt.Set {
		out.HeldAt = someTime(at)
	}
	if at := all.phaseAt[rank(avro.PaymentPhasePaid)]; !out.PaidAt.Set {
		out.PaidAt = someTime(at)
	}
	for i := range journeys {
		out.CorrelationIDs[i] = journeys[i].id
	}
	for _, o := range all.sortedOperations() {
		out.Operations = append(out.Operations, avro.PaymentOperation{
			ID: o.id, Type: some(o.kind), Status: some(o.status), ExternalID: some(o.external), StatusAt: someTime(o.at),
		})
	}
	return out
}

// reversal is the amount given back, as the source's configuration reads
// reversalAmount: an assumption either way.
func (s *Stage) reversal(all *Fact) avro.Optional[int64] {
	if all.reversalMax.Set && s.sources.Find(all.texts[textSource], raw.ProviderUAPAY).Reversal == source.ReversalEach {
		return avro.Some(all.reversalSum)
	}
	return all.reversalMax
}

// journeyMember is what a journey is told.
func journeyMember(all *Fact, s *avro.PaymentSnapshot) avro.PaymentMember {
	return avro.PaymentMember{
		Provider: s.Provider, Source: s.Source, Phase: s.Phase, AmountMinor: s.AmountMinor, ReversalAmountMinor: s.ReversalAmountMinor,
		Currency: s.Currency, Conflict: s.Conflict, Regression: s.Regression, AmountChanged: s.AmountChanged, HoldOverdue: s.HoldOverdue,
		CreatedAt: s.CreatedAt, HeldAt: s.HeldAt, PaidAt: s.PaidAt, OutcomeAt: s.OutcomeAt, TakenReceivedAt: someTime(all.taken()),
	}
}
