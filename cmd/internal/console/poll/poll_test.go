package poll_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/console/poll"
)

// counting is a reader that counts how often it runs, and how many of it at a time.
type counting struct {
	reads, now, most atomic.Int64
	takes            time.Duration
	failing          atomic.Bool
}

var errFailing = errors.New("no answer")

func (c *counting) read(context.Context) (int64, error) {
	c.most.Store(max(c.most.Load(), c.now.Add(1)))
	defer c.now.Add(-1)
	time.Sleep(c.takes)
	if c.failing.Load() {
		return c.reads.Add(1), errFailing
	}
	return c.reads.Add(1), nil
}

func TestNothingIsReadWhenNobodyLooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &counting{}
		p := poll.New(c.read, poll.Options{Every: time.Second, Idle: 10 * time.Second})
		defer p.Close()
		time.Sleep(time.Hour)
		if n := c.reads.Load(); n != 0 {
			t.Fatalf("%d reads before anybody looked", n)
		}
		if r := p.Get(t.Context()); !r.Has || r.Value != 1 {
			t.Fatalf("Get() = %+v", r)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := c.reads.Load(); n > 11 {
			t.Errorf("%d reads after the only look, want those of ten seconds", n)
		}
		n := c.reads.Load()
		if r := p.Get(t.Context()); r.Value != n+1 {
			t.Errorf("Get() after an hour = %+v, want a new value", r)
		}
	})
}

func TestTenViewersCostWhatOneDoes(t *testing.T) {
	t.Parallel()
	reads := func(viewers int) (n, most int64) {
		synctest.Test(t, func(t *testing.T) {
			c := &counting{takes: 100 * time.Millisecond}
			p := poll.New(c.read, poll.Options{Every: time.Second})
			defer p.Close()
			var group sync.WaitGroup
			for range viewers {
				group.Go(func() {
					defer p.Watch()()
					for range 100 {
						p.Get(t.Context())
						<-p.Changed()
					}
				})
			}
			group.Wait()
			n, most = c.reads.Load(), c.most.Load()
		})
		return n, most
	}
	one, _ := reads(1)
	ten, most := reads(10)
	if ten > one+1 || most > 1 {
		t.Errorf("ten viewers: %d reads, %d at a time; one viewer: %d", ten, most, one)
	}
}

// TestSlowReadsRest: a read that takes long is followed by a long rest.
func TestSlowReadsRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &counting{takes: 10 * time.Second}
		p := poll.New(c.read, poll.Options{Every: time.Second, Timeout: time.Minute, Rest: 4})
		defer p.Close()
		defer p.Watch()()
		time.Sleep(1000 * time.Second)
		if n := c.reads.Load(); n > 21 {
			t.Errorf("%d reads of 10 s in 1,000 s, want at most a fifth of the time", n)
		}
	})
}

// TestErrors: the last value stays while reads fail, with when that began.
func TestErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &counting{}
		p := poll.New(c.read, poll.Options{Every: time.Second})
		defer p.Close()
		defer p.Watch()()
		first := p.Get(t.Context())
		c.failing.Store(true)
		time.Sleep(5500 * time.Millisecond)
		r := p.Get(t.Context())
		if !r.Has || r.Value != first.Value || r.Err == nil || time.Since(r.Since) < 4*time.Second {
			t.Errorf("Get() while reads fail = %+v, want the value of before and since when", r)
		}
		c.failing.Store(false)
		time.Sleep(2 * time.Second)
		if r := p.Get(t.Context()); r.Err != nil || r.Value == first.Value {
			t.Errorf("Get() after reads work again = %+v", r)
		}
	})
}

// TestGetWaitsNoLonger: without a value yet, Get ends with its context.
func TestGetWaitsNoLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &counting{takes: time.Second}
		p := poll.New(c.read, poll.Options{})
		defer p.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if r := p.Get(ctx); r.Has {
			t.Errorf("Get() = %+v, want nothing yet", r)
		}
		if r := p.Get(t.Context()); !r.Has {
			t.Errorf("Get() = %+v, want a value", r)
		}
	})
}
