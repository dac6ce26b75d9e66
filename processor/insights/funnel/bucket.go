package funnel

import "math"

// growth is the ratio of a bucket's upper bound to its lower one. The middle of a bucket, as
// Duration returns it, is at most RelativeError away from any duration in it.
const growth = 1.04

// RelativeError is the greatest relative error of a duration that is known by its bucket, for
// durations of a millisecond and more.
const RelativeError = (growth - 1) / (growth + 1)

// BucketOf returns the bucket of a duration in milliseconds, from 1. Bucket 1 holds those of
// up to a millisecond.
func BucketOf(ms int64) int32 {
	if ms <= 1 {
		return 1
	}
	return int32(math.Ceil(math.Log(float64(ms))/math.Log(growth))) + 1
}

// Duration returns the middle of a bucket in milliseconds.
func Duration(bucket int32) int64 {
	if bucket <= 1 {
		return 1
	}
	return int64(math.Round(math.Pow(growth, float64(bucket-1)) * 2 / (1 + growth)))
}
