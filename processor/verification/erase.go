package verification

import (
	"bytes"
	"fmt"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/schemas"
)

// Erase deletes the state and the snapshot of the verification in a request, and
// removes it from its journeys. It emits the tombstone even if there is no state,
// because the snapshot may outlive the state.
func Erase(tx engine.Tx, r *erasure.Request) error {
	entry, err := tx.Get(r.Key)
	if err != nil {
		return fmt.Errorf("read a verification: %w", err)
	}
	e, err := Parse(entry)
	if err != nil {
		return err
	}
	var journeys []string
	for _, id := range append(e.appendJourneys(nil), e.told...) {
		journeys = append(journeys, string(JourneyKey(nil, id.namespace, id.id)))
	}
	key := append(tx.Buffer(len(r.Key)), r.Key...)
	tx.Emit(engine.Output{Topic: schemas.EnrichedVerifications, Key: key})
	if err := Forget(tx, bytes.Clone(key)); err != nil {
		return err
	}
	return r.Tell(tx, journeys)
}
