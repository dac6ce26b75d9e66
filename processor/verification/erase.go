package verification

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
)

// Erase deletes the state, the snapshot and the attempts of the verification in a request, and
// removes it from its journeys and its number from the state of blocks.
func (r *Repository) Erase(tx stage.Tx, request *erasure.Request) error {
	e, err := load(tx, request.Key)
	if err != nil {
		return err
	}
	if err := r.Blocks.Forget(tx, &e.phone.value.decision.Number); err != nil {
		return err
	}
	r.withdraw(tx, e)
	e.rows.Erase(tx, schemas.FactsAttempts, bytes.Clone(request.Key), request.Rows)
	return entity.Erase(tx, request, schemas.EnrichedVerifications, e.journeys.Keys(e.appendJourneys(nil)))
}
