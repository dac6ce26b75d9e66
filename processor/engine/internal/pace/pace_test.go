package pace_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/pace"
)

// TestLeft: how long a worker collects, by its place in the input, its last transaction and due
// timers.
func TestLeft(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	for name, c := range map[string]struct {
		least     time.Duration
		took, now int // of the last transaction, which began at 0
		due       bool
		atEnd     bool
		want      int
	}{
		"behind: the interval":                             {10 * time.Millisecond, 2, 3, false, false, 97},
		"at the end: not before the least":                 {10 * time.Millisecond, 1, 3, false, true, 7},
		"at the end, long after the last: at once":         {10 * time.Millisecond, 1, 60, false, true, -50},
		"at the end: a slow transaction is not repeated":   {10 * time.Millisecond, 12, 15, false, true, 45},
		"at the end: never longer than the interval":       {10 * time.Millisecond, 90, 95, false, true, 5},
		"the least is the interval: it is always waited":   {100 * time.Millisecond, 2, 3, false, true, 97},
		"timers are due: only what is fetched":             {10 * time.Millisecond, 2, 3, true, false, 1},
		"the interval is over: another one is not skipped": {10 * time.Millisecond, 2, 130, false, false, 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pace.Pace{Interval: 100 * time.Millisecond, Least: c.least}
			p.Start(at(-5), false)
			p.Collected(at(0))
			p.Committed(at(0), at(c.took))
			p.Start(at(c.now), c.due)
			if got := p.Left(at(c.now), c.atEnd); got != time.Duration(c.want)*time.Millisecond {
				t.Errorf("Left() = %v, want %d ms", got, c.want)
			}
		})
	}
}

// TestAtEnd: markers behind the last record do not count, an unknown end is none.
func TestAtEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		polled, end int64
		want        bool
	}{
		"all is read": {100, 100, true}, "a marker is left": {99, 100, true}, "records are left": {50, 100, false},
		"nothing is known": {0, 0, false}, "not polled yet": {-1, 100, false},
	} {
		if got := pace.AtEnd(c.polled, c.end); got != c.want {
			t.Errorf("%s: AtEnd(%d, %d) = %v, want %v", name, c.polled, c.end, got, c.want)
		}
	}
}
