//go:build tributary_break

package ingest_test

import (
	"testing"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/ingest/producer"
)

// TestMutationsAreCaught: the witness sees each way to break ingest.
func TestMutationsAreCaught(t *testing.T) {
	t.Parallel()
	const limit = 50
	for _, mutation := range producer.Mutations() {
		t.Run(string(mutation), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(limit) {
				if bad := witness(t, seed, func(d *ingest.Deps) { ingest.MutateDeps(d, mutation) }); len(bad) > 0 {
					t.Logf("caught by seed %d: %s", seed, bad[0])
					return
				}
			}
			t.Errorf("not caught by %d seeds", limit)
		})
	}
}
