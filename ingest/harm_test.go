//go:build tributary_break

package ingest_test

import (
	"testing"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/ingest/producer"
)

// TestHarmIsCaught: the witness sees each way to break ingest.
func TestHarmIsCaught(t *testing.T) {
	t.Parallel()
	const limit = 50
	for _, harm := range producer.Harms() {
		t.Run(string(harm), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(limit) {
				if bad := witness(t, seed, func(d *ingest.Deps) { ingest.HarmDeps(d, harm) }); len(bad) > 0 {
					t.Logf("caught by seed %d: %s", seed, bad[0])
					return
				}
			}
			t.Errorf("not caught by %d seeds", limit)
		})
	}
}
