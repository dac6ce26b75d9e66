package voximplant

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
)

var _ erasure.Eraser = (*Stage)(nil)

// Erase deletes an account.
func (*Stage) Erase(tx stage.Tx, r *erasure.Request) error {
	return entity.End(tx, schemas.EnrichedAccounts, bytes.Clone(r.Key))
}
