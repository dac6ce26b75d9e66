package engine_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/simulate"
)

// adminAct is what an administrator, or a disaster, does to the cluster in the midst of
// the traffic, and what must come of it.
type adminAct struct {
	name string
	do   func(s *simulation, r *rand.Rand)
	// refused is the error that a process must end with; empty if they must go on. An act
	// that took no committed state may be refused: an open transaction may have lost some.
	refused string
	// anew says that the output was made anew: what it held before is not there any more.
	anew bool
}

// adminActs are the acts, each on a cluster of its own.
func adminActs() []adminAct {
	partition := func(s *simulation, r *rand.Rand) int32 { return int32(r.IntN(int(s.plan.Partitions))) }
	return []adminAct{
		{name: "group deleted", do: func(s *simulation, _ *rand.Rand) { s.World.Cluster.DeleteOffsets() }},
		{name: "offsets set back", do: func(s *simulation, r *rand.Rand) {
			for p, at := range s.World.Cluster.Offsets() {
				s.World.Cluster.SetOffset(p, int64(r.IntN(int(at)+1)))
			}
		}},
		{name: "input truncated", do: func(s *simulation, r *rand.Rand) {
			p := partition(s, r)
			s.World.Cluster.Truncate(input, p, int64(r.IntN(int(s.World.Cluster.End(input, p))+1)))
		}},
		{name: "input made anew", do: func(s *simulation, _ *rand.Rand) { s.World.Cluster.RemakeTopic(input, true) }},
		{name: "output made anew", anew: true, do: func(s *simulation, _ *rand.Rand) { s.World.Cluster.RemakeTopic(simOutput, false) }},
		{name: "changelog made anew", refused: restore.ErrStateLost.Error(), do: func(s *simulation, _ *rand.Rand) {
			s.World.Cluster.RemakeTopic(changelog, false)
		}},
		{name: "changelog truncated", refused: restore.ErrStateLost.Error(), do: func(s *simulation, _ *rand.Rand) {
			// Half of the committed part: offsets alone do not show the loss of the last
			// transaction's end once an abort's marker has taken its place.
			for p := range s.plan.Partitions {
				s.World.Cluster.Truncate(changelog, p, s.World.Cluster.Stable(changelog, p)/2)
			}
		}},
		{name: "partitions added", refused: restore.ErrPartitionCount.Error(), do: func(s *simulation, _ *rand.Rand) {
			s.World.Cluster.AddPartition(input, changelog)
		}},
	}
}

// Times of an act's schedule, ms: facts come until adminFirst, the act is between adminFrom
// and adminFirst, and from adminAgain on every provider sends again what it sent, and more.
const (
	adminFrom, adminFirst = 600, 1500
	adminAgain, adminLast = 4000, 6000
)

// adminPlan is the schedule of a seed for an act.
func adminPlan(seed uint64, act adminAct) *schedule {
	p := plan(seed)
	p.Faults, p.Records = nil, nil
	r := rand.New(rand.NewPCG(seed, 0x61646d696e))
	p.act = &act
	// A cut log may end within a transaction, which only brokers with transaction.version 2
	// let a worker end; else it warns and waits for a person.
	p.Epochs = p.Epochs || act.refused == restore.ErrStateLost.Error()
	for i := range 40 {
		key, before := i%7, i < 30
		fact := check.Fact{ID: fmt.Sprintf("f%d", i), Kind: check.Count}
		f := simulate.Record{Key: fmt.Appendf(nil, "k%d", key), Partition: int32(key) % p.Partitions, Value: fact.Encode()}
		if before {
			f.At = int64(r.IntN(adminFirst))
			p.Records = append(p.Records, f)
		}
		again := f
		again.At = int64(adminAgain + r.IntN(adminLast-adminAgain))
		if act.refused == restore.ErrPartitionCount.Error() {
			again.Partition = int32(key) % (p.Partitions + 1) // by the new count
		}
		p.Records = append(p.Records, again)
	}
	slices.SortFunc(p.Records, func(a, b simulate.Record) int { return int(a.At - b.At) })
	return p
}

