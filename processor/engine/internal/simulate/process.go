package simulate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/engine/sim"
)

// errCrash is the error of a step at which a fault lets the worker fail.
var errCrash = errors.New("the process is dead")

// start begins a process on a disk.
func (r *Run) start(plan Host, fs *vfs.MemFS) {
	p := &Process{plan: plan, host: r.World.NewHost(plan.Name), fs: fs}
	p.host.Skew = r.skew[plan.Name]
	r.spreads()
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(context.Background())
	config, deps := r.settings(p)
	r.seams(ctx, p, &deps)
	spec := r.stage.Spec
	spec.Stage, spec.Workers, spec.Partitions = r.stage.Stage(), plan.Workers, r.Schedule.Partitions
	spec.Paused = func() bool { return r.Schedule.pausedAt(plan.Name, r.World.Now()-r.began) }
	e, err := engine.New(config, []engine.Spec{spec}, deps)
	if err == nil {
		r.World.Logf("%-10s starts", plan.Name)
		r.Running = append(r.Running, p)
		err = e.Start(ctx)
	}
	switch {
	case err == nil:
		return
	case errors.Is(err, engine.ErrPartitionCount): // an administrator added partitions
		r.World.Logf("%-10s ends for good: %v", plan.Name, err)
		r.Fatal = append(r.Fatal, fmt.Sprintf("%s: %v", plan.Name, err))
	default:
		r.Failures = append(r.Failures, fmt.Sprintf("%s does not start: %v", plan.Name, err))
	}
	r.forget(p)
}

// settings returns a process's settings: short times, a small store.
func (r *Run) settings(p *Process) (engine.Config, engine.Deps) {
	config := engine.DefaultConfig()
	config.InstanceID, config.StateDir = strings.TrimRight(p.plan.Name, "'"), "state"
	config.CommitInterval, config.MinCommitInterval = 5e6, 1e6
	config.WatermarkInterval, config.WatermarkIdleTimeout = 200e6, 50e6
	config.FenceAfter, config.TransactionTimeout, config.SessionTimeout = 100e6, 3000e6, 2000e6
	// The store is written after each transaction, now and then, or hardly ever.
	writeBack := [...]int64{0, 1 << 10, 64 << 10}[r.Schedule.Seed%3]
	config.Store = store.Config{CacheBytes: 1 << 20, MemtableBytes: 1 << 20, WriteBackBytes: writeBack}
	config.Store.SetFS(p.fs)
	deps := engine.Deps{Version: "simulated", Logger: slog.New(slog.DiscardHandler)}
	if r.World.Tracing {
		deps.Logger = slog.New(slog.NewTextHandler(traceWriter{r.World, p.plan.Name}, &slog.HandlerOptions{ReplaceAttr: repeatable}))
	}
	deps.Now = func() time.Time { return p.host.Now().Add(time.Duration(r.ahead) * time.Millisecond) }
	if r.stage.Configure != nil {
		r.stage.Configure(&config, &deps)
	}
	return config, deps
}

// seams connects a process to the simulated cluster.
func (r *Run) seams(ctx context.Context, p *Process, deps *engine.Deps) {
	// Failpoints wrap the cluster, so it is the innermost.
	wrap := deps.Seams.Cluster
	deps.Seams.Cluster = func(kafka.Cluster) kafka.Cluster {
		if wrap == nil {
			return cluster{r.World, p.host}
		}
		return wrap(cluster{r.World, p.host})
	}
	deps.Seams.Scheduler = virtual{r.World}
	deps.Seams.Store = func(s *store.Store) { p.store = s }
	deps.Seams.Workers = func(id string, run func(context.Context) error) {
		name := cluster{r.World, p.host}.short(id)
		p.host.Start(name, func() {
			if err := run(ctx); err != nil {
				// The process ends with it.
				r.World.Logf("%-10s ends for good: %v", name, err)
				r.Fatal = append(r.Fatal, fmt.Sprintf("%s: %v", name, err))
				r.World.After(0, func() { r.Kill(p, KeepFlushed, 500) }) //nolint:contextcheck // a process that is started again has its own context
			}
		})
	}
	failpoint.Install(deps, func(step failpoint.Point, index int) error {
		worker := fmt.Sprintf("%s.%d", p.plan.Name, index)
		r.World.Logf("%-10s is at %s", worker, step)
		r.World.Pass()
		if f := r.World.At(worker, "step:"+string(step)); f != nil && f.Do == sim.Fail {
			return errCrash
		}
		return nil
	})
}

// The states in which a crash leaves the disk.
const (
	KeepFlushed = iota // writes that were not flushed are gone
	KeepAll
	KeepNothing
	KeepOlder
	KeepBroken
	DiskStates
)

