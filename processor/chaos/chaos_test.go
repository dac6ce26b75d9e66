//go:build synctests

package chaos_test

import (
	"flag"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The flags of the whole-client schedules.
var (
	schedules = flag.Int("schedules", 100, "how many schedules to play")
	seed      = flag.Uint64("seed", 1, "the first schedule's seed")
	again     = flag.Int("again", 1, "how often to play each seed")
	every     = flag.Uint64("every", 20, "of how many seeds one runs all stages")
)

// loadOf is what a seed runs: every twentieth by default all stages, the others the plain one.
func loadOf(seed uint64) func() load {
	if seed%*every == 0 {
		return func() load { return &pipelines{} }
	}
	return func() load { return &tallies{} }
}

// TestSchedules plays schedules and holds what they leave against what went in. The
// first one that fails is shrunk and told.
func TestSchedules(t *testing.T) {
	t.Parallel()
	began := time.Now()
	sum := playAll(t, *seed, *schedules, plan, loadOf)
	if sum.failing != nil {
		t.Fatal(story(t, sum.failing, sum.outcome, loadOf(sum.failing.seed)))
	}
	t.Log(sum.report(*schedules, time.Since(began)))
}

// summary is what many schedules came to.
type summary struct {
	injected map[string]int
	virtual  time.Duration
	// cards counts the schedules whose scorecards were compared.
	cards   int
	failing *schedule
	outcome outcome
}

// playAll plays schedules on all processors, until one fails.
func playAll(t *testing.T, from uint64, n int, plan func(uint64) *schedule, loadOf func(uint64) func() load) (sum summary) {
	t.Helper()
	sum.injected = map[string]int{}
	var next atomic.Int64
	var mu sync.Mutex
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for {
				i := next.Add(1) - 1
				mu.Lock()
				over := sum.failing != nil
				mu.Unlock()
				if over || int(i) >= n**again {
					return
				}
				p := plan(from + uint64(i)/uint64(*again))
				out := play(t, p, loadOf(p.seed)())
				mu.Lock()
				for kind, n := range out.injected {
					sum.injected[kind] += n
				}
				sum.virtual += out.virtual
				if out.cards {
					sum.cards++
				}
				if len(out.violations) > 0 && sum.failing == nil {
					sum.failing, sum.outcome = p, out
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return sum
}

// report is what a run of many schedules says.
func (s *summary) report(n int, took time.Duration) string {
	var b strings.Builder
	faults := 0
	for _, n := range s.injected {
		faults += n
	}
	fmt.Fprintf(&b, "%d whole-client schedules from seed %d on in %v (%v of virtual time): nothing lost, nothing twice; scorecards compared in %d; %d faults:\n",
		n**again, *seed, took.Round(time.Millisecond), s.virtual.Round(time.Second), s.cards, faults)
	for _, kind := range slices.Sorted(maps.Keys(s.injected)) {
		fmt.Fprintf(&b, "%7d %s\n", s.injected[kind], kind)
	}
	return b.String()
}
