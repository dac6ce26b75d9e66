package lox24

import (
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/verification"
)

var _ erasure.Eraser = (*Stage)(nil)

// Erase forgets a verification, and an SMS of the same id.
func (*Stage) Erase(tx engine.Tx, r *erasure.Request) error {
	if err := verification.Forget(tx, append([]byte(smsPrefix), r.Key...)); err != nil {
		return err
	}
	return verification.Erase(tx, r)
}
