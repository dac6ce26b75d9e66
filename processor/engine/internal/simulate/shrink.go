package simulate

import "slices"

// Shrink removes the faults, records and hosts without which a failing schedule still fails.
// It plays at most limit schedules.
func Shrink(failing *Schedule, limit int, fails func(*Schedule) bool) *Schedule {
	best := *failing
	try := func(change func(*Schedule)) bool {
		limit--
		if limit < 0 {
			return false
		}
		next := best
		next.Faults, next.Records, next.Hosts = slices.Clone(best.Faults), slices.Clone(best.Records), slices.Clone(best.Hosts)
		next.Pauses = slices.Clone(best.Pauses)
		change(&next)
		if !fails(&next) {
			return false
		}
		best = next
		return true
	}
	for smaller := true; smaller && limit > 0; {
		smaller = false
		for i := range slices.Backward(best.Faults) {
			smaller = try(func(p *Schedule) { p.Faults = slices.Delete(p.Faults, i, i+1) }) || smaller
		}
		for i := range slices.Backward(best.Pauses) {
			smaller = try(func(p *Schedule) { p.Pauses = slices.Delete(p.Pauses, i, i+1) }) || smaller
		}
		for i := len(best.Hosts) - 1; i >= 1; i-- {
			smaller = try(func(p *Schedule) { p.Hosts = slices.Delete(p.Hosts, i, i+1) }) || smaller
		}
		for size := len(best.Records) / 2; size > 0; size /= 2 {
			for i := len(best.Records) - size; i >= 0; i -= size {
				smaller = try(func(p *Schedule) { p.Records = slices.Delete(p.Records, i, i+size) }) || smaller
				i = min(i, len(best.Records))
			}
		}
	}
	return &best
}
