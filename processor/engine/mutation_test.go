//go:build tributary_break

package engine_test

import (
	"testing"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
	"github.com/tributary-hq/tributary/processor/engine/sim"
)

// lostMarkers returns schedules in which a broker loses markers of the first transaction after
// it was committed. If it loses all of them, only the pending input offsets tell a new session
// that the transaction was committed.
func lostMarkers() []*schedule {
	var out []*schedule
	for seed := range uint64(60) {
		p := tell(seed, 1, 1, []sim.Fault{{On: "a.0/step:flushed", Nth: 1, Do: sim.Lose, Arg: []int64{2900, 3100, 3600}[seed%3]}})
		p.Epochs, p.MarkerDelay = true, 20
		out = append(out, p)
	}
	return out
}

// TestUnstableOffsetsAreCaught: random schedules rarely lose all markers of a transaction, so
// this mutation has schedules of its own. The engine itself passes them.
func TestUnstableOffsetsAreCaught(t *testing.T) {
	t.Parallel()
	caught := 0
	for _, p := range lostMarkers() {
		if out := p.run(false); len(out.violations) > 0 {
			t.Fatal(story(p))
		}
		p.mutation = func(d *engine.Deps) { failpoint.Break(d, failpoint.UnstableOffsets) }
		if out := p.run(false); len(out.violations) > 0 {
			t.Logf("caught by seed %d: %v", p.Seed, out.violations[0])
			caught++
		}
	}
	if caught == 0 {
		t.Error("not caught")
	}
}

// TestMutationsAreCaught: each way to break the engine is seen by the simulation within
// 4,000 schedules.
func TestMutationsAreCaught(t *testing.T) {
	t.Parallel()
	for _, mutation := range failpoint.Mutations() {
		if mutation == failpoint.UnstableOffsets {
			continue // TestUnstableOffsetsAreCaught
		}
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
