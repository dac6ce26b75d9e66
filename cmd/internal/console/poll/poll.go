// Package poll shares one reader between all viewers of a page.
//
//	viewers ─► Get, Watch ─► one loop, while somebody looks ─► read
//
// Promise: read never runs twice at a time, never more often than every Options.Every, and never
// for more than a bounded share of the time: after a read that took long the loop rests for a
// multiple of it. Nothing is read when nobody has looked for Options.Idle.
package poll

import (
	"context"
	"sync"
	"time"
)

// Options are the limits of a poll. Zero fields have the defaults.
type Options struct {
	// Every is the time between two reads. Default 5 s.
	Every time.Duration
	// Idle is how long the loop goes on after the last look. Default 15 s.
	Idle time.Duration
	// Timeout limits one read. Default 20 s.
	Timeout time.Duration
	// Rest is how many times as long as a read the loop rests after it. Default 4: a read takes
	// at most a fifth of the time.
	Rest int
	// Now is the clock of Result.At; nil means time.Now.
	Now func() time.Time
	// Begin is called before the first read after nobody looked, End after the last read
	// before nobody looks: they open and close connections. Nil means nothing to do.
	Begin, End func()
}

// Result is the outcome of the last read.
type Result[T any] struct {
	// Value is the last value that was read, also after a later read has failed.
	Value T
	// Has is set once there is a value.
	Has bool
	// At is when Value was read.
	At time.Time
	// Err is the error of the last read; Since is when reads began to fail.
	Err   error
	Since time.Time
	// Reads counts the reads; it tells two results apart.
	Reads int64
}

// Poll reads for all viewers. Make it with New, end it with Close.
type Poll[T any] struct {
	options Options
	read    func(context.Context) (T, error)
	stop    context.CancelFunc
	ctx     context.Context //nolint:containedctx // the lifetime of the loop, which Get starts
	loops   sync.WaitGroup

	mu       sync.Mutex
	result   Result[T]
	changed  chan struct{} // closed at each new result
	looked   time.Time
	watchers int
	running  bool
	closed   bool
}

// New returns a poll that has read nothing.
func New[T any](read func(context.Context) (T, error), options Options) *Poll[T] {
	defaults := Options{Every: 5 * time.Second, Idle: 15 * time.Second, Timeout: 20 * time.Second, Rest: 4, Now: time.Now}
	if options.Every <= 0 {
		options.Every = defaults.Every
	}
	if options.Idle <= 0 {
		options.Idle = defaults.Idle
	}
	if options.Timeout <= 0 {
		options.Timeout = defaults.Timeout
	}
	if options.Rest <= 0 {
		options.Rest = defaults.Rest
	}
	if options.Now == nil {
		options.Now = defaults.Now
	}
	if options.Begin == nil {
		options.Begin = func() {}
	}
	if options.End == nil {
		options.End = func() {}
	}
	ctx, stop := context.WithCancel(context.Background()) //nolint:gosec // Close calls it
	return &Poll[T]{options: options, read: read, ctx: ctx, stop: stop, changed: make(chan struct{})}
}

// Close ends the loop and waits for it.
func (p *Poll[T]) Close() {
	p.stop()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.loops.Wait()
}

// Get returns the last result. If there is none yet, it waits for the first until ctx ends.
func (p *Poll[T]) Get(ctx context.Context) Result[T] {
	for {
		result, changed := p.look(0)
		if result.Reads > 0 {
			return result
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return result
		case <-p.ctx.Done():
			return result
		}
	}
}

// Watch keeps the loop running until the returned function is called.
func (p *Poll[T]) Watch() (end func()) {
	p.look(1)
	return sync.OnceFunc(func() { p.look(-1) })
}

// Changed returns a channel that is closed at the next result.
func (p *Poll[T]) Changed() <-chan struct{} {
	_, changed := p.look(0)
	return changed
}

// look notes that somebody looks, and starts the loop unless it runs.
func (p *Poll[T]) look(watchers int) (Result[T], <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looked = time.Now()
	p.watchers += watchers
	if !p.running && !p.closed {
		p.running = true
		// Ended by idleness or Close.
		p.loops.Go(p.loop)
	}
	return p.result, p.changed
}

func (p *Poll[T]) loop() {
	for {
		p.options.Begin()
		p.reads()
		p.options.End()
		if p.ended() {
			return
		}
	}
}

// reads reads until nobody looks.
func (p *Poll[T]) reads() {
	for {
		began := time.Now()
		ctx, cancel := context.WithTimeout(p.ctx, p.options.Timeout)
		value, err := p.read(ctx)
		cancel()
		p.publish(value, err)
		timer := time.NewTimer(max(p.options.Every, time.Duration(p.options.Rest)*time.Since(began)))
		select {
		case <-timer.C:
		case <-p.ctx.Done():
			timer.Stop()
		}
		if p.idle() {
			return
		}
	}
}

func (p *Poll[T]) publish(value T, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &p.result
	now := p.options.Now()
	r.Reads++
	switch {
	case err == nil:
		r.Value, r.Has, r.At, r.Err, r.Since = value, true, now, nil, time.Time{}
	case r.Err == nil:
		r.Err, r.Since = err, now
	default:
		r.Err = err
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Poll[T]) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unwatched()
}

// unwatched reports that nobody looks any more; the caller holds the lock.
func (p *Poll[T]) unwatched() bool {
	return p.ctx.Err() != nil || p.watchers == 0 && time.Since(p.looked) >= p.options.Idle
}

// ended marks the loop as ended, unless somebody has begun to look meanwhile.
func (p *Poll[T]) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.unwatched() {
		return false
	}
	p.running = false
	// A viewer who comes back later must not see old figures as new ones.
	p.result = Result[T]{}
	return true
}
