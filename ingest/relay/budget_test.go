package relay_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/ingest/relay"
)

func TestBudgetOfADay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	limits := relay.Limits{Rate: 1, Burst: 1, Daily: 2}
	b := relay.NewBudget(limits, nil)
	take := func(b *relay.Budget, at time.Time, want time.Duration) {
		t.Helper()
		if got := b.Take(at); got != want {
			t.Errorf("Take(%v) = %v, want %v", at, got, want)
		}
	}
	take(b, now, 0)
	take(b, now, 0)
	take(b, now, time.Hour)
	b.GiveBack()
	take(b, now, 0)
	limits.Daily = 3
	b = relay.NewBudget(limits, b)
	take(b, now, 0)
	take(b, now, time.Hour)
	take(b, now.Add(time.Hour), 0)
	take(b, now, 0) // the clock stepped back: yesterday's calls do not return
	take(b, now.Add(time.Hour), 0)
	take(b, now.Add(time.Hour), 24*time.Hour)
}

func TestBudgetOfASecond(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	limits := relay.Limits{Rate: 2, Burst: 1, Daily: 10}
	b := relay.NewBudget(limits, nil)
	if wait := b.Admit(now); wait != 0 {
		t.Errorf("the first waits for %v", wait)
	}
	for range 2 {
		if wait := b.Admit(now); wait != 500*time.Millisecond {
			t.Errorf("the next waits for %v", wait)
		}
	}
	// A reload that leaves the limits forgives nothing.
	if wait := relay.NewBudget(limits, b).Admit(now); wait != 500*time.Millisecond {
		t.Errorf("after a reload it waits for %v", wait)
	}
	if wait := b.Admit(now.Add(500 * time.Millisecond)); wait != 0 {
		t.Errorf("later it waits for %v", wait)
	}
}
