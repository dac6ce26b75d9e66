package ingest_test

import (
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schematest"
)

// TestEveryProviderHasAnAuthenticator: a row of the provider table for which ingest has
// no code is refused in the settings.
func TestEveryProviderHasAnAuthenticator(t *testing.T) { //nolint:paralleltest // It adds a row to the global table.
	fault := func(provider string) string {
		config := ingest.DefaultConfig()
		config.Sources = []ingest.Source{{ID: "shop", Provider: provider}}
		err := config.Validate()
		if err == nil {
			t.Fatalf("a source of %s without secrets is valid", provider)
		}
		return err.Error()
	}
	for _, id := range schemas.ProviderIDs() {
		if got := fault(id); strings.Contains(got, "sources[0].provider") {
			t.Errorf("%s: %s", id, got)
		}
	}
	fake := schematest.Fake()
	schematest.Add(t, fake)
	if got := fault(fake.ID); !strings.Contains(got, "sources[0].provider") {
		t.Errorf("%s: %s", fake.ID, got)
	}
}
