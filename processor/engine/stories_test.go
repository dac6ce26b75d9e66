package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/engine/internal/simulate"
	"github.com/tributary-hq/tributary/processor/engine/sim"
)

// TestStories are faults that were thought of before any seed found them, each
// played with many orders of everything else.
func TestStories(t *testing.T) {
	t.Parallel()
	const crashAt, slow = 50 * simulate.DiskStates, 700
	crash := func(on string, nth int, disk int64) sim.Fault {
		return sim.Fault{On: on, Nth: nth, Do: sim.Crash, Arg: crashAt + disk}
	}
	for name, test := range map[string]struct {
		hosts, workers int
		faults         []sim.Fault
	}{
		"a dead owner's offsets are unstable until its markers are written": {2, 1, []sim.Fault{
			{On: "a.0/step:flushed", Nth: 3, Do: sim.Markers, Arg: slow}, crash("a.0/step:committed", 3, simulate.KeepFlushed),
		}},
		"a commit is applied and its answer lost": {1, 1, []sim.Fault{
			{On: "a.0/req:EndTxn", Nth: 2, Do: sim.CutAfter, GivesUp: true}, {On: "a.0/req:EndTxn", Nth: 4, Do: sim.CutAfter},
		}},
		"a commit is applied and answered with an error": {2, 1, []sim.Fault{
			{On: "a.0/req:EndTxn", Nth: 2, Do: sim.Confuse, Err: "UNKNOWN_SERVER_ERROR"},
			{On: "b.0/req:EndTxn", Nth: 3, Do: sim.Confuse, Err: "UNKNOWN_SERVER_ERROR"},
		}},
		"a second revocation while the first is handled": {3, 2, []sim.Fault{
			{On: "a.0/step:begin", Nth: 2, Do: sim.Rebalance},
			{On: "a.0/step:flushed", Nth: 2, Do: sim.Rebalance},
			{On: "a.0/step:committed", Nth: 2, Do: sim.Rebalance},
			{On: "a.0/step:restoring", Nth: 2, Do: sim.Rebalance},
			{On: "b.0/step:begin", Nth: 1, Do: sim.Stall, Arg: 201},
		}},
		"a partition moves between two workers of one process": {1, 2, []sim.Fault{
			{On: "a.0/step:committed", Nth: 3, Do: sim.Stall, Arg: 401},
			{On: "a.1/step:committed", Nth: 2, Do: sim.Stall, Arg: 401},
			{On: "a.0/step:stored", Nth: 6, Do: sim.Rebalance},
		}},
		"a successor restores while its predecessor's transaction is open": {2, 1, []sim.Fault{
			crash("a.0/step:flushed", 2, simulate.KeepAll), crash("b.0/step:flushed", 4, simulate.KeepNothing),
		}},
		"a successor restores while its predecessor's transaction is half marked": {2, 1, []sim.Fault{
			{On: "a.0/step:begin", Nth: 4, Do: sim.Markers, Arg: slow}, {On: "a.0/step:committed", Nth: 4, Do: sim.Freeze, Arg: 5000},
		}},
		"a paused worker wakes up after it has lost its partitions": {2, 1, []sim.Fault{
			{On: "a.0/step:begin", Nth: 3, Do: sim.Freeze, Arg: 2500}, {On: "b.0/step:flushed", Nth: 9, Do: sim.Freeze, Arg: 2500},
		}},
		"two workers think that they are the same": {1, 1, []sim.Fault{{On: "a.0/step:flushed", Nth: 3, Do: sim.Twin}}},
		"the store is older than the changelog, lost, broken": {1, 2, []sim.Fault{
			{On: "a.0/step:stored", Nth: 2, Do: sim.Flush},
			crash("a.0/step:stored", 5, simulate.KeepOlder), crash("a.0/step:stored", 8, simulate.KeepNothing),
			crash("a.0/step:stored", 11, simulate.KeepBroken),
		}},
		"a restore dies in its middle": {2, 1, []sim.Fault{
			crash("a.0/step:restoring", 1, simulate.KeepFlushed), crash("a.0/step:restored", 1, simulate.KeepAll), crash("b.0/req:Restore", 2, simulate.KeepAll),
		}},
		"clocks jump": {2, 1, []sim.Fault{
			{On: "a.0/step:begin", Nth: 2, Do: sim.Clock, Arg: 3_600_000}, {On: "b.0/step:begin", Nth: 2, Do: sim.Skew, Arg: 60_000},
		}},
		"a produce fails alone in its round": {1, 1, []sim.Fault{
			{On: "a.0/req:Produce", Nth: 2, Do: sim.Refuse, Err: "MESSAGE_TOO_LARGE"}, {On: "a.0/req:Produce", Nth: 9, Do: sim.Refuse, Err: "KAFKA_STORAGE_ERROR", GivesUp: true},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			met := 0
			for seed := range uint64(6) {
				p := tell(seed, test.hosts, test.workers, test.faults)
				out := p.run(false)
				if len(out.violations) > 0 {
					t.Fatal(story(p))
				}
				for _, n := range out.injected {
					met += n
				}
			}
			if met < len(test.faults) {
				t.Errorf("%d faults were met in all: the test tries nothing", met)
			}
		})
	}
}

// tell makes a schedule of a story: steady traffic of every kind, and its faults.
func tell(seed uint64, hosts, workers int, faults []sim.Fault) *schedule {
	p := &schedule{Schedule: simulate.Schedule{Seed: seed, Partitions: 2, Epochs: seed%2 == 0, MarkerDelay: 10, Faults: faults}}
	for i := range hosts {
		p.Hosts = append(p.Hosts, simulate.Host{Name: string(rune('a' + i)), Workers: workers, StartAt: int64(i) * 30})
	}
	for i := range 60 {
		f := check.Fact{ID: fmt.Sprintf("f%d", i), Kind: check.Count}
		switch i % 5 {
		case 1, 3:
			f.Kind, f.After = check.Due, int64(i*13%900)
		case 4:
			f.Kind, f.Of = check.Withdraw, fmt.Sprintf("f%d", i-3)
		}
		if strings.HasSuffix(f.ID, "9") {
			f.Kind = check.Forget
		}
		key := i / 5 % 4
		p.Records = append(p.Records, simulate.Record{At: int64(i * 40), Partition: int32(key % 2), Key: fmt.Appendf(nil, "k%d", key), Value: f.Encode()})
	}
	return p
}
