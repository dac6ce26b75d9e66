package unibellcall

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/verification"
)

// erase deletes the verification under the key and, if the key is a request id's, the
// held facts and the binding.
func erase(tx stage.Tx, in *stage.Input) error {
	r, err := erasure.Read(in)
	if err != nil {
		return err
	}
	tx.Delete(holdKey(tx, bytes.Clone(r.Key)))
	return verification.Erase(tx, r)
}
