package producer

import (
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// outcome is the result of producing a record.
type outcome struct {
	record *kgo.Record
	err    error
}

// wait collects the outcomes of one Write, and bounds the time that it waits for them.
type wait struct {
	results chan outcome
	timer   *time.Timer
	promise func(*kgo.Record, error)
	// pending is how many outcomes have not been received.
	pending int
}

// waits keeps the waits for a single record that ended with no outcome pending. Nearly
// every Write has one record, and would allocate a channel, a timer and a function.
type waits struct{ pool sync.Pool }

// get returns a wait for the outcomes of n records.
func (p *waits) get(n int, within time.Duration) *wait {
	if n == 1 {
		if w, ok := p.pool.Get().(*wait); ok {
			w.pending = 1
			w.timer.Reset(within)
			return w
		}
	}
	w := &wait{results: make(chan outcome, n), timer: time.NewTimer(within), pending: n}
	w.promise = func(r *kgo.Record, err error) { w.results <- outcome{r, err} }
	return w
}

// put ends a wait. One whose outcome is still pending is not used again: the outcome
// would be taken for that of another record.
func (p *waits) put(w *wait) {
	w.timer.Stop()
	if w.pending == 0 && cap(w.results) == 1 {
		p.pool.Put(w)
	}
}
