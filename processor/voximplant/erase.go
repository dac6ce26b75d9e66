package voximplant

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas"
)

var _ erasure.Eraser = (*Stage)(nil)

// Erase deletes an account.
func (*Stage) Erase(tx engine.Tx, r *erasure.Request) error {
	tx.Emit(engine.Output{Topic: schemas.EnrichedAccounts, Key: r.Key})
	return verification.Forget(tx, bytes.Clone(r.Key))
}
