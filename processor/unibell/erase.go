package unibell

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

var _ erasure.Eraser = (*Stage)(nil)

// Erase deletes the state of a reference or request id, and sends the erasure on to the
// stage that keeps the verification.
func (*Stage) Erase(tx stage.Tx, r *erasure.Request) error {
	if err := entity.Delete(tx, bytes.Clone(r.Key)); err != nil {
		return err
	}
	input := avro.UnibellInput{Kind: avro.UnibellInputKindErasure, VerificationID: avro.Some(string(r.Key))}
	return entity.Emit(tx, schemas.InternalUnibell, r.Key, &input, 128, r.Headers)
}
