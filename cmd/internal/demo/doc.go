// Package demo runs the whole program in one process: an embedded broker and
// registry, ingest on a loopback port, the processor, and the simulator as four
// providers.
//
//	simulator ─HTTP─► ingest ─► embedded broker ─► processor ─► embedded broker ─► account, journeys
//
// Promise: nothing in it is pretended but the time, which runs faster: ingest and
// processor are given a clock by which an hour's deadline is over in seconds. The
// account is counted from the topics, as any consumer would, and compared with the
// simulator's ledger and with a model of its own.
package demo

import (
	"sync"
	"time"
)

// clock is the time of the demo: it begins now and runs speed times faster than the
// wall clock. It is never behind: a Kafka client takes a record that is older than
// its delivery timeout for one that could not be delivered.
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

// run changes the speed from now on.
func (c *clock) run(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.since, c.speed = c.now(), time.Now(), speed
}
