package ingest

import (
	"github.com/tributary-hq/tributary/ingest/lox24"
	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/standard"
	"github.com/tributary-hq/tributary/ingest/uapay"
	"github.com/tributary-hq/tributary/ingest/unibell"
	"github.com/tributary-hq/tributary/ingest/voximplant"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// providers returns the code of each provider, by its id in the provider table.
func providers() map[string]proof.Provider {
	return map[string]proof.Provider{
		raw.ProviderLOX24:      lox24.Provider(),
		raw.ProviderUAPAY:      uapay.Provider(),
		raw.ProviderVoximplant: voximplant.Provider(),
		raw.ProviderUnibell:    unibell.Provider(),
		raw.ProviderStandard:   standard.Provider(),
	}
}

// providerIDs returns the providers whose webhooks ingest takes, in the order of
// the provider table.
func providerIDs() []string {
	var ids []string
	code := providers()
	for _, id := range schemas.ProviderIDs() {
		if _, ok := code[id]; ok {
			ids = append(ids, id)
		}
	}
	return ids
}
