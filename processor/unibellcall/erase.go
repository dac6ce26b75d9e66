package unibellcall

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/verification"
)

// erase forgets the verification under the key, and what is held or known of the key
// where it is a request id's.
func erase(tx engine.Tx, in *engine.Input) error {
	r, err := erasure.Read(in)
	if err != nil {
		return err
	}
	tx.Delete(holdKey(tx, bytes.Clone(r.Key)))
	return verification.Erase(tx, r)
}
