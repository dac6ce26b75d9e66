//go:build tributary_break

package engine_test

import (
	"testing"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
)

// TestMutationsAreCaught: each way to break the engine is seen by the simulation within
// 4,000 schedules.
func TestMutationsAreCaught(t *testing.T) {
	t.Parallel()
	for _, mutation := range failpoint.Mutations() {
		t.Run(string(mutation), func(t *testing.T) {
			t.Parallel()
			from := simSetting(t, "SEED", 0)
			for seed := from; seed < from+4000; seed++ {
				p := plan(seed)
				p.mutation = func(d *engine.Deps) { failpoint.Break(d, mutation) }
				if out := p.run(false); len(out.violations) > 0 {
					t.Logf("caught by schedule %d: %v", seed-from+1, out.violations[0])
					return
				}
			}
			t.Error("not caught by 4,000 schedules")
		})
	}
}

// TestAdministratorMutationsAreCaught: each guard against what administrators do is missed by
// one of the acts.
func TestAdministratorMutationsAreCaught(t *testing.T) {
	t.Parallel()
	for _, mutation := range failpoint.AdministratorMutations() {
		t.Run(string(mutation), func(t *testing.T) {
			t.Parallel()
			from := simSetting(t, "SEED", 0)
			for seed := from; seed < from+50; seed++ {
				for _, act := range adminActs() {
					p := adminPlan(seed, act)
					p.mutation = func(d *engine.Deps) { failpoint.Break(d, mutation) }
					if out := p.run(false); len(out.violations) > 0 {
						t.Logf("caught by %s, schedule %d: %v", act.name, seed-from+1, out.violations[0])
						return
					}
				}
			}
			t.Error("not caught by 50 schedules of each act")
		})
	}
}
