// Package wilson gives the uncertainty of a share of few observations: Wilson's interval (1927).
//
//	successes, trials ─► Interval ─► low, high
//
// Promise: the limits are within 0 and 1 and hold the share itself, whatever the counts.
package wilson

import "math"

// Z95 is the number of standard deviations of an interval that holds with a probability of 95 %.
const Z95 = 1.959963984540054

// Interval returns the 95 % interval of the share of successes in trials. Without trials it is
// all shares.
func Interval(successes, trials int64) (low, high float64) {
	return Limits(float64(successes), float64(trials), Z95)
}

// Limits returns the interval of the share of successes in trials, z standard deviations wide.
// Trials may be a fraction.
func Limits(successes, trials, z float64) (low, high float64) {
	if trials <= 0 {
		return 0, 1
	}
	successes = max(0, min(successes, trials))
	share, square := successes/trials, z*z
	centre := share + square/(2*trials)
	half := z * math.Sqrt(share*(1-share)/trials+square/(4*trials*trials))
	low, high = max(0, (centre-half)/(1+square/trials)), min(1, (centre+half)/(1+square/trials))
	// Rounding must not exclude the share itself.
	return min(low, share), max(high, share)
}
