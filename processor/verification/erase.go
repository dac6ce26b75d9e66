package verification

import (
	"fmt"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
)

// Erase deletes the state and the snapshot of the verification in a request, and
// removes it from its journeys.
func Erase(tx stage.Tx, r *erasure.Request) error {
	entry, err := tx.Get(r.Key)
	if err != nil {
		return fmt.Errorf("read a verification: %w", err)
	}
	e, err := Parse(entry)
	if err != nil {
		return err
	}
	return entity.Erase(tx, r, schemas.EnrichedVerifications, e.journeys.Keys(e.appendJourneys(nil)))
}
