package assignor_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/internal/assignor"
)

// group simulates a consumer group: members join and die, replicas catch up, and owners
// revoke the partitions that an assignment takes from them.
type group struct {
	partitions int32
	standby    int
	workers    int
	members    map[string]assignor.Member // by id
	replicas   map[string]map[int32]assignor.Replica
	generation int32
	end        int64
}

func (g *group) join(instance string) {
	for w := range g.workers {
		id := fmt.Sprintf("%s.%d", instance, w)
		g.members[id] = assignor.Member{ID: id, Instance: instance, Standbys: g.standby}
	}
	if g.replicas[instance] == nil {
		g.replicas[instance] = map[int32]assignor.Replica{}
	}
}

func (g *group) die(instance string) {
	for id := range g.members {
		if g.members[id].Instance == instance {
			delete(g.members, id)
		}
	}
}

// rebalance performs one assignment. moved reports whether a member had to revoke a
// partition.
func (g *group) rebalance(t fataler) (decided assignor.Assignment, moved bool) {
	g.generation++
	var members []assignor.Member
	for _, id := range slices.Sorted(maps.Keys(g.members)) {
		m := g.members[id]
		m.Replicas = maps.Clone(g.replicas[m.Instance])
		members = append(members, m)
	}
	decided = assignor.Assign(g.partitions, members)
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
			g.replicas[m.Instance][p] = assignor.Replica{Offset: g.end}
		}
	}
	return decided, moved
}

type fataler interface {
	Fatalf(format string, args ...any)
}

// stabilize rebalances until nothing changes; replicas catch up in between.
func (g *group) stabilize(t fataler) assignor.Assignment {
	for range 20 {
		decided, moved := g.rebalance(t)
		caught := false
		for instance, keep := range decided.Standby {
			for p := range g.replicas[instance] {
				w := g.replicas[instance][p]
				w.CaughtUp = false
				g.replicas[instance][p] = w
			}
			for p, moves := range keep {
				g.replicas[instance][p] = assignor.Replica{Offset: g.end, CaughtUp: true}
				caught = caught || moves
			}
		}
		if !moved && !caught && g.owned() == int(g.partitions) {
			return decided
		}
	}
	t.Fatalf("the assignment does not become stable")
	return assignor.Assignment{}
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
		members: map[string]assignor.Member{}, replicas: map[string]map[int32]assignor.Replica{},
	}
	for _, i := range instances {
		g.join(i)
	}
	return g
}

// TestAssignRules: after any sequence of joins and deaths, the assignment becomes stable:
// each partition has one owner, the load is even, and no replica is on its owner.
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
			if rapid.Bool().Draw(t, "stabilize") {
				g.check(t, g.stabilize(t), len(alive))
			} else {
				g.rebalance(t)
			}
		}
	})
}

func (g *group) check(t fataler, decided assignor.Assignment, instances int) {
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
	replicas := map[int32]int{}
	for instance, keep := range decided.Standby {
		for p := range keep {
			replicas[p]++
			for id, active := range decided.Active {
				if g.members[id].Instance == instance && slices.Contains(active, p) {
					t.Fatalf("instance %s keeps a replica of its own partition %d", instance, p)
				}
			}
		}
	}
	for p := range g.partitions {
		if want := min(g.standby, instances-1); replicas[p] != want {
			t.Fatalf("partition %d has %d replicas, want %d", p, replicas[p], want)
		}
	}
}

// TestAssignPrefersReplicas: when an owner dies, each of its partitions goes to an
// instance with a replica, in the first rebalance.
func TestAssignPrefersReplicas(t *testing.T) {
	t.Parallel()
	g := newGroup(12, 1, 2, "a", "b", "c")
	before := g.stabilize(t)
	g.die("b")
	after, _ := g.rebalance(t)
	for id, active := range before.Active {
		if id != "b.0" && id != "b.1" {
			continue
		}
		for _, p := range active {
			for to, now := range after.Active {
				if slices.Contains(now, p) {
					if _, replica := before.Standby[to[:1]][p]; !replica {
						t.Errorf("partition %d went from %s to %s, which had no replica", p, id, to)
					}
				}
			}
		}
	}
	if got := g.owned(); got != 12 {
		t.Errorf("%d partitions are owned after one rebalance, want all 12", got)
	}
}

// TestAssignWarmsUpBeforeMoving: a new instance first gets only warm-up replicas; it
// gets its share of partitions when they have caught up.
func TestAssignWarmsUpBeforeMoving(t *testing.T) {
	t.Parallel()
	g := newGroup(4, 1, 1, "a")
	g.stabilize(t)
	g.join("b")
	first, moved := g.rebalance(t)
	if moved || len(first.Active["a.0"]) != 4 || len(first.Standby["b"]) != 4 {
		t.Errorf("first rebalance: %v, moved %v, want all to stay with a, and warm-up replicas on b", first, moved)
	}
	last := g.stabilize(t)
	if len(last.Active["a.0"]) != 2 || len(last.Active["b.0"]) != 2 {
		t.Errorf("at rest: %v, want two each", last.Active)
	}
}

// TestAssignTrustsTheLaterGeneration: if two members claim a partition, the claim of the
// later generation wins.
func TestAssignTrustsTheLaterGeneration(t *testing.T) {
	t.Parallel()
	decided := assignor.Assign(2, []assignor.Member{
		{ID: "late", Instance: "late", Generation: 3, Owned: []int32{0, 1}},
		{ID: "now", Instance: "now", Generation: 5, Owned: []int32{0}},
	})
	want := map[string][]int32{"late": {1}, "now": {0}}
	if diff := cmp.Diff(want, decided.Active); diff != "" {
		t.Errorf("Assign() (-want +got):\n%s", diff)
	}
}
