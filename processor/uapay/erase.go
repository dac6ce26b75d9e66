package uapay

import (
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
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
	return entity.Erase(tx, r, schemas.EnrichedPayments, p.journeys.Keys(p.sum().appendJourneys(nil)))
}
