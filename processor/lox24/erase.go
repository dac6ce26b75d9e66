package lox24

import (
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/verification"
)

var _ erasure.Eraser = (*Stage)(nil)

// Erase deletes the verification with the key, and the entries of SMS and unknown
// events with the same id.
func (*Stage) Erase(tx stage.Tx, r *erasure.Request) error {
	for _, prefix := range []string{smsPrefix, unknownPrefix} {
		if err := entity.Delete(tx, append([]byte(prefix), r.Key...)); err != nil {
			return err
		}
	}
	return verification.Erase(tx, r)
}