// playAct plays an act amid the traffic.
func (s *simulation) playAct() {
	r := rand.New(rand.NewPCG(s.plan.Seed, 0x616374))
	s.World.After(int64(adminFrom+r.IntN(adminFirst-adminFrom)), func() {
		// Processes that run on hear of it by themselves, or never; others find it at their
		// start.
		if r.IntN(3) > 0 {
			for _, p := range slices.Clone(s.Running) {
				s.Kill(p, int64(r.IntN(simulate.KeepNothing+1)), int64(50+r.IntN(300)))
			}
		}
		before := s.changelogRecords()
		s.plan.act.do(s, r)
		if s.plan.act.refused == restore.ErrStateLost.Error() && s.hasRecords(before) {
			s.mayGoOn, s.mustHave = true, before
		}
	})
	end := s.World.Now() + adminLast
	s.Until(adminLast, func() bool { return s.World.Now() >= end })
	const patience = 30_000
	switch {
	case s.mayGoOn:
		if !s.Until(patience, func() bool { return s.refused() || s.Drained() }) {
			s.sayf("stuck", "neither refused nor all handled: committed %v, ended %v", s.World.Cluster.Offsets(), s.Fatal)
		}
	case s.plan.act.refused != "":
		if !s.Until(patience, s.refused) {
			s.sayf("refused", "no process ended with %q: %v", s.plan.act.refused, s.Fatal)
		}
	case !s.Until(patience, s.Drained):
		s.sayf("stuck", "not all is handled: committed %v, ended %v", s.World.Cluster.Offsets(), s.Fatal)
	}
	s.Until(1000, func() bool { return false })
	s.checkAct()
}

// refused reports whether a process has ended with the act's error.
func (s *simulation) refused() bool {
	return s.plan.act.refused != "" && slices.ContainsFunc(s.Fatal, func(why string) bool { return strings.Contains(why, s.plan.act.refused) })
}

// changelogRecords returns the committed records of the changelog.
func (s *simulation) changelogRecords() (out []*kgo.Record) {
	for p := range s.plan.Partitions {
		out = append(out, s.World.Cluster.Committed(changelog, p)...)
	}
	return out
}

// hasRecords reports whether the changelog still has records. Their transaction may have
// lost its marker: then it hangs, its group offsets and its markers elsewhere show that it
// was committed, and the stage completes it and goes on with nothing lost.
func (s *simulation) hasRecords(records []*kgo.Record) bool {
	return !slices.ContainsFunc(records, func(r *kgo.Record) bool {
		at, ok := s.World.Cluster.Record(changelog, r.Partition, r.Offset)
		return !ok || !bytes.Equal(at.Key, r.Key) || !bytes.Equal(at.Value, r.Value)
	})
}

// checkAct holds that each fact was counted once, whatever became of the records that
// told of it.
func (s *simulation) checkAct() {
	if !s.refused() {
		s.checkState()
	}
	counted := map[string]int{}
	for p := range s.plan.Partitions {
		for _, r := range s.World.Cluster.Committed(simOutput, p) {
			effect, err := check.ParseEffect(r.Value)
			if err != nil {
				s.sayf("driver", "%v", err)
			}
			if effect.Kind == check.Counted {
				counted[effect.ID]++
			}
		}
	}
	sent := map[string]bool{}
	for i := range s.plan.Records {
		sent[factOf(&s.plan.Records[i]).ID] = true
	}
	for id := range sent {
		fresh := id >= "f30" && len(id) == len("f30")
		switch n := counted[id]; {
		case n > 1:
			s.sayf(check.RuleTwice, "%s was counted %d times", id, n)
		case n == 0 && (s.plan.act.refused == "" || s.mayGoOn && !s.refused()) && (fresh || !s.plan.act.anew):
			s.sayf(check.RuleLost, "%s was never counted", id)
		}
	}
}

// checkState holds that the changelog has every record that was committed before the act.
// The outputs alone do not show it: a local store may hold records that the changelog has lost.
func (s *simulation) checkState() {
	have := s.changelogRecords()
	for _, r := range s.mustHave {
		if !slices.ContainsFunc(have, func(h *kgo.Record) bool { return h.Partition == r.Partition && h.Offset == r.Offset }) {
			s.sayf(check.RuleLost, "the record at offset %d of changelog partition %d was committed, and is not any more", r.Offset, r.Partition)
		}
	}
}

// TestAdministrators plays what administrators do to topics and groups, and holds that no
// fact is counted twice or passed over, or that the stage refuses to work and says why.
func TestAdministrators(t *testing.T) {
	t.Parallel()
	n := max(simSetting(t, "SCHEDULES", 200)/10, 20)
	for _, act := range adminActs() {
		t.Run(act.name, func(t *testing.T) {
			t.Parallel()
			from := simSetting(t, "SEED", 0)
			_, failing := playAll(from, n, func(seed uint64) *schedule { return adminPlan(seed, act) })
			if failing != nil {
				out := failing.run(true)
				const most = 300 // what came of it is at the end, and of little use
				t.Fatalf("seed %d: %v, ended %v\n%s", failing.Seed, out.violations, out.fatal, strings.Join(out.trace[:min(most, len(out.trace))], "\n"))
			}
		})
	}
}
