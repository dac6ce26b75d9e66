package bench

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// latency gathers times. It is safe for use by several goroutines.
type latency struct {
	mu        sync.Mutex
	histogram *hdrhistogram.Histogram
}

// longest is the upper bound of the histogram. Longer latencies are counted in its last
// bucket.
const longest = 10 * time.Minute

func newLatency() *latency {
	const digits = 3
	return &latency{histogram: hdrhistogram.New(1, longest.Microseconds(), digits)}
}

func (l *latency) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.histogram.RecordValue(min(max(1, d.Microseconds()), longest.Microseconds())) // in range
}

// figures adds the percentiles, in milliseconds.
func (l *latency) figures(f *Figures, of string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.histogram.TotalCount() == 0 {
		return
	}
	const micro = 1e3
	for _, q := range []struct {
		name string
		at   float64
	}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99_9", 99.9}} {
		f.Add(of+"_"+q.name+"_ms", float64(l.histogram.ValueAtQuantile(q.at))/micro)
	}
	f.Add(of+"_max_ms", float64(l.histogram.Max())/micro)
}
