package logbucket_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/insights/logbucket"
)

// TestQuantile compares with the sorted durations.
func TestQuantile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		durations := rapid.SliceOfN(rapid.Int64Range(int64(time.Millisecond), int64(100*24*time.Hour)), 1, 200).Draw(t, "durations")
		by := map[int32]int64{}
		for _, d := range durations {
			by[logbucket.Of(time.Duration(d))]++
		}
		var counts []logbucket.Count
		for b := range int32(logbucket.Last + 1) {
			if by[b] > 0 {
				counts = append(counts, logbucket.Count{Bucket: b, N: by[b]})
			}
		}
		slices.Sort(durations)
		share := rapid.Float64Range(0.01, 1).Draw(t, "share")
		want := float64(durations[max(0, int(math.Ceil(share*float64(len(durations))))-1)])
		got, ok := logbucket.Quantile(counts, share)
		if !ok || math.Abs(float64(got)/want-1) > 0.05 {
			t.Errorf("Quantile(%v) = %v, want %v", share, got, time.Duration(want))
		}
	})
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int32{-time.Hour: 0, 0: 0, time.Millisecond: 0, 1050 * time.Microsecond: 1, 10 * 365 * 24 * time.Hour: logbucket.Last} {
		if got := logbucket.Of(d); got != want {
			t.Errorf("Of(%v) = %d, want %d", d, got, want)
		}
	}
	if _, ok := logbucket.Quantile(nil, 0.5); ok {
		t.Error("nothing has a median")
	}
}
