package chaos

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// kind is a kind of fault.
type kind string

// The kinds of faults.
const (
	killProcessor    kind = "kill -9 a processor"
	killIngest       kind = "kill -9 ingest"
	killBroker       kind = "kill -9 the broker"
	stopProcessor    kind = "SIGSTOP a processor past its timeouts"
	stopBroker       kind = "SIGSTOP the broker"
	wipeState        kind = "kill -9 a processor, state wiped"
	oldState         kind = "kill -9 a processor, state from a backup"
	fillDisk         kind = "disk of a state directory full"
	twinProcessor    kind = "two processes of one instance id"
	restartProcessor kind = "clean restart of a processor"
	killNode         kind = "kill -9 a node"
	killCoordinator  kind = "kill -9 the node about to write markers"
	killOwnerToo     kind = "the same, and the transaction's owner"
)

// fault is one fault of a schedule, with its victim.
type fault struct {
	kind kind
	// victim is the index of a processor from 0, or of a node of Kafka from 1.
	victim int
}

// injection is a set of faults injected at the same time.
type injection struct {
	// after is the number of raw records to process between the last recovery and the
	// injection.
	after  int64
	faults []fault
}

func (s *injection) String() string {
	names := make([]string, len(s.faults))
	for i, f := range s.faults {
		names[i] = f.String()
	}
	return fmt.Sprintf("after %d records: %s", s.after, strings.Join(names, ", and at once: "))
}

func (f fault) String() string {
	switch f.kind {
	case killIngest, killBroker, stopBroker, fillDisk, killCoordinator, killOwnerToo:
		return string(f.kind)
	case killNode:
		return fmt.Sprintf("%s: %d", f.kind, f.victim)
	default:
		return fmt.Sprintf("%s: %s", f.kind, instances()[f.victim])
	}
}

// instances returns the names of the processors. The last one has the small disk.
func instances() []string { return []string{"one", "two", "three"} }

// nodes is the number of nodes of the cluster.
const nodes = 3

// count is how often a kind of fault is injected: in a full run, and with Options.Few.
type count struct {
	kind kind
	all  int
	few  int
}

func counts(scenario string) []count {
	if scenario == ScenarioCluster {
		return []count{
			{killNode, 3, 1}, {killCoordinator, 5, 1}, {killOwnerToo, 3, 1}, {killProcessor, 2, 0}, {killIngest, 2, 0}, {stopProcessor, 1, 0},
		}
	}
	return []count{
		{killProcessor, 20, 3},
		{killIngest, 10, 2},
		{killBroker, 5, 1},
		{stopProcessor, 4, 1},
		{stopBroker, 2, 0},
		{fillDisk, 2, 1},
		{wipeState, 3, 1},
		{oldState, 2, 0},
		{twinProcessor, 3, 1},
		{restartProcessor, 3, 0},
	}
}

// plan makes a scenario's schedule. One injection in four combines two faults, if their kinds
// may occur together.
func plan(scenario string, seed uint64, few bool) []injection {
	rng := rand.New(rand.NewPCG(seed, uint64(len(scenario)))) //nolint:gosec // chance that can be repeated is the point
	var all []fault
	for _, c := range counts(scenario) {
		n := c.all
		if few {
			n = c.few
		}
		for range n {
			all = append(all, fault{kind: c.kind, victim: victim(rng, c.kind)})
		}
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var out []injection
	for len(all) > 0 {
		s := injection{after: rng.Int64N(300), faults: all[:1]}
		if rng.IntN(4) == 0 && len(all) > 1 && meet(all[0], all[1]) {
			s.faults = all[:2]
		}
		all = all[len(s.faults):]
		out = append(out, s)
	}
	return out
}

func victim(rng *rand.Rand, k kind) int {
	switch k {
	case killNode:
		return 1 + rng.IntN(nodes)
	case fillDisk:
		return len(instances()) - 1
	case twinProcessor:
		// A twin has a state directory of its own, and may be the one that goes on: it
		// must not replace the processor with the small disk.
		return rng.IntN(len(instances()) - 1)
	default:
		return rng.IntN(len(instances()))
	}
}

// meet reports whether two faults may be injected together: not into the same process,
// and not into two nodes of a cluster that needs two in sync.
func meet(a, b fault) bool {
	class := func(f fault) string {
		switch f.kind {
		case killIngest:
			return "ingest"
		case killBroker, stopBroker, killNode, killCoordinator:
			return "kafka"
		case killOwnerToo, twinProcessor:
			return "alone"
		default:
			return instances()[f.victim]
		}
	}
	return class(a) != class(b) && class(a) != "alone" && class(b) != "alone"
}
