//go:build synctests

package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
)

// errCrash is what a step says that a process dies at.
var errCrash = errors.New("the process is dead")

// process is a program on a host, from one start to its end.
type process struct {
	run  *run
	plan hostPlan
	// twin says that it runs under another's instance id.
	twin    bool
	fs      *vfs.MemFS
	wire    *wire
	program program
	// started is closed when the program's Start is over.
	started chan struct{}

	mu    sync.Mutex
	over  bool
	count map[string]int // events so far, by event and worker
	skew  time.Duration
}

// program is what a process runs: the tally's engine, or all stages.
type program interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	// Flush brings its store to the disk; End ends what Stop leaves of one that is
	// broken.
	Flush() error
	End()
}

// start begins a process on a disk.
func (r *run) start(plan hostPlan, fs *vfs.MemFS, twin bool) *process {
	p := &process{run: r, plan: plan, twin: twin, fs: fs, wire: newWire(&r.network), count: map[string]int{}, started: make(chan struct{})}
	p.wire.judge = p.judge
	p.wire.die = func() {}
	r.mu.Lock()
	p.skew = r.skew[plan.name]
	r.mu.Unlock()
	config := engine.DefaultConfig()
	config.InstanceID, config.StateDir = plan.name, "state"
	config.CommitInterval, config.WatermarkInterval, config.WatermarkIdleTimeout = 20*time.Millisecond, 200*time.Millisecond, 50*time.Millisecond
	config.FenceAfter, config.TransactionTimeout, config.SessionTimeout = 200*time.Millisecond, 3*time.Second, 2*time.Second
	config.Store = engine.StoreConfig{CacheBytes: 1 << 20, MemtableBytes: 1 << 20}
	config.Standby = plan.standby
	// In every other run of all stages.
	config.LatestOnly = r.plan.seed / *every % 2 == 1
	config.Store.SetFS(fs)
	deps := engine.Deps{
		Kafka: r.kafka(p.wire), Prefix: r.names.Prefix, Namespace: "tributary", Version: "chaos", Now: p.now, Fail: func(err error) { r.later(0, func() { p.failed(err) }) },
		Logger: slog.New(slog.NewTextHandler(traceWriter{r, plan.name}, &slog.HandlerOptions{ReplaceAttr: withoutTime})),
	}
	failpoint.Install(&deps, p.step)
	if r.plan.mutation != nil {
		r.plan.mutation(&deps)
	}
	r.tellf(p.name(), "starts")
	r.mu.Lock()
	r.running[p] = true
	r.mu.Unlock()
	var err error
	if p.program, err = r.load.program(config, deps, plan.workers); err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		err = p.program.Start(ctx)
	}
	close(p.started)
	if err != nil && p.finish() {
		// A supervisor tries again.
		r.tellf(p.name(), "does not start: %v", err)
		p.wire.cut()
		p.end(context.Background(), true)
		p.again(fs, 500*time.Millisecond)
	}
	return p
}

func (p *process) name() string {
	if p.twin {
		return p.plan.name + "'"
	}
	return p.plan.name
}

func (p *process) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.skew)
}

// again starts the host's process anew, unless another has been started.
func (p *process) again(fs *vfs.MemFS, after time.Duration) {
	if p.twin || p.plan.name == visitor {
		return
	}
	p.run.later(after, func() {
		if !p.run.ending() {
			p.run.start(p.plan, fs, false)
		}
	})
}

// finish takes a process out of those that run; false if it was before.
func (p *process) finish() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return false
	}
	p.over = true
	p.run.mu.Lock()
	delete(p.run.running, p)
	p.run.mu.Unlock()
	return true
}

// kill ends a process as kill -9 does, and starts it again later.
func (p *process) kill(disk disk, after time.Duration) {
	if !p.finish() {
		return
	}
	p.run.tellf(p.name(), "is killed, its disk is %s", disk)
	if disk == diskAll {
		_ = p.program.Flush() // a broken store does not
	}
	p.wire.cut()
	fs := p.fs.CrashClone(vfs.CrashCloneCfg{})
	switch disk {
	case diskGone:
		fs = vfs.NewCrashableMem()
	case diskOlder:
		p.run.mu.Lock()
		if older := p.run.older[p.plan.name]; older != nil {
			fs = older.CrashClone(vfs.CrashCloneCfg{})
		}
		p.run.mu.Unlock()
	case diskGarbage, diskTruncated:
		p.run.breakDisk(fs, disk)
	default: // as the crash left it
	}
	p.run.later(0, func() { p.end(context.Background(), true) })
	p.again(fs, after)
}

// end stops what is left of a dead process.
func (p *process) end(ctx context.Context, dead bool) {
	ctx, cancel := context.WithCancel(ctx)
	if dead {
		cancel()
	}
	defer cancel()
	<-p.started
	if p.program == nil {
		return
	}
	if err := p.program.Stop(ctx); err != nil {
		p.run.tellf(p.name(), "stops: %v", err)
	}
	p.program.End()
}

// failed ends a process of which a worker cannot go on; a supervisor starts it again.
func (p *process) failed(err error) {
	if !p.finish() {
		return
	}
	p.run.tellf(p.name(), "ends for good: %v", err)
	p.end(context.Background(), true)
	p.wire.cut()
	p.again(p.fs, 500*time.Millisecond)
}

