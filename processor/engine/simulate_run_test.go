package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/chaos/tally"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/simulate"
	"github.com/tributary-hq/tributary/schemas"
)

const (
	simOutput = schemas.RawLOX24 // plain bytes
	simStage  = "tally"
)

// schedule is one run: what is sent, who works, what goes wrong. The seed decides
// the rest.
type schedule struct {
	seed       uint64
	partitions int32
	hosts      []hostPlan
	facts      []sentFact
	faults     []simulate.Fault
	epochs     bool
	markers    int // how late the brokers' markers may be, ms
	harm       func(*engine.Deps)
}

type hostPlan struct {
	name    string
	workers int
	startAt int64
	skew    int64
}

type sentFact struct {
	at        int64
	partition int32
	key       string
	fact      check.Fact
}

// outcome is what came of a schedule.
type outcome struct {
	violations []check.Violation
	trace      []string
	injected   map[string]int
	fatal      []string
}

// simProcess is a host's program, from one start to its end.
type simProcess struct {
	plan   hostPlan
	host   *simulate.Host
	engine *engine.Engine
	fs     *vfs.MemFS
	cancel context.CancelFunc
	over   bool
}

// simulation is a schedule on its way.
type simulation struct {
	plan    *schedule
	world   *simulate.World
	running []*simProcess
	// older are copies of the hosts' disks from before.
	older map[string]*vfs.MemFS
	skew  map[string]int64
	twins int
	// last says that processes stop for the last time; stored is what they then have.
	last   bool
	stored []storedPart
	// spread is how far the hosts' clocks were ever apart.
	spread, low, high int64
	out               outcome
}

// run plays a schedule to its end.
func (p *schedule) run(tracing bool) (out outcome) {
	s := &simulation{plan: p, world: simulate.NewWorld(p.seed, p.faults), older: map[string]*vfs.MemFS{}, skew: map[string]int64{}}
	s.world.Tracing = tracing
	s.world.OnFault = s.fault
	defer s.close()
	c := s.world.Cluster
	c.Epochs, c.MarkerDelay, c.SessionTimeout = p.epochs, p.markers, 2000
	c.Partitions(p.partitions)
	for _, topic := range []string{input, simOutput, deadLetters, changelog} {
		c.MakeTopic(topic, int(p.partitions))
	}
	for _, h := range p.hosts {
		s.skew[h.name] = h.skew
		s.world.After(h.startAt, func() { s.start(h, vfs.NewCrashableMem()) })
	}
	for _, f := range p.facts {
		s.world.After(f.at, func() {
			if f.key == "" {
				c.AppendMarker(input, f.partition)
				return
			}
			c.Append(input, f.partition, []byte(f.key), f.fact.Encode())
		})
	}
	s.play()
	s.out.trace, s.out.injected = s.world.Trace, s.world.Injected
	return s.out
}

func (s *simulation) sayf(rule, format string, args ...any) {
	s.out.violations = append(s.out.violations, check.Violation{Rule: rule, Detail: fmt.Sprintf(format, args...)})
}

