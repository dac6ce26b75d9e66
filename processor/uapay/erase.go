package uapay

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas"
)

var _ erasure.Eraser = (*Stage)(nil)

// Erase forgets a payment: its state, its snapshot, and that its journeys have it.
func (*Stage) Erase(tx engine.Tx, r *erasure.Request) error {
	entry, err := tx.Get(r.Key)
	if err != nil {
		return err
	}
	p, err := parsePayment(entry)
	if err != nil {
		return err
	}
	all := p.sum()
	var journeys []string
	for _, id := range append(all.appendJourneys(nil), p.told...) {
		journeys = append(journeys, string(verification.JourneyKey(nil, id.namespace, id.id)))
	}
	tx.Emit(engine.Output{Topic: schemas.EnrichedPayments, Key: r.Key})
	if err := verification.Forget(tx, bytes.Clone(r.Key)); err != nil {
		return err
	}
	return r.Tell(tx, journeys)
}
