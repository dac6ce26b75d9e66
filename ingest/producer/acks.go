package producer

import (
	"slices"
	"sync/atomic"
	"time"
)

// ackTimes are the newest times of acknowledgement, in nanoseconds.
type ackTimes struct {
	next  atomic.Uint64
	times [ackWindow]atomic.Int64
}

const ackWindow = 256

func (a *ackTimes) add(took time.Duration) {
	a.times[(a.next.Add(1)-1)%ackWindow].Store(max(int64(took), 1))
}

// quantiles returns the median and the 99th percentile in seconds.
func (a *ackTimes) quantiles() (p50, p99 float64) {
	sorted := make([]int64, 0, ackWindow)
	for i := range a.times {
		if v := a.times[i].Load(); v > 0 {
			sorted = append(sorted, v)
		}
	}
	if len(sorted) == 0 {
		return 0, 0
	}
	slices.Sort(sorted)
	at := func(percent int) float64 {
		return time.Duration(sorted[(len(sorted)-1)*percent/100]).Seconds()
	}
	return at(50), at(99)
}
