package uapay

import (
	"fmt"
	"sync"

	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Name is the stage's name.
const Name = schemas.FamilyUAPAY

// Stage is the stage. Make it with New.
type Stage struct {
	*payment.Stage

	sources    *source.Set
	pseudonyms *privacy.Pseudonymiser
	// callbacks holds callbacks for reuse after their transaction; readings holds memory for
	// one Decode.
	callbacks, readings sync.Pool
}

var (
	_ stage.Stage             = (*Stage)(nil)
	_ stage.WatermarkReporter = (*Stage)(nil)
	_ stage.Recycler          = (*Stage)(nil)
	_ erasure.Eraser          = (*Stage)(nil)
)

// currency is that of a callback that names none: UAPAY's documentation knows no other.
const currency = "UAH"

// New returns the stage; the settings must be valid.
func New(config payment.Config, sources *source.Set, pseudonyms *privacy.Pseudonymiser) *Stage {
	provider := payment.Provider{Name: raw.ProviderUAPAY, KnownBy: avro.KnownByClaimsHash, Currency: currency}
	return &Stage{Stage: payment.New(provider, config, sources), sources: sources, pseudonyms: pseudonyms}
}

// Apply adds a callback to its payment.
func (s *Stage) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	cb, ok := event.(*callback)
	if !ok {
		return fmt.Errorf("uapay: an event of type %T", event)
	}
	return s.Stage.Apply(tx, in, &cb.Event)
}

// Recycle implements stage.Recycler. Until its reuse the callback keeps its record alive.
func (s *Stage) Recycle(used stage.Event) {
	if cb, ok := used.(*callback); ok {
		s.callbacks.Put(cb)
	}
}
