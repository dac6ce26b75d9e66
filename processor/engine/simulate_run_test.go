package engine_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/sim"
)

const (
	simOutput = "output" // plain bytes
	simStage  = "tally"
)

// schedule is one run: what is sent, who works, what goes wrong. The seed decides
// the rest.
type schedule struct {
	seed       uint64
	partitions int32
	hosts      []hostPlan
	facts      []sentFact
	faults     []sim.Fault
	epochs     bool
	markers    int // how late the brokers' markers may be, ms
	harm       func(*engine.Deps)
	// act is what an administrator does; nil in schedules of other faults.
	act *adminAct
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
	host   *sim.Host
	engine *engine.Engine
	fs     *vfs.MemFS
	cancel context.CancelFunc
	over   bool
}

// simulation is a schedule on its way.
type simulation struct {
	plan    *schedule
	world   *sim.World
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
	// mayGoOn says that the act left in the log all records of the changelog that were
	// committed, which mustHave holds.
	mayGoOn  bool
	mustHave []*kgo.Record
	out      outcome
}

// run plays a schedule to its end.
func (p *schedule) run(tracing bool) (out outcome) {
	s := &simulation{plan: p, world: sim.NewWorld(p.seed, p.faults), older: map[string]*vfs.MemFS{}, skew: map[string]int64{}}
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
	if p.act != nil {
		s.playAct()
	} else {
		s.play()
	}
	s.out.trace, s.out.injected = s.world.Trace, s.world.Injected
	return s.out
}

func (s *simulation) sayf(rule, format string, args ...any) {
	s.out.violations = append(s.out.violations, check.Violation{Rule: rule, Detail: fmt.Sprintf(format, args...)})
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
	world *sim.World
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
