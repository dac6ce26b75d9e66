package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine"
)

// group plays a group: members join and die, copies follow, owners give up what
// they are told to.
type group struct {
	partitions int32
	standby    int
	workers    int
	members    map[string]engine.GroupMember // by id
	copies     map[string]map[int32]engine.Warmth
	generation int32
	end        int64
}

func (g *group) join(instance string) {
	for w := range g.workers {
		id := fmt.Sprintf("%s.%d", instance, w)
		g.members[id] = engine.GroupMember{ID: id, Instance: instance, Standby: g.standby}
	}
	if g.copies[instance] == nil {
		g.copies[instance] = map[int32]engine.Warmth{}
	}
}

func (g *group) die(instance string) {
	for id := range g.members {
		if g.members[id].Instance == instance {
			delete(g.members, id)
		}
	}
}

// rebalance lets the leader decide once and the members do it. It says whether
// anybody had to give something up.
func (g *group) rebalance(t fataler) (decided engine.Assignment, moved bool) {
	g.generation++
	var members []engine.GroupMember
	for _, id := range slices.Sorted(maps.Keys(g.members)) {
		m := g.members[id]
		m.Warm = maps.Clone(g.copies[m.Instance])
		members = append(members, m)
	}
	decided = engine.Assign(g.partitions, members)
	owners := map[int32]string{}
	for id, active := range decided.Active {
		m := g.members[id]
		for _, p := range active {
			if was, twice := owners[p]; twice {
				t.Fatalf("partition %d is given to %s and %s", p, was, id)
			}
			owners[p] = id
		}
		for _, p := range m.Owned {
			moved = moved || !slices.Contains(active, p)
		}
	}
	for id := range g.members {
		m := g.members[id]
		for _, p := range m.Owned {
			if to, given := owners[p]; given && to != id {
				t.Fatalf("partition %d goes to %s before %s gave it up", p, to, id)
			}
		}
	}
	for id := range g.members {
		m := g.members[id]
		m.Owned, m.Generation = slices.Clone(decided.Active[id]), g.generation
		g.members[id] = m
		for _, p := range m.Owned {
			g.end += 1 << 20
			g.copies[m.Instance][p] = engine.Warmth{Offset: g.end}
		}
	}
	return decided, moved
}

type fataler interface {
	Fatalf(format string, args ...any)
}

// settle rebalances until nothing changes, copies catching up in between.
func (g *group) settle(t fataler) engine.Assignment {
	for range 20 {
		decided, moved := g.rebalance(t)
		caught := false
		for instance, keep := range decided.Standby {
			for p := range g.copies[instance] {
				w := g.copies[instance][p]
				w.Caught = false
				g.copies[instance][p] = w
			}
			for p, moves := range keep {
				g.copies[instance][p] = engine.Warmth{Offset: g.end, Caught: true}
				caught = caught || moves
			}
		}
		if !moved && !caught && g.owned() == int(g.partitions) {
			return decided
		}
	}
	t.Fatalf("the group does not come to rest")
	return engine.Assignment{}
}

func (g *group) owned() (n int) {
	for id := range g.members {
		n += len(g.members[id].Owned)
	}
	return n
}

func newGroup(partitions int32, standby, workers int, instances ...string) *group {
	g := &group{
		partitions: partitions, standby: standby, workers: workers,
		members: map[string]engine.GroupMember{}, copies: map[string]map[int32]engine.Warmth{},
	}
	for _, i := range instances {
		g.join(i)
	}
	return g
}

// TestAssignRules: whatever joins and dies, each partition has one owner, the load
// is even, copies stand on other instances than their owners, and it all comes to
// rest.
func TestAssignRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		partitions := int32(rapid.IntRange(1, 24).Draw(t, "partitions"))
		g := newGroup(partitions, rapid.IntRange(0, 2).Draw(t, "standby"), rapid.IntRange(1, 2).Draw(t, "workers"), "a")
		alive := map[string]bool{"a": true}
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			instance := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "instance")
			switch {
			case !alive[instance]:
				g.join(instance)
				alive[instance] = true
			case len(alive) > 1:
				g.die(instance)
				delete(alive, instance)
			}
			if rapid.Bool().Draw(t, "settles") {
				g.check(t, g.settle(t), len(alive))
			} else {
				g.rebalance(t)
			}
		}
	})
}

