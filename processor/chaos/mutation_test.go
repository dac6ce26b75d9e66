//go:build synctests && tributary_break

package chaos_test

import (
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
)

// shown are the ways to break the engine that whole clients on the embedded broker
// can show. The others are the simulated log's: the embedded broker fences too little
// (no-generation), has no transaction that is decided and not marked
// (unstable-offsets), and of an order of goroutines that breaks no-resync and
// no-lease none was seen in 1,000 schedules.
func shown() []failpoint.Mutation {
	return []failpoint.Mutation{
		failpoint.IgnoreFailedProduce, failpoint.TimersUnfenced, failpoint.OffsetsFirst, failpoint.StoreFirst, failpoint.SkipReplay,
		failpoint.DropTimers, failpoint.KeepAborted, failpoint.ReadUncommitted, failpoint.UnknownIsCommitted,
	}
}

// mutated is the plan of a broken engine.
func mutated(mutation failpoint.Mutation) func(uint64) *schedule {
	return func(seed uint64) *schedule {
		p := plan(seed)
		p.mutation = func(d *engine.Deps) { failpoint.Break(d, mutation) }
		return p
	}
}

// TestMutationsAreCaught: each of these is seen within 1,000 schedules. The seeds are those
// of the plain stage.
func TestMutationsAreCaught(t *testing.T) {
	t.Parallel()
	const limit = 1000
	for _, mutation := range shown() {
		t.Run(string(mutation), func(t *testing.T) {
			t.Parallel()
			sum := playAll(t, *seed, limit, mutated(mutation), loadOf)
			if sum.failing == nil {
				t.Fatalf("not caught by %d schedules", limit)
			}
			t.Logf("caught by seed %d: %s", sum.failing.seed, sum.outcome.violations[0])
		})
	}
}

// TestStoryIsSmall: what is told of a failing schedule is less than all of it, and
// has its trace.
func TestStoryIsSmall(t *testing.T) {
	t.Parallel()
	sum := playAll(t, *seed, 1000, mutated(failpoint.DropTimers), loadOf)
	if sum.failing == nil {
		t.Fatal("no schedule fails")
	}
	l := loadOf(sum.failing.seed)
	small, came, again := shrink(t, sum.failing, sum.outcome, l)
	if again == 0 || len(small.sends) >= len(sum.failing.sends) || len(came.violations) == 0 {
		t.Errorf("of %d records %d are left, %d violations, after %d times", len(sum.failing.sends), len(small.sends), len(came.violations), again)
	}
	told := tell(sum.failing, small, came, again)
	t.Log(told)
	for _, want := range []string{"seed ", "it failed again", "deadline: ", "record: ", "is at committed"} {
		if !strings.Contains(told, want) {
			t.Errorf("the story has no %q", want)
		}
	}
}
