package pumping

import "math"

// atMost returns the probability of at most so many successes in trials that each succeed
// with probability p. Trials may be a fraction.
func atMost(successes, trials, p float64) float64 {
	const exact = 500
	if trials > exact {
		deviation := math.Sqrt(trials * p * (1 - p))
		return 0.5 * math.Erfc((trials*p-successes-0.5)/(deviation*math.Sqrt2))
	}
	sum := 0.0
	all, _ := math.Lgamma(trials + 1)
	for k := 0.0; k <= min(successes, trials); k++ {
		some, _ := math.Lgamma(k + 1)
		rest, _ := math.Lgamma(trials - k + 1)
		sum += math.Exp(all - some - rest + k*math.Log(p) + (trials-k)*math.Log1p(-p))
	}
	return min(1, sum)
}

// surge returns how many events are more than chance makes of an expected number.
func surge(expected float64) float64 { return expected + 3*math.Sqrt(expected) }

// weights returns the log-likelihood ratio of a success and of a failure, of a rate far
// below the expected one against the expected one.
func weights(expected, ratio float64) (success, failure float64) {
	low := expected * ratio * ratio
	return math.Log(low / expected), math.Log((1 - low) / (1 - expected))
}
