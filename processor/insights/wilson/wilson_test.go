package wilson_test

import (
	"math"
	"testing"

	"github.com/tributary-hq/tributary/processor/insights/wilson"
)

// TestInterval compares with Newcombe (1998), table I.
func TestInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, all    int64
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {0, 0, 0, 1}} {
		if low, high := wilson.Interval(c.n, c.all); math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("Interval(%d, %d) = %.4f to %.4f, want %.4f to %.4f", c.n, c.all, low, high, c.low, c.high)
		}
	}
}

// TestHoldsTheShare: the interval holds the share, and more trials make it narrower.
func TestHoldsTheShare(t *testing.T) {
	t.Parallel()
	for trials := int64(1); trials <= 200; trials++ {
		for n := int64(0); n <= trials; n++ {
			low, high := wilson.Interval(n, trials)
			share := float64(n) / float64(trials)
			if low < 0 || high > 1 || low > share || high < share {
				t.Fatalf("Interval(%d, %d) = %v to %v", n, trials, low, high)
			}
			if more, less := wilson.Interval(10*n, 10*trials); less-more >= high-low {
				t.Fatalf("Interval(%d, %d) is %v wide, ten times as many %v", n, trials, high-low, less-more)
			}
		}
	}
	if low, high := wilson.Interval(7, 5); low != wilsonLow(5) || high != 1 {
		t.Errorf("more successes than trials: %v to %v", low, high)
	}
}

func wilsonLow(all int64) float64 { low, _ := wilson.Interval(all, all); return low }
