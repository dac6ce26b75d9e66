package pumping // the formulas have no other way to be looked at

import (
	"math"
	"testing"
)

// TestWilson compares with published values (Newcombe 1998, table I, method 3).
func TestWilson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ successes, trials, low, high float64 }{
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718},
	} {
		if low, high := wilson(c.successes, c.trials, 1.96); math.Abs(low-c.low) > 1e-4 || math.Abs(high-c.high) > 1e-4 {
			t.Errorf("wilson(%v, %v) = %.4f, %.4f, want %.4f, %.4f", c.successes, c.trials, low, high, c.low, c.high)
		}
	}
}

func TestAtMost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ successes, trials, p, want float64 }{
		{0, 10, 0.5, 1.0 / 1024}, {5, 10, 0.5, 0.623046875}, {10, 10, 0.3, 1}, {270, 600, 0.5, 0.0080},
	} {
		if got := atMost(c.successes, c.trials, c.p); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("atMost(%v, %v, %v) = %v, want %v", c.successes, c.trials, c.p, got, c.want)
		}
	}
}
