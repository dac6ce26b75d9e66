package sim

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"
)

// World is the clock, the scheduler and the chance of one run. It is used by one
// goroutine.
type World struct {
	Cluster *Cluster
	// Tracing makes the world keep a line of each step in Trace.
	Tracing bool
	Trace   []string
	// Injected counts the faults that occurred, by kind.
	Injected map[string]int
	// Healed stops all faults from then on.
	Healed bool
	// OnFault executes a fault of a host; see Fault.
	OnFault func(worker string, f *Fault)

	rng    *rand.Rand
	now    int64
	tasks  []*task
	events []event
	cur    *task
	faults map[string][]*Fault
	seen   map[string]int
}

// epoch is the virtual time at which every run begins.
const epoch = 1_800_000_000_000

type task struct {
	name  string
	host  *Host
	next  func() (struct{}, bool)
	stop  func()
	pause func(struct{}) bool
	wake  int64
	ready func() bool
	ended bool
}

// event is something that happens outside of all hosts.
type event struct {
	at int64
	do func()
}

// killed unwinds the tasks of a dead host.
type killed struct{}

// NewWorld returns a world in which the plan's chance decides.
func NewWorld(seed uint64, faults []Fault) *World {
	w := &World{
		rng: rand.New(rand.NewPCG(seed, 0x7269)), now: epoch, Injected: map[string]int{}, //nolint:gosec // chance that can be repeated
		faults: map[string][]*Fault{}, seen: map[string]int{}, OnFault: func(string, *Fault) {},
	}
	for i := range faults {
		f := faults[i]
		w.faults[f.On] = append(w.faults[f.On], &f)
	}
	w.Cluster = newCluster(w)
	return w
}

// Now is the host's wall clock.
func (h *Host) Now() time.Time { return time.UnixMilli(h.world.now + h.Skew).UTC() }

// Now is the world's clock, unix ms.
func (w *World) Now() int64 { return w.now }

// Jump moves the world's clock forward.
func (w *World) Jump(ms int64) { w.now += ms }

// Logf adds a line to the trace.
func (w *World) Logf(format string, args ...any) {
	if w.Tracing {
		w.Trace = append(w.Trace, fmt.Sprintf("%8d ", w.now-epoch)+fmt.Sprintf(format, args...))
	}
}

// Chance returns a number below n.
func (w *World) Chance(n int) int { return w.rng.IntN(n) }

// Start runs a function as a task of a host, from the next step on.
func (h *Host) Start(name string, f func()) {
	w := h.world
	t := &task{name: name, host: h}
	t.next, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		t.pause = yield
		defer func() {
			if p := recover(); p != nil {
				if _, ok := p.(killed); !ok {
					panic(p) //nolint:forbidigo // a fault of the program under test
				}
			}
		}()
		f()
	})
	w.tasks = append(w.tasks, t)
}

// yield lets others run, at least until a time, and until ready says so. Outside of
// a task nothing happens.
func (w *World) yield(ms int64, ready func() bool) {
	t := w.cur
	if t == nil {
		return
	}
	if !t.host.dead {
		t.wake, t.ready = w.now+ms, ready
		if t.pause(struct{}{}) && !t.host.dead {
			return
		}
	}
	panic(killed{}) //nolint:forbidigo // unwinds the task, see Start
}

// Pass lets others run at a step of a task that asks nobody for anything, as a
// machine does at any time: mostly not at all, sometimes for long.
func (w *World) Pass() {
	switch n := w.rng.IntN(60); {
	case n == 0:
		w.yield(int64(50+w.rng.IntN(400)), nil)
	case n < 10:
		w.yield(int64(w.rng.IntN(5)), nil)
	}
}

// After lets something happen outside of all hosts after a time.
func (w *World) After(ms int64, do func()) {
	w.events = append(w.events, event{at: w.now + ms, do: do})
}

// Step runs one task or event. It returns false if nothing can ever happen again.
func (w *World) Step() bool {
	w.reap()
	w.Cluster.tick()
	tasks, events := w.due()
	for len(tasks)+len(events) == 0 {
		next := w.nextTime()
		if next < 0 {
			return false
		}
		w.now = max(w.now+1, next)
		w.Cluster.tick()
		tasks, events = w.due()
	}
	w.now += int64(w.rng.IntN(2))
	// Tasks and events have equal chances, however many there are of each.
	if len(tasks) > 0 && (len(events) == 0 || w.rng.IntN(3) > 0) {
		w.resume(tasks[w.rng.IntN(len(tasks))])
	} else {
		i := events[w.rng.IntN(len(events))]
		do := w.events[i].do
		w.events = append(w.events[:i], w.events[i+1:]...)
		do()
	}
	w.reap()
	return true
}

func (w *World) resume(t *task) {
	w.cur = t
	if _, more := t.next(); !more {
		t.ended = true
	}
	w.cur = nil
}

func (w *World) due() (tasks []*task, events []int) {
	for _, t := range w.tasks {
		if !t.ended && t.host.frozen <= w.now && t.wake <= w.now && (t.ready == nil || t.ready()) {
			tasks = append(tasks, t)
		}
	}
	for i := range w.events {
		if w.events[i].at <= w.now {
			events = append(events, i)
		}
	}
	return tasks, events
}

// nextTime is when something may happen next, -1 for never.
func (w *World) nextTime() int64 {
	next := int64(-1)
	take := func(at int64) {
		if at > w.now && (next < 0 || at < next) {
			next = at
		}
	}
	for _, t := range w.tasks {
		if !t.ended {
			take(max(t.wake, t.host.frozen))
		}
	}
	for i := range w.events {
		take(w.events[i].at)
	}
	take(w.Cluster.nextTime())
	return next
}

// reap unwinds the tasks of dead hosts, the last started first, and forgets those
// that are over.
func (w *World) reap() {
	kept := w.tasks[:0]
	for _, t := range slices.Backward(w.tasks) {
		if t.host.dead && !t.ended {
			w.cur = t
			t.stop()
			w.cur = nil
			t.ended = true
		}
	}
	for _, t := range w.tasks {
		if !t.ended {
			kept = append(kept, t)
		}
	}
	clear(w.tasks[len(kept):])
	w.tasks = kept
}

// Close unwinds everything that still runs.
func (w *World) Close() {
	for _, t := range w.tasks {
		t.host.dead = true
	}
	w.reap()
}

// Pause is a task's sleep.
func (w *World) Pause(ctx context.Context, d time.Duration) error {
	end := w.now + d.Milliseconds()
	for w.now < end && ctx.Err() == nil {
		w.yield(min(end-w.now, 20), nil)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// Await is a task's wait for a channel to be closed.
func (w *World) Await(ctx context.Context, done <-chan struct{}) error {
	for {
		select {
		case <-done:
			return nil
		default:
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		w.yield(1, nil)
	}
}

// Go starts a function.
func (g *Group) Go(f func()) {
	g.running++
	g.host.Start(g.name+"+", func() {
		defer func() { g.running-- }()
		f()
	})
}

// Wait waits until all have ended.
func (g *Group) Wait() {
	if g.host.dead {
		return
	}
	for g.running > 0 {
		g.world.yield(1, func() bool { return g.running == 0 })
	}
}

// Heal ends all faults; only requests under way can still fail.
func (w *World) Heal() {
	w.Healed = true
	w.Cluster.HoldMarkers = 0
}
