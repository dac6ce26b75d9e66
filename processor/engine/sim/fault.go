package sim

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
)

// Kinds of faults. Request faults change the fate of a request; the others happen to a
// host or the world and are executed by the driver.
const (
	// Refuse answers a request with Err and does not apply it.
	Refuse = "refuse"
	// Confuse applies a request and answers with Err.
	Confuse = "confuse"
	// CutBefore closes the connection before the request is applied, CutAfter before
	// the answer arrives.
	CutBefore = "cut-before"
	CutAfter  = "cut-after"

	Crash     = "crash"
	Freeze    = "freeze"
	Stall     = "stall"
	Rebalance = "rebalance"
	Twin      = "twin"
	Restart   = "restart"
	Clock     = "clock"
	Skew      = "skew"
	Flush     = "flush"
	Compact   = "compact"
	Markers   = "markers"
	Lose      = "lose"
	Fail      = "fail"
)

// Fault is bound to an event: the Nth time that a worker is at a step or sends a
// request of a kind.
type Fault struct {
	// On is worker/step:name or worker/req:kind.
	On  string
	Nth int
	// Do is one of the constants; Err the broker's answer for Refuse and Confuse.
	Do  string
	Err string
	// Arg is a number of milliseconds, or a kind of damage to the store, by Do.
	Arg int64
	// GivesUp makes the client's retries run out with this one.
	GivesUp bool
}

// String implements fmt.Stringer.
func (f *Fault) String() string {
	s := fmt.Sprintf("%s #%d: %s", f.On, f.Nth, f.Do)
	if f.Err != "" {
		s += " " + f.Err
	}
	if f.Arg != 0 {
		s += fmt.Sprintf(" (%d)", f.Arg)
	}
	if f.GivesUp {
		s += ", and the client gives up"
	}
	return s
}

// At says that a worker has come to an event, and returns the fault bound to it that
// is the client's own matter, nil if there is none. Others are done here.
func (w *World) At(worker, what string) *Fault {
	on := worker + "/" + what
	w.seen[on]++
	if w.Healed {
		return nil
	}
	for _, f := range w.faults[on] {
		if f.Nth != w.seen[on] {
			continue
		}
		w.Injected[f.Do]++
		w.Logf("%-10s FAULT %v", worker, f)
		switch f.Do {
		case Refuse, Confuse, CutBefore, CutAfter, Fail:
			return f
		}
		w.OnFault(worker, f)
		if f.Do == Stall {
			w.yield(f.Arg, nil)
		}
		if w.cur != nil && (w.cur.host.dead || w.cur.host.frozen > w.now) {
			w.yield(0, nil)
		}
	}
	return nil
}

// brokerError finds a broker's answer by its name.
func brokerError(name string) error {
	for code := int16(-1); code < 140; code++ {
		if e := kerr.TypedErrorForCode(code); e != nil && e.Message == name {
			return e
		}
	}
	return kerr.UnknownServerError
}
