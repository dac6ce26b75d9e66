//go:build synctests

package chaos_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	// reruns is how often a failing schedule is played to see it fail again, for
	// goroutines interleave freely.
	reruns = 200
	// patience bounds a search for a smaller one.
	patience = 90 * time.Second
)

// fails plays a schedule until it fails, at most n times, and tells how often it was
// played.
func fails(t *testing.T, p *schedule, l func() load, n int, until time.Time) (out outcome, played int) {
	t.Helper()
	for played < n && time.Now().Before(until) {
		played++
		if out = play(t, p, l()); len(out.violations) > 0 {
			return out, played
		}
	}
	return outcome{}, played
}

// shrink takes away what a failing schedule fails without: faults, records, hosts.
// It returns the smallest found with what then came of it, and how often the whole
// one was played until it failed again, 0 if it did not.
func shrink(t *testing.T, failing *schedule, out outcome, l func() load) (best *schedule, smallest outcome, again int) {
	t.Helper()
	until := time.Now().Add(patience)
	best, smallest = failing, out
	first, again := fails(t, failing, l, reruns, until)
	if len(first.violations) == 0 {
		return best, smallest, 0
	}
	smallest = first
	// A smaller one is given a few times as many chances as the whole one needed.
	chances := min(reruns, 4*again+4)
	try := func(change func(*schedule)) bool {
		next := *best
		next.faults, next.sends, next.hosts = slices.Clone(best.faults), slices.Clone(best.sends), slices.Clone(best.hosts)
		change(&next)
		came, _ := fails(t, &next, l, chances, until)
		if len(came.violations) == 0 {
			return false
		}
		best, smallest = &next, came
		return true
	}
	for smaller := true; smaller && time.Now().Before(until); {
		smaller = false
		for i := range slices.Backward(best.faults) {
			smaller = try(func(p *schedule) { p.faults = slices.Delete(p.faults, i, i+1) }) || smaller
		}
		for i := len(best.hosts) - 1; i >= 1; i-- {
			smaller = try(func(p *schedule) { p.hosts = slices.Delete(p.hosts, i, i+1) }) || smaller
		}
		for size := len(best.sends) / 2; size > 0; size /= 2 {
			for i := len(best.sends) - size; i >= 0; i -= size {
				smaller = try(func(p *schedule) { p.sends = slices.Delete(p.sends, i, i+size) }) || smaller
				i = min(i, len(best.sends))
			}
		}
	}
	return best, smallest, again
}

// story is a failing schedule as a reader can follow it: the smallest one that still
// fails, and the trace that was observed.
func story(t *testing.T, failing *schedule, out outcome, l func() load) string {
	t.Helper()
	small, came, again := shrink(t, failing, out, l)
	return tell(failing, small, came, again)
}

// tell writes a story.
func tell(failing, small *schedule, came outcome, again int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d fails, with %d partitions and %d brokers", failing.seed, failing.partitions, failing.brokers)
	if again == 0 {
		fmt.Fprintf(&b, "; it did not fail again, so this is the whole of it:\n")
	} else {
		fmt.Fprintf(&b, "; it failed again the %d. time; with %d of %d faults, %d of %d records and %d of %d hosts:\n", again,
			len(small.faults), len(failing.faults), len(small.sends), len(failing.sends), len(small.hosts), len(failing.hosts))
	}
	for _, v := range came.violations {
		fmt.Fprintf(&b, "  %v\n", v)
	}
	for _, h := range small.hosts {
		fmt.Fprintf(&b, "  host %s: %d workers, %d standbys, from %v on, clock %v off\n", h.name, h.workers, h.standby, h.startAt, h.skew)
	}
	for i := range small.faults {
		fmt.Fprintf(&b, "  fault: %v\n", &small.faults[i])
	}
	for i := range small.sends {
		s := &small.sends[i]
		fmt.Fprintf(&b, "  record: at %v, %v late, partition %d, key %s: %s", s.at, s.late, small.partitionOf(s.key), s.key, s.fact.Encode())
		if s.aborted {
			b.WriteString(" (aborted)")
		}
		b.WriteByte('\n')
	}
	for _, line := range came.trace {
		b.WriteString(line + "\n")
	}
	return b.String()
}
