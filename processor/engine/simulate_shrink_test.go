package engine_test

import (
	"fmt"
	"slices"
	"strings"
)

// shrink takes away what a failing schedule fails without: faults, records, hosts.
// It plays at most limit schedules.
func shrink(failing *schedule, limit int) *schedule {
	best := *failing
	try := func(change func(*schedule)) bool {
		limit--
		if limit < 0 {
			return false
		}
		next := best
		next.faults, next.facts, next.hosts = slices.Clone(best.faults), slices.Clone(best.facts), slices.Clone(best.hosts)
		change(&next)
		if len(next.run(false).violations) == 0 {
			return false
		}
		best = next
		return true
	}
	for smaller := true; smaller && limit > 0; {
		smaller = false
		for i := range slices.Backward(best.faults) {
			smaller = try(func(p *schedule) { p.faults = slices.Delete(p.faults, i, i+1) }) || smaller
		}
		for i := len(best.hosts) - 1; i >= 1; i-- {
			smaller = try(func(p *schedule) { p.hosts = slices.Delete(p.hosts, i, i+1) }) || smaller
		}
		for size := len(best.facts) / 2; size > 0; size /= 2 {
			for i := len(best.facts) - size; i >= 0; i -= size {
				smaller = try(func(p *schedule) { p.facts = slices.Delete(p.facts, i, i+size) }) || smaller
				i = min(i, len(best.facts))
			}
		}
	}
	return &best
}

// story is a failing schedule as a reader can follow it: the trace of the smallest
// one that still fails.
func story(failing *schedule) string {
	small := shrink(failing, 300)
	out := small.run(true)
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, with %d of %d faults, %d of %d records and %d of %d hosts:\n", small.seed,
		len(small.faults), len(failing.faults), len(small.facts), len(failing.facts), len(small.hosts), len(failing.hosts))
	for _, v := range out.violations {
		fmt.Fprintf(&b, "  %v\n", v)
	}
	for i := range small.faults {
		fmt.Fprintf(&b, "  fault: %v\n", &small.faults[i])
	}
	for _, f := range small.facts {
		fmt.Fprintf(&b, "  record: %5d ms, partition %d, key %s: %s\n", f.at, f.partition, f.key, f.fact.Encode())
	}
	b.WriteString(strings.Join(out.trace, "\n"))
	return b.String()
}