// start begins a process on a disk.
func (s *simulation) start(plan hostPlan, fs *vfs.MemFS) {
	p := &simProcess{plan: plan, host: s.world.NewHost(plan.name), fs: fs}
	p.host.Skew = s.skew[plan.name]
	s.spreads()
	config := engine.DefaultConfig()
	config.InstanceID, config.StateDir = strings.TrimRight(plan.name, "'"), "state"
	config.CommitInterval, config.ClockInterval, config.ClockLag = 5e6, 200e6, 50e6
	config.FenceAfter, config.TransactionTimeout, config.SessionTimeout = 100e6, 3000e6, 2000e6
	config.Store = engine.StoreConfig{CacheBytes: 1 << 20, MemtableBytes: 1 << 20}
	engine.SetFS(&config.Store, fs)
	deps := engine.Deps{Version: "simulated", Logger: slog.New(slog.DiscardHandler)}
	if s.world.Tracing {
		deps.Logger = slog.New(slog.NewTextHandler(traceWriter{s.world, plan.name}, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	}
	if s.plan.harm != nil {
		s.plan.harm(&deps)
	}
	engine.SetStep(&deps, func(step engine.Step, _ string, index int) error {
		worker := fmt.Sprintf("%s.%d", plan.name, index)
		s.world.Logf("%-10s is at %s", worker, step)
		s.world.Pass()
		if f := s.world.At(worker, "step:"+string(step)); f != nil && f.Do == simulate.Fail {
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
func (s *simulation) fault(worker string, f *simulate.Fault) {
	name := worker[:strings.LastIndexByte(worker, '.')]
	i := slices.IndexFunc(s.running, func(p *simProcess) bool { return p.plan.name == name && !p.over })
	if i < 0 {
		return
	}
	p := s.running[i]
	c := s.world.Cluster
	switch f.Do {
	case simulate.Crash:
		s.kill(p, f.Arg%diskStates, 50+f.Arg/diskStates)
	case simulate.Freeze:
		p.host.Freeze(f.Arg)
	case simulate.Rebalance:
		c.Rebalance()
	case simulate.Stall:
		if f.Arg%2 == 1 {
			c.Rebalance()
		}
	case simulate.Twin:
		s.twins++
		if s.twins == 1 {
			twin := p.plan
			twin.name += "'"
			s.world.After(0, func() { s.start(twin, vfs.NewCrashableMem()) })
		}
	case simulate.Restart:
		s.world.After(0, func() { s.stop(p, func() { s.world.After(f.Arg, func() { s.start(p.plan, p.fs) }) }) })
	case simulate.Clock:
		s.world.Jump(f.Arg)
	case simulate.Skew:
		s.skew[name] += f.Arg
		p.host.Skew = max(p.host.Skew, s.skew[name])
		s.spreads()
	case simulate.Flush:
		s.must(p.engine.FlushStore())
		s.older[name] = p.fs.CrashClone(vfs.CrashCloneCfg{})
	case simulate.Compact:
		c.Compact(changelog)
	case simulate.Markers:
		c.HoldMarkers = s.world.Now() + f.Arg
	}
}

// play lets the schedule run: until all is sent and the faults are over, then until
// all is handled, then until every process has stopped.
func (s *simulation) play() {
	last := int64(0)
	for _, f := range s.plan.facts {
		last = max(last, f.at)
	}
	const window = 1500
	for end := s.world.Now() + last + window; s.world.Now() < end && s.world.Step(); {
		continue
	}
	s.world.Heal()
	s.world.Logf("%-10s heals", "world")
	if !s.until(60_000, s.drained) {
		s.sayf("stuck", "not all is handled a minute after the last fault: committed %v", s.world.Cluster.Offsets())
		return
	}
	rest := s.world.Now() + 8000
	s.until(math.MaxInt64, func() bool { return s.world.Now() > rest })
	due := s.world.Now()
	for _, skew := range s.skew {
		due = min(due, s.world.Now()+skew)
	}
	result := s.result(due - 1500)
	s.last = true
	for _, p := range slices.Clone(s.running) {
		s.stop(p, func() {})
	}
	if !s.until(60_000, func() bool { return len(s.running) == 0 }) {
		s.sayf("stuck", "a process does not stop")
		return
	}
	s.until(10_000, func() bool { return !s.world.Cluster.Open() })
	final := s.result(result.DueBy)
	final.Stores = s.stores()
	s.out.violations = append(s.out.violations, final.Check()...)
}

// until steps until done says so, for at most some milliseconds of the world.
func (s *simulation) until(ms int64, done func() bool) bool {
	const steps = 400_000
	begin := s.world.Now()
	for range steps {
		if done() {
			return true
		}
		if s.world.Now()-begin > ms || !s.world.Step() {
			return done()
		}
	}
	return false
}

func (s *simulation) drained() bool {
	offsets := s.world.Cluster.Offsets()
	for p := range s.plan.partitions {
		if offsets[p] < s.world.Cluster.Last(input, p) {
			return false
		}
	}
	return len(s.running) > 0
}

// result reads the topics as they are.
func (s *simulation) result(due int64) *check.Run {
	c := s.world.Cluster
	r := &check.Run{Offsets: c.Offsets(), Drained: true, DueBy: due, Skew: s.spread}
	for _, f := range s.plan.facts {
		if f.key != "" {
			r.Accepted = append(r.Accepted, f.fact.ID)
		}
	}
	for p := range s.plan.partitions {
		r.Input = append(r.Input, plain(c.Committed(input, p))...)
		r.Output = append(r.Output, plain(c.Committed(simOutput, p))...)
		for _, d := range c.Committed(deadLetters, p) {
			r.Dead = append(r.Dead, deadLetter(d))
		}
		state, err := fold(p, c.Committed(changelog, p))
		s.must(err)
		r.State = append(r.State, state...)
	}
	return r
}

// storedPart is what a process has of a partition.
type storedPart struct {
	name      string
	partition int32
	offset    int64
	entries   []check.Entry
}

func (s *simulation) keepStored(p *simProcess) {
	for partition := range s.plan.partitions {
		entries, offset, err := p.engine.Entries(simStage, partition)
		s.must(err)
		part := storedPart{name: p.plan.name, partition: partition, offset: offset}
		for _, e := range entries {
			part.entries = append(part.entries, check.Entry(e))
		}
		s.stored = append(s.stored, part)
	}
}

// stores are the partitions of stopped processes that are as far as the changelogs.
func (s *simulation) stores() (out []check.Store) {
	for _, part := range s.stored {
		if part.offset >= s.world.Cluster.Last(changelog, part.partition) {
			out = append(out, check.Store{Name: part.name, Partitions: []int32{part.partition}, Entries: part.entries})
		}
	}
	return out
}

func plain(records []*kgo.Record) (out []check.Record) {
	for _, r := range records {
		out = append(out, check.Record{Partition: r.Partition, Offset: r.Offset, Timestamp: r.Timestamp.UnixMilli(), Key: string(r.Key), Value: r.Value})
	}
	return out
}

func deadLetter(r *kgo.Record) check.Dead {
	d := check.Dead{Key: string(r.Key), Value: r.Value}
	for _, h := range r.Headers {
		switch h.Key {
		case engine.HeaderPartition:
			_, _ = fmt.Sscan(string(h.Value), &d.Source.Partition) // shows as a wrong source
		case engine.HeaderOffset:
			_, _ = fmt.Sscan(string(h.Value), &d.Source.Offset)
		}
	}
	return d
}

// fold is what a changelog partition comes to.
func fold(partition int32, records []*kgo.Record) ([]check.Entry, error) {
	last := map[string][]byte{}
	for _, r := range records {
		last[string(r.Key)] = r.Value
	}
	var out []check.Entry
	for key, value := range last {
		if value == nil || key[0] == 0 {
			continue
		}
		e, err := engine.ParseStored(partition, []byte(key), value)
		if err != nil {
			return nil, err
		}
		out = append(out, check.Entry(e))
	}
	return out, nil
}

func (s *simulation) close() {
	for _, p := range s.running {
		p.cancel()
	}
	s.world.Close()
	for _, p := range s.running {
		s.must(p.engine.CloseStore(false))
	}
}

// traceWriter puts what the engine logs into the trace.
type traceWriter struct {
	world *simulate.World
	name  string
}

// Write implements io.Writer.
func (t traceWriter) Write(line []byte) (int, error) {
	t.world.Logf("%-10s   %s", t.name, strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