func (g *group) check(t fataler, decided engine.Assignment, instances int) {
	least, most := int(g.partitions), 0
	for id := range g.members {
		least, most = min(least, len(decided.Active[id])), max(most, len(decided.Active[id]))
	}
	if most-least > 1 {
		t.Fatalf("members own %d to %d partitions: %v", least, most, decided.Active)
	}
	of := map[string]int{}
	for id := range g.members {
		of[g.members[id].Instance] += len(decided.Active[id])
	}
	least, most = int(g.partitions), 0
	for _, n := range of {
		least, most = min(least, n), max(most, n)
	}
	if most-least > 1 {
		t.Fatalf("instances own %d to %d partitions: %v", least, most, decided.Active)
	}
	copies := map[int32]int{}
	for instance, keep := range decided.Standby {
		for p := range keep {
			copies[p]++
			for id, active := range decided.Active {
				if g.members[id].Instance == instance && slices.Contains(active, p) {
					t.Fatalf("instance %s keeps a copy of its own partition %d", instance, p)
				}
			}
		}
	}
	for p := range g.partitions {
		if want := min(g.standby, instances-1); copies[p] != want {
			t.Fatalf("partition %d has %d copies, want %d", p, copies[p], want)
		}
	}
}

// TestAssignGivesTheWarmInstance: when an owner dies, each of its partitions goes
// to the instance that has a copy, in the first rebalance.
func TestAssignGivesTheWarmInstance(t *testing.T) {
	t.Parallel()
	g := newGroup(12, 1, 2, "a", "b", "c")
	before := g.settle(t)
	g.die("b")
	after, _ := g.rebalance(t)
	for id, active := range before.Active {
		if id != "b.0" && id != "b.1" {
			continue
		}
		for _, p := range active {
			for to, now := range after.Active {
				if slices.Contains(now, p) {
					if _, warm := before.Standby[to[:1]][p]; !warm {
						t.Errorf("partition %d went from %s to %s, which had no copy", p, id, to)
					}
				}
			}
		}
	}
	if got := g.owned(); got != 12 {
		t.Errorf("%d partitions are owned after one rebalance, want all 12", got)
	}
}

// TestAssignWarmsBeforeItMoves: a new instance gets nothing at first, but is told
// to make copies; it gets its share when they have caught up.
func TestAssignWarmsBeforeItMoves(t *testing.T) {
	t.Parallel()
	g := newGroup(4, 1, 1, "a")
	g.settle(t)
	g.join("b")
	first, moved := g.rebalance(t)
	if moved || len(first.Active["a.0"]) != 4 || len(first.Standby["b"]) != 4 {
		t.Errorf("first rebalance: %v, moved %v, want all to stay with a, and b to make copies", first, moved)
	}
	last := g.settle(t)
	if len(last.Active["a.0"]) != 2 || len(last.Active["b.0"]) != 2 {
		t.Errorf("at rest: %v, want two each", last.Active)
	}
}

// TestAssignBelievesTheLaterGeneration: of two that claim a partition the one that
// was thrown out gets nothing for it.
func TestAssignBelievesTheLaterGeneration(t *testing.T) {
	t.Parallel()
	decided := engine.Assign(2, []engine.GroupMember{
		{ID: "late", Instance: "late", Generation: 3, Owned: []int32{0, 1}},
		{ID: "now", Instance: "now", Generation: 5, Owned: []int32{0}},
	})
	want := map[string][]int32{"late": {1}, "now": {0}}
	if diff := cmp.Diff(want, decided.Active); diff != "" {
		t.Errorf("Assign() (-want +got):\n%s", diff)
	}
}
