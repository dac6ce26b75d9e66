package frontier

import "time"

// The buckets of waits: seconds up to two minutes, then steps of ten seconds up to ten
// minutes, then minutes up to two hours.
const (
	fineSeconds, coarseSeconds, longestSeconds = 120, 600, 7200
	coarseStep, minuteStep                     = 10, 60

	coarseBegin = fineSeconds
	minuteBegin = coarseBegin + (coarseSeconds-fineSeconds)/coarseStep
	lastBucket  = minuteBegin + (longestSeconds-coarseSeconds)/minuteStep
)

// BucketOf returns the index of the bucket of a wait.
func BucketOf(wait time.Duration) int32 {
	// Rounded up: the bound of a bucket is the longest wait in it.
	s := int64((max(wait, 0) + time.Second - 1) / time.Second)
	up := func(over, step int64) int64 { return (over + step - 1) / step }
	switch {
	case s <= fineSeconds:
		return int32(s) //nolint:gosec // small
	case s <= coarseSeconds:
		return int32(coarseBegin + up(s-fineSeconds, coarseStep)) //nolint:gosec // small
	default:
		return int32(min(minuteBegin+up(s-coarseSeconds, minuteStep), lastBucket)) //nolint:gosec // small
	}
}

// secondsOf returns the longest wait in a bucket.
func secondsOf(bucket int32) float64 {
	switch {
	case bucket <= coarseBegin:
		return float64(bucket)
	case bucket <= minuteBegin:
		return float64(fineSeconds + (bucket-coarseBegin)*coarseStep)
	default:
		return float64(coarseSeconds + (bucket-minuteBegin)*minuteStep)
	}
}

// timeouts returns the judged timeouts in seconds: values that a person would configure. LOX24 takes none
// below 30.
func timeouts() []float64 {
	return []float64{30, 35, 40, 45, 50, 60, 75, 90, 120, 150, 180, 240, 300}
}
