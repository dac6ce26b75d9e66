//go:build synctests && tributary_break

package chaos_test

import (
	"testing"

	"github.com/tributary-hq/tributary/processor/engine"
)

// TestHarmIsCaught: each way to break the engine that whole clients can show is seen
// within 1,000 schedules.
func TestHarmIsCaught(t *testing.T) {
	t.Parallel()
	for _, harm := range engine.Harms() {
		t.Run(string(harm), func(t *testing.T) {
			t.Parallel()
			n := *schedules
			sum := playAll(t, *seed, n, func(seed uint64) *schedule {
				p := plan(seed)
				p.harm = func(d *engine.Deps) { engine.HarmDeps(d, harm) }
				return p
			})
			if sum.failing == nil {
				t.Errorf("not caught by %d schedules", n)
				return
			}
			t.Logf("caught by seed %d: %s", sum.failing.seed, sum.outcome.violations[0])
		})
	}
}
