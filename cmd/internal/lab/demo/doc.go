// Package demo runs the whole program in one process: an embedded broker and
// registry, ingest on a loopback port, the processor, and the simulator as four
// providers.
//
//	simulator ─HTTP─► ingest ─► embedded broker ─► processor ─► embedded broker ─► account, journeys
//
// Promise: every part is real except the clock, which runs faster: ingest and processor
// get a clock by which a deadline of an hour passes in seconds. The records are counted in
// the topics, as any consumer could, and compared with the simulator's ledger and with
// the model.
package demo

import (
	"sync"
	"time"
)

// clock is the time of the demo: it begins now and runs speed times faster than the
// wall clock. It is never behind the wall clock: a Kafka client gives up a record whose
// timestamp is older than its delivery timeout.
type clock struct {
	mu    sync.Mutex
	base  time.Time // demo's time at since
	since time.Time
	speed float64
}

func newClock(from time.Time) *clock { return &clock{base: from, since: time.Now(), speed: 1} }

// Now returns the demo's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *clock) now() time.Time {
	return c.base.Add(time.Duration(float64(time.Since(c.since)) * c.speed))
}

// reach moves the clock on to a time, unless it has passed.
func (c *clock) reach(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); at.After(now) {
		c.base, c.since = at, time.Now()
	}
}

// run changes the speed from now on.
func (c *clock) run(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.since, c.speed = c.now(), time.Now(), speed
}
