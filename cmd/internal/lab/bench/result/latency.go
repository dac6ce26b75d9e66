package result

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latency gathers times. It is safe for use by several goroutines.
type Latency struct {
	mu        sync.Mutex
	Histogram *hdrhistogram.Histogram
}

// longest is the upper bound of the histogram. Longer latencies are counted in its last
// bucket.
const longest = 10 * time.Minute

// NewLatency returns an empty one.
func NewLatency() *Latency {
	const digits = 3
	return &Latency{Histogram: hdrhistogram.New(1, longest.Microseconds(), digits)}
}

// Add records a latency.
func (l *Latency) Add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.Histogram.RecordValue(min(max(1, d.Microseconds()), longest.Microseconds())) // in range
}

// Figures adds the percentiles, in milliseconds.
func (l *Latency) Figures(f *Figures, of string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Histogram.TotalCount() == 0 {
		return
	}
	const micro = 1e3
	for _, q := range []struct {
		name string
		at   float64
	}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99_9", 99.9}} {
		f.Add(of+"_"+q.name+"_ms", float64(l.Histogram.ValueAtQuantile(q.at))/micro)
	}
	f.Add(of+"_max_ms", float64(l.Histogram.Max())/micro)
}
