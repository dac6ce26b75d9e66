// Package logbucket counts durations in buckets that grow by a tenth each, so that counts of
// several places can be added up, and taken back, and a quantile of the sum has a known
// relative error.
//
//	duration ─► Of ─► count by bucket ─► Quantile: at most 5 % beside the exact one
package logbucket

import (
	"math"
	"time"
)

const (
	growth = 1.1
	// Last is the last bucket, of about four months and all that is longer.
	Last = 242
)

// Of returns the bucket of a duration: 0 up to a millisecond, and bucket i up to 1.1^i
// milliseconds.
func Of(d time.Duration) int32 {
	ms := float64(d) / float64(time.Millisecond)
	if ms <= 1 {
		return 0
	}
	return int32(min(math.Ceil(math.Log(ms)/math.Log(growth)), Last))
}

// Value returns a duration in a bucket whose relative distance to all others in it is least.
func Value(bucket int32) time.Duration {
	if bucket <= 0 {
		return time.Millisecond
	}
	upper := math.Pow(growth, float64(bucket))
	return time.Duration(2 * upper / (1 + growth) * float64(time.Millisecond))
}

// Count is the number of durations in a bucket.
type Count struct {
	Bucket int32
	N      int64
}

// Quantile returns the duration below which a share of all durations lie; ok is false if
// there are none. counts are sorted by bucket.
func Quantile(counts []Count, share float64) (d time.Duration, ok bool) {
	var total int64
	for _, c := range counts {
		total += c.N
	}
	if total <= 0 {
		return 0, false
	}
	rank := max(1, int64(math.Ceil(share*float64(total))))
	for _, c := range counts {
		if rank -= c.N; rank <= 0 {
			return Value(c.Bucket), true
		}
	}
	return 0, false
}
