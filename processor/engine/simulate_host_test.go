package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tributary-hq/tributary/processor/chaos/tally"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/engine/sim"
)

// start begins a process on a disk.
func (s *simulation) start(plan hostPlan, fs *vfs.MemFS) {
	p := &simProcess{plan: plan, host: s.world.NewHost(plan.name), fs: fs}
	p.host.Skew = s.skew[plan.name]
	s.spreads()
	config := engine.DefaultConfig()
	config.InstanceID, config.StateDir = strings.TrimRight(plan.name, "'"), "state"
	config.CommitInterval, config.WatermarkInterval, config.WatermarkIdleTimeout = 5e6, 200e6, 50e6
	config.FenceAfter, config.TransactionTimeout, config.SessionTimeout = 100e6, 3000e6, 2000e6
	// The store is written after each round, now and then, or hardly ever.
	writeBack := [...]int64{0, 1 << 10, 64 << 10}[s.plan.seed%3]
	config.Store = store.Config{CacheBytes: 1 << 20, MemtableBytes: 1 << 20, WriteBackBytes: writeBack}
	config.Store.SetFS(fs)
	deps := engine.Deps{Version: "simulated", Logger: slog.New(slog.DiscardHandler)}
	if s.world.Tracing {
		deps.Logger = slog.New(slog.NewTextHandler(traceWriter{s.world, plan.name}, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	}
	if s.plan.harm != nil {
		s.plan.harm(&deps)
	}
	failpoint.Install(&deps, func(step failpoint.Point, index int) error {
		worker := fmt.Sprintf("%s.%d", plan.name, index)
		s.world.Logf("%-10s is at %s", worker, step)
		s.world.Pass()
		if f := s.world.At(worker, "step:"+string(step)); f != nil && f.Do == sim.Fail {
			return errCrash
		}
		return nil
	})
	spec := engine.Spec{
		Name: simStage, Stage: tally.Stage{Output: simOutput, Clocks: true}, Input: input, Changelog: changelog, Outputs: []string{simOutput},
		DeadLetter: deadLetters, WallClock: true, Workers: plan.workers,
	}
	e, workers, err := engine.StartSimulated(config, &spec, deps, s.world, p.host, s.plan.partitions)
	if err != nil {
		s.sayf("start", "%s does not start: %v", plan.name, err)
		return
	}
	s.world.Logf("%-10s starts", plan.name)
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(context.Background())
	p.engine = e
	s.running = append(s.running, p)
	for _, w := range workers {
		p.host.Start(w.Name, func() {
			if err := w.Run(ctx); err != nil {
				// The process ends with it.
				s.world.Logf("%-10s ends for good: %v", w.Name, err)
				s.out.fatal = append(s.out.fatal, fmt.Sprintf("%s: %v", w.Name, err))
				s.world.After(0, func() { s.kill(p, keepFlushed, 500) }) //nolint:contextcheck // a process that is started again has a life of its own
			}
		})
	}
}

// The ways in which a crash leaves the disk.
const (
	keepFlushed = iota // what was not flushed is gone
	keepAll
	keepNothing
	keepOlder
	keepBroken
	diskStates
)

// kill ends a process as kill -9 does, and starts it again later.
func (s *simulation) kill(p *simProcess, disk, again int64) {
	if p.over {
		return
	}
	p.over = true
	if disk == keepAll {
		s.must(p.engine.FlushStore())
	}
	p.host.Kill()
	fs := p.fs.CrashClone(vfs.CrashCloneCfg{})
	switch disk {
	case keepNothing:
		fs = vfs.NewCrashableMem()
	case keepOlder:
		if older := s.older[p.plan.name]; older != nil {
			fs = older.CrashClone(vfs.CrashCloneCfg{})
		}
	case keepBroken:
		s.breakDisk(fs)
	}
	s.world.Logf("%-10s is killed, disk state %d", p.plan.name, disk)
	s.world.After(0, func() {
		p.cancel()
		s.must(p.engine.CloseStore(false))
		s.forget(p)
	})
	if strings.HasSuffix(p.plan.name, "'") {
		return
	}
	s.world.After(again, func() { s.start(p.plan, fs) })
}

// spreads notes how far clocks are apart, a host's from its own of another time
// included.
func (s *simulation) spreads() {
	for _, skew := range s.skew {
		s.low, s.high = min(s.low, skew), max(s.high, skew)
	}
	s.spread = s.high - s.low
}

// breakDisk truncates a file of the store, chosen by chance.
func (s *simulation) breakDisk(fs *vfs.MemFS) {
	names, err := fs.List("state")
	if err != nil || len(names) == 0 {
		return
	}
	slices.Sort(names)
	name := fs.PathJoin("state", names[s.world.Chance(len(names))])
	s.world.Logf("%-10s loses the contents of %s", "disk", name)
	f, err := fs.Create(name, vfs.WriteCategoryUnspecified)
	if err == nil {
		_, err = f.Write([]byte("garbage"))
		err = errors.Join(err, f.Sync(), f.Close())
	}
	s.must(err)
}

// stop ends a process as SIGTERM does.
func (s *simulation) stop(p *simProcess, then func()) {
	if p.over {
		return
	}
	p.over = true
	s.world.Logf("%-10s is told to stop", p.plan.name)
	p.cancel()
	var wait func()
	wait = func() {
		if p.host.Tasks() > 0 {
			s.world.After(5, wait)
			return
		}
		s.world.Logf("%-10s has stopped", p.plan.name)
		if s.last {
			s.keepStored(p)
		}
		s.must(p.engine.CloseStore(true))
		s.forget(p)
		then()
	}
	s.world.After(0, wait)
}

func (s *simulation) forget(p *simProcess) {
	s.running = slices.DeleteFunc(s.running, func(q *simProcess) bool { return p == q })
}

func (s *simulation) must(err error) {
	if err != nil {
		s.sayf("driver", "%v", err)
	}
}

// fault does to a worker's process what a fault asks.
func (s *simulation) fault(worker string, f *sim.Fault) {
	name := worker[:strings.LastIndexByte(worker, '.')]
	i := slices.IndexFunc(s.running, func(p *simProcess) bool { return p.plan.name == name && !p.over })
	if i < 0 {
		return
	}
	p := s.running[i]
	c := s.world.Cluster
	switch f.Do {
	case sim.Crash:
		s.kill(p, f.Arg%diskStates, 50+f.Arg/diskStates)
	case sim.Freeze:
		p.host.Freeze(f.Arg)
	case sim.Rebalance:
		c.Rebalance()
	case sim.Stall:
		if f.Arg%2 == 1 {
			c.Rebalance()
		}
	case sim.Twin:
		s.twins++
		if s.twins == 1 {
			twin := p.plan
			twin.name += "'"
			s.world.After(0, func() { s.start(twin, vfs.NewCrashableMem()) })
		}
	case sim.Restart:
		s.world.After(0, func() { s.stop(p, func() { s.world.After(f.Arg, func() { s.start(p.plan, p.fs) }) }) })
	case sim.Clock:
		s.world.Jump(f.Arg)
	case sim.Skew:
		s.skew[name] += f.Arg
		p.host.Skew = max(p.host.Skew, s.skew[name])
		s.spreads()
	case sim.Flush:
		s.must(p.engine.FlushStore())
		s.older[name] = p.fs.CrashClone(vfs.CrashCloneCfg{})
	case sim.Compact:
		c.Compact(changelog)
	case sim.Markers:
		c.HoldMarkers = s.world.Now() + f.Arg
	case sim.Lose:
		c.HoldMarkers = s.world.Now() + f.Arg
		c.LoseMarkers = c.HoldMarkers
	}
}
