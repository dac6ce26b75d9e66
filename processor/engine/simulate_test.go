package engine_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The simulation's settings, by environment, for it is run in many ways.
//
//	TRIBUTARY_SCHEDULES   how many schedules
//	TRIBUTARY_SEED        the first one's seed
func simSetting(t *testing.T, name string, or uint64) uint64 {
	t.Helper()
	s := os.Getenv("TRIBUTARY_" + name)
	if s == "" {
		return or
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatalf("TRIBUTARY_%s: %v", name, err)
	}
	return n
}

// TestSimulation plays schedules of rounds, restores and rebalances against a
// simulated log, with every fault there is, and holds what they leave against what
// went in. The first schedule that fails is shrunk and told.
func TestSimulation(t *testing.T) {
	t.Parallel()
	from, n := simSetting(t, "SEED", 0), simSetting(t, "SCHEDULES", 200)
	began := time.Now()
	injected, failing := playAll(from, n, plan)
	if failing != nil {
		t.Fatal(story(failing))
	}
	var kinds []string
	for kind, n := range injected {
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, n))
	}
	slices.Sort(kinds)
	t.Logf("%d schedules from seed %d on in %v, nothing lost, nothing twice; faults: %s", n, from, time.Since(began).Round(time.Millisecond), strings.Join(kinds, ", "))
}

// playAll plays the schedules of n seeds on all processors, and returns how many
// faults there were by kind, and the first schedule found to fail.
func playAll(from, n uint64, plan func(uint64) *schedule) (injected map[string]int, failing *schedule) {
	injected = map[string]int{}
	var next atomic.Uint64
	var mu sync.Mutex
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for {
				seed := next.Add(1) - 1
				mu.Lock()
				over := failing != nil && failing.Seed < from+seed
				mu.Unlock()
				if seed >= n || over {
					return
				}
				p := plan(from + seed)
				out := p.run(false)
				mu.Lock()
				for kind, n := range out.injected {
					injected[kind] += n
				}
				if len(out.violations) > 0 && (failing == nil || p.Seed < failing.Seed) {
					failing = p
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return injected, failing
}

// TestSimulationRepeats: a seed plays the same way each time.
func TestSimulationRepeats(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		once, again := plan(seed).run(true), plan(seed).run(true)
		if diff := cmp.Diff(once.trace, again.trace); diff != "" {
			t.Fatalf("seed %d plays in two ways:\n%s", seed, diff)
		}
	}
}
