package pumping // the formulas have no other way to be looked at

import (
	"math"
	"testing"
)

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
