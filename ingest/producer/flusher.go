package producer

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// flusher ends the linger for a record that no other Write waits beside, while few come:
// nothing would share its batch. It flushes one client, at most once at a time. While it
// does, other records do not linger either.
type flusher struct {
	client *kgo.Client
	wake   chan struct{} // its capacity is 1
	stop   context.CancelFunc
	done   chan struct{}

	// mu guards the Writes that wait, and those that came in this span of time and in the
	// one before it.
	mu           sync.Mutex
	waiting      int
	span         int64
	came, before int
}

// few is how many Writes in ten lingers are few: 160 a second at the default linger. At a
// high rate the answers of a batch may leave no Write waiting for a moment, too: a flush
// then, and the small batches that follow, cost up to a quarter more CPU.
const (
	few     = 8
	lingers = 10
)

// begin reports a Write to come, and flushes if it is alone and few came. Its record is in
// the client's buffer.
func (f *flusher) begin(at time.Time, linger time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting++
	if linger <= 0 {
		return
	}
	switch span := at.UnixNano() / int64(lingers*linger); {
	case span == f.span+1:
		f.span, f.before, f.came = span, f.came, 0
	case span != f.span:
		f.span, f.before, f.came = span, 0, 0
	}
	f.came++
	if f.waiting > 1 || max(f.came, f.before) > few {
		return
	}
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// over reports the end of a Write.
func (f *flusher) over() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting--
}

// start begins; end ends it, and nothing else does: ctx only lends its values.
func (f *flusher) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f.stop, f.done = cancel, make(chan struct{})
	// Ended by end.
	go func() {
		defer close(f.done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-f.wake:
			}
			_ = f.client.Flush(ctx) // The Write reports what becomes of its record.
		}
	}()
}

// end ends it and waits until it has ended; before start it does nothing.
func (f *flusher) end() {
	if f.stop == nil {
		return
	}
	f.stop()
	<-f.done
}