// stop ends a process as SIGTERM does; then it starts again, if after is above 0.
func (p *process) stop(after time.Duration) {
	if !p.finish() {
		return
	}
	p.run.tellf(p.name(), "is told to stop")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	p.end(ctx, false)
	p.wire.cut()
	p.run.tellf(p.name(), "has stopped")
	if after > 0 {
		p.again(p.fs, after)
	}
}

// match counts an event and returns the fault that is bound to it. Each fault
// happens once in a run.
func (p *process) match(event string, worker int) *fault {
	p.mu.Lock()
	workers := []int{worker}
	key := func(worker int) string { return fmt.Sprintf("%s %d", event, worker) }
	p.count[key(worker)]++
	n := p.count[key(worker)]
	p.mu.Unlock()
	r := p.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.healed {
		return nil
	}
	for i := range r.plan.faults {
		f := &r.plan.faults[i]
		if r.done[i] || f.host != p.plan.name || f.event() != event || f.nth != n || workers[0] >= 0 && f.worker != workers[0] {
			continue
		}
		r.done[i] = true
		r.injected[f.kind()]++
		return f
	}
	return nil
}

// step is the engine's hook.
func (p *process) step(step failpoint.Point, worker int) error {
	p.mu.Lock()
	over := p.over
	p.mu.Unlock()
	if over {
		return nil // a ghost does no harm but what its wire lets through, which is nothing
	}
	p.run.tellf(fmt.Sprintf("%s.%d", p.name(), worker), "is at %s", step)
	f := p.match("step "+string(step), worker)
	if f == nil {
		return nil
	}
	p.run.tellf(fmt.Sprintf("%s.%d", p.name(), worker), "FAULT %v", f)
	switch f.do {
	case doFail:
		return errCrash
	case doCrash:
		p.kill(f.disk, f.arg)
		return errCrash
	case doFreeze:
		p.wire.freeze(f.arg)
		time.Sleep(f.arg)
		p.run.tellf(fmt.Sprintf("%s.%d", p.name(), worker), "wakes")
	default:
		p.act(f)
	}
	return nil
}

// judge is the wire's hook.
func (p *process) judge(req kmsg.Request) (verdict, int16) {
	worker := workerOf(req)
	name := kmsg.Key(req.Key()).Name()
	f := p.match(name, worker)
	if f == nil {
		return passes, 0
	}
	p.run.tellf(fmt.Sprintf("%s.%d", p.name(), worker), "FAULT %v", f)
	switch f.do {
	case doRefuse:
		return refused, f.code.Code
	case doConfuse:
		return confused, f.code.Code
	case doCutBefore:
		return cutBefore, 0
	case doCutAfter:
		return cutAfter, 0
	case doAlone:
		return alone, 0
	case doCrash:
		p.kill(f.disk, f.arg)
	case doCrashAfter:
		p.wire.die = func() { p.kill(f.disk, f.arg) }
		return diesAfter, 0
	case doFreeze:
		p.wire.freeze(f.arg)
	default:
		p.act(f)
	}
	return passes, 0
}

// act does what is neither the request's nor the step's own.
func (p *process) act(f *fault) {
	r := p.run
	switch f.do {
	case doKick:
		r.later(0, func() { r.kick(p.plan.name, f.worker) })
	case doVisit:
		r.later(0, func() {
			v := r.start(hostPlan{name: visitor, workers: 1, standby: p.plan.standby}, vfs.NewCrashableMem(), false)
			r.later(f.arg, func() { v.stop(0) })
		})
	case doTwin:
		r.later(0, func() { r.start(p.plan, vfs.NewCrashableMem(), true) })
	case doRestart:
		r.later(0, func() { p.stop(f.arg) })
	case doClock:
		p.mu.Lock()
		p.skew += f.arg
		r.skews(p.plan.name, p.skew)
		p.mu.Unlock()
	case doLeaders:
		r.later(0, r.fake.ShufflePartitionLeaders)
	case doCoords:
		r.later(0, r.fake.RehashCoordinators)
	case doCompact:
		r.later(0, r.fake.Compact)
	case doPause:
		stages := r.load.groups()
		stage := stages[f.stage%len(stages)]
		r.later(0, func() { r.load.pause(r, stage, true) })
		r.later(f.arg, func() { r.load.pause(r, stage, false) })
	case doFlush:
		if p.program.Flush() == nil {
			r.mu.Lock()
			r.older[p.plan.name] = p.fs.CrashClone(vfs.CrashCloneCfg{})
			r.mu.Unlock()
		}
	}
}

// visitor is the process that comes and goes.
const visitor = "v"

// kafka are the options of a process's clients.
func (r *run) kafka(w *wire) []kgo.Opt {
	return []kgo.Opt{kgo.SeedBrokers(r.fake.ListenAddrs()...), kgo.Dialer(w.dial), kgo.ClientID("chaos")}
}

// traceWriter puts what the engine logs into the trace.
type traceWriter struct {
	run  *run
	name string
}

// Write implements io.Writer.
func (t traceWriter) Write(line []byte) (int, error) {
	t.run.tellf(t.name, "  %s", strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
