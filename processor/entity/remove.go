package entity

import (
	"bytes"
	"fmt"

	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
)

// Delete deletes an entity's entry and all of its sub-entries.
func Delete(tx stage.Tx, key []byte) error {
	var keys [][]byte
	err := tx.Scan(append(bytes.Clone(key), 0), func(k, _ []byte) bool {
		keys = append(keys, bytes.Clone(k))
		return true
	})
	if err != nil {
		return fmt.Errorf("look for the entries of an entity: %w", err)
	}
	for _, k := range keys {
		tx.Delete(k)
	}
	tx.Delete(key)
	return nil
}

// End emits the tombstone of an entity's snapshot and deletes its state. Its journeys keep
// it as a member until they end.
func End(tx stage.Tx, topic string, key []byte) error {
	tx.Emit(stage.Output{Topic: topic, Key: key})
	return Delete(tx, key)
}

// Erase is End for an erasure: it also removes the entity from its journeys. It emits the
// tombstone even if there is no state, because the snapshot may outlive the state.
func Erase(tx stage.Tx, r *erasure.Request, topic string, journeys []string) error {
	if err := End(tx, topic, bytes.Clone(r.Key)); err != nil {
		return err
	}
	return r.Tell(tx, journeys)
}
