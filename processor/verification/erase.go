package verification

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
)

// Erase deletes the state, the snapshot and the attempts of the verification in a request, and
// removes it from its journeys.
func Erase(tx stage.Tx, r *erasure.Request) error {
	e, err := load(tx, r.Key)
	if err != nil {
		return err
	}
	e.rows.Erase(tx, schemas.FactsAttempts, bytes.Clone(r.Key), r.Rows)
	return entity.Erase(tx, r, schemas.EnrichedVerifications, e.journeys.Keys(e.appendJourneys(nil)))
}
