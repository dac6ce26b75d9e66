package pumping_test

import (
	"strconv"
	"testing"

	"github.com/tributary-hq/tributary/processor/insights/pumping"
	"github.com/tributary-hq/tributary/processor/stage"
)

// BenchmarkObserve is a code of a country with a day of traffic of many blocks: one
// observation, in transactions of a hundred.
func BenchmarkObserve(b *testing.B) {
	const perTransaction, blocks = 100, 1000
	f := newTraffic(nil, 20) // nothing fails
	batch := func(n int) []pumping.Observation {
		out := make([]pumping.Observation, 0, perTransaction)
		for i := range perTransaction {
			o := codes("+38067"+strconv.Itoa(1000 + (n*perTransaction+i*37)%blocks)[1:], 1, 1)
			o.Minute, o.Numbers = f.now, []uint64{uint64(n*perTransaction+i) * 0x9e3779b97f4a7c15}
			out = append(out, o)
		}
		return out
	}
	for n := range 24 * 60 {
		f.minute(batch(n)[:2]...)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += perTransaction {
		all := batch(n)
		f.do(func(tx stage.Tx) error { return f.detector.Observe(tx, "UA", all...) })
	}
}