// Kill ends a process as kill -9 does, and starts it again later.
func (r *Run) Kill(p *Process, disk, again int64) {
	if p.over {
		return
	}
	p.over = true
	if disk == KeepAll {
		r.must(p.store.FlushNow())
	}
	p.host.Kill()
	fs := p.fs.CrashClone(vfs.CrashCloneCfg{})
	switch disk {
	case KeepNothing:
		fs = vfs.NewCrashableMem()
	case KeepOlder:
		if older := r.older[p.plan.Name]; older != nil {
			fs = older.CrashClone(vfs.CrashCloneCfg{})
		}
	case KeepBroken:
		r.breakDisk(fs)
	}
	r.World.Logf("%-10s is killed, disk state %d", p.plan.Name, disk)
	r.World.After(0, func() {
		p.cancel()
		r.must(p.store.Abandon())
		r.forget(p)
	})
	if strings.HasSuffix(p.plan.Name, "'") {
		return
	}
	r.World.After(again, func() { r.start(p.plan, fs) })
}

// spreads notes how far clocks are apart, a host's from its own of another time
// included.
func (r *Run) spreads() {
	for _, skew := range r.skew {
		r.low, r.high = min(r.low, skew), max(r.high, skew)
	}
	r.Spread = r.high - r.low
}

// breakDisk truncates a file of the store, chosen by chance.
func (r *Run) breakDisk(fs *vfs.MemFS) {
	names, err := fs.List("state")
	if err != nil || len(names) == 0 {
		return
	}
	slices.Sort(names)
	name := fs.PathJoin("state", names[r.World.Chance(len(names))])
	r.World.Logf("%-10s loses the contents of %s", "disk", name)
	f, err := fs.Create(name, vfs.WriteCategoryUnspecified)
	if err == nil {
		_, err = f.Write([]byte("garbage"))
		err = errors.Join(err, f.Sync(), f.Close())
	}
	r.must(err)
}

// stop ends a process as SIGTERM does.
func (r *Run) stop(p *Process, then func()) {
	if p.over {
		return
	}
	p.over = true
	r.World.Logf("%-10s is told to stop", p.plan.Name)
	p.cancel()
	var wait func()
	wait = func() {
		if p.host.Tasks() > 0 {
			r.World.After(5, wait)
			return
		}
		r.World.Logf("%-10s has stopped", p.plan.Name)
		if r.last {
			r.keepStored(p)
		}
		r.must(p.store.Close())
		r.forget(p)
		then()
	}
	r.World.After(0, wait)
}

func (r *Run) forget(p *Process) {
	r.Running = slices.DeleteFunc(r.Running, func(q *Process) bool { return p == q })
}

// fault executes a fault of a worker's process.
func (r *Run) fault(worker string, f *sim.Fault) {
	name := worker[:strings.LastIndexByte(worker, '.')]
	i := slices.IndexFunc(r.Running, func(p *Process) bool { return p.plan.Name == name && !p.over })
	if i < 0 {
		return
	}
	p := r.Running[i]
	c := r.World.Cluster
	switch f.Do {
	case sim.Crash:
		r.Kill(p, f.Arg%DiskStates, 50+f.Arg/DiskStates)
	case sim.Freeze:
		p.host.Freeze(f.Arg)
	case sim.Rebalance:
		c.Rebalance()
	case sim.Stall:
		if f.Arg%2 == 1 {
			c.Rebalance()
		}
	case sim.Twin:
		r.twins++
		if r.twins == 1 {
			twin := p.plan
			twin.Name += "'"
			r.World.After(0, func() { r.start(twin, vfs.NewCrashableMem()) })
		}
	case sim.Restart:
		r.World.After(0, func() { r.stop(p, func() { r.World.After(f.Arg, func() { r.start(p.plan, p.fs) }) }) })
	case sim.Clock:
		r.World.Jump(f.Arg)
	case sim.Skew:
		r.skew[name] += f.Arg
		p.host.Skew = max(p.host.Skew, r.skew[name])
		r.spreads()
	case sim.Flush:
		r.must(p.store.FlushNow())
		r.older[name] = p.fs.CrashClone(vfs.CrashCloneCfg{})
	case sim.Compact:
		c.Compact(r.stage.Spec.Changelog)
	case sim.Markers:
		c.HoldMarkers = r.World.Now() + f.Arg
	case sim.Lose:
		c.HoldMarkers = r.World.Now() + f.Arg
		c.LoseMarkers = c.HoldMarkers
	}
}

// keepStored keeps the content of a stopped process's store.
func (r *Run) keepStored(p *Process) {
	for partition := range r.Schedule.Partitions {
		entries, offset, err := p.store.Entries(r.stage.Spec.Name, partition)
		r.must(err)
		r.Stored = append(r.Stored, Stored{Process: p.plan.Name, Partition: partition, Offset: offset, Entries: entries})
	}
}

// traceWriter puts the engine's log into the trace.
type traceWriter struct {
	world *sim.World
	name  string
}

// Write implements io.Writer.
func (t traceWriter) Write(line []byte) (int, error) {
	t.world.Logf("%-10s   %s", t.name, strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}

// repeatable drops attributes that differ in each run: the time, and the name of a folder
// that has a time in it.
func repeatable(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey || a.Key == "aside" {
		return slog.Attr{}
	}
	return a
}
