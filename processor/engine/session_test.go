package engine_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
)

// TestRoundsWaitForRecordsAlone: rounds are an interval apart, but not while deadlines are left
// that one round was not enough for. A round that failed is not made again at once.
func TestRoundsWaitForRecordsAlone(t *testing.T) {
	t.Parallel()
	const interval = 100 * time.Millisecond
	for _, tc := range []struct {
		name                       string
		left, leftUnready, aborted bool
		want                       time.Duration
	}{
		{"nothing is left", false, false, false, interval},
		{"deadlines are left", true, false, false, time.Millisecond},
		{"only of a partition that is still restored", false, true, false, interval},
		{"the round that left them was not committed", true, false, true, interval},
	} {
		if got, err := engine.Collects(t.Context(), interval, tc.left, tc.leftUnready, tc.aborted); got != tc.want || err != nil {
			t.Errorf("%s: it waits for %v, %v, want %v", tc.name, got, err, tc.want)
		}
	}
}
