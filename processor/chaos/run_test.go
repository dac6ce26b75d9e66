//go:build synctests

package chaos_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
)

// load is what runs and what is sent, and how the end is judged.
type load interface {
	topics(partitions int32) map[string]int32
	// groups are the stages that work.
	groups() []string
	// begin waits for the time at which the run begins.
	begin()
	program(config engine.Config, deps engine.Deps, workers int) (program, error)
	// pause pauses or resumes a stage of all processes, by its name.
	pause(r *run, name string, paused bool)
	// send begins the traffic; it returns when all of it is answered.
	send(r *run)
	// drained says whether everything sent has been handled.
	drained(ctx context.Context, r *run) bool
	// explain says what is not.
	explain(ctx context.Context, r *run) string
	// judge reads what the run left behind.
	judge(r *run)
}

// run is a schedule on its way, in a bubble of virtual time.
type run struct {
	plan    *schedule
	load    load
	network kfake.VirtualNetwork
	fake    *kfake.Cluster
	names   schemas.Names
	client  *kgo.Client // of those who watch
	began   time.Time

	tasks sync.WaitGroup
	mu    sync.Mutex
	// running are the processes that are neither dead nor told to stop.
	running  map[*process]bool
	older    map[string]*vfs.MemFS
	skew     map[string]time.Duration
	low      time.Duration
	high     time.Duration
	done     map[int]bool
	injected map[string]int
	healed   bool
	over     bool
	trace    []string
	dice     *rand.Rand

	violations []string
	// cards is set if the scorecards are compared.
	cards bool
}

// outcome is what came of a schedule.
type outcome struct {
	violations []string
	trace      []string
	injected   map[string]int
	virtual    time.Duration
	cards      bool
}

// storePools is held by a run of all stages. Pebble keeps channels in pools when a table has several
// blocks, and a channel of one bubble must not be used in another: their stores are large enough for
// that, so that one bubble runs at a time and begins with empty pools.
var storePools sync.Mutex

// play runs a schedule in a bubble of its own.
func play(t *testing.T, p *schedule, l load) (out outcome) {
	t.Helper()
	if _, ok := l.(*pipelines); ok {
		storePools.Lock()
		defer storePools.Unlock()
		runtime.GC()
		runtime.GC() // a pool survives one
	}
	defer func() {
		// A bubble in which nothing can move any more panics.
		if stuck := recover(); stuck != nil {
			out.violations = append(out.violations, fmt.Sprintf("stuck: %v", stuck))
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		l.begin()
		r := &run{
			plan: p, load: l, running: map[*process]bool{}, older: map[string]*vfs.MemFS{}, skew: map[string]time.Duration{},
			done: map[int]bool{}, injected: map[string]int{}, began: time.Now(), dice: rand.New(rand.NewPCG(p.seed, 2)),
		}
		r.names.Prefix = "c."
		if err := r.open(); err != nil {
			r.sayf("driver", "%v", err)
		} else {
			r.play()
		}
		r.close()
		out = outcome{violations: r.violations, trace: r.trace, injected: r.injected, virtual: time.Since(r.began), cards: r.cards}
	})
	return out
}

// open starts the broker and makes the topics.
func (r *run) open() error {
	ports := []int{9092, 9093, 9094}[:r.plan.brokers]
	var err error
	r.fake, err = kfake.NewCluster(kfake.NumBrokers(r.plan.brokers), kfake.Ports(ports...), kfake.ListenFn(r.network.Listen),
		kfake.BrokerConfigs(map[string]string{"group.min.session.timeout.ms": "100"}))
	if err != nil {
		return fmt.Errorf("start the broker: %w", err)
	}
	if r.client, err = kgo.NewClient(append(r.kafka(newWire(&r.network)), kgo.RecordPartitioner(kgo.ManualPartitioner()))...); err != nil {
		return err
	}
	for topic, partitions := range r.load.topics(r.plan.partitions) {
		row, ok := schemas.Find(topic)
		if !ok {
			return errors.New("no topic " + topic)
		}
		policy := row.Policy()
		if _, err := kadm.NewClient(r.client).CreateTopic(context.Background(), partitions, 1, map[string]*string{"cleanup.policy": &policy}, r.names.Topic(topic)); err != nil {
			return fmt.Errorf("create %s: %w", topic, err)
		}
	}
	return nil
}

// play lets the schedule run: until all is sent and the faults are over, then until
// all is handled and due, then until every process has stopped.
func (r *run) play() {
	for _, h := range r.plan.hosts {
		r.skews(h.name, h.skew)
		r.later(h.startAt, func() { r.start(h, vfs.NewCrashableMem(), false) })
	}
	r.load.send(r)
	time.Sleep(2500 * time.Millisecond) // what is bound to later events does not happen
	r.heal()
	ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(r.plan.drainLimit, 10*time.Minute))
	defer cancel()
	for !r.load.drained(ctx, r) {
		if ctx.Err() != nil {
			r.stuck()
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	r.load.judge(r)
}

func (r *run) stuck() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r.sayf("stuck", "not all is handled long after the last fault: %s", r.load.explain(ctx, r))
}

// heal ends all faults, so that the run can come to an end.
func (r *run) heal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.healed = true
	r.trace = append(r.trace, fmt.Sprintf("%8.3f %-4s faults end", time.Since(r.began).Seconds(), "run"))
}

// stopAll ends all processes as SIGTERM does.
func (r *run) stopAll() []*process {
	r.mu.Lock()
	r.over = true
	var all []*process
	for p := range r.running {
		all = append(all, p)
	}
	r.mu.Unlock()
	var group sync.WaitGroup
	for _, p := range all {
		group.Go(func() { p.stop(0) })
	}
	group.Wait()
	return all
}

func (r *run) ending() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over
}

// close ends everything of the bubble.
func (r *run) close() {
	r.stopAll()
	if r.client != nil {
		r.client.Close()
	}
	r.tasks.Wait()
	r.stopAll() // what began to start before
	r.tasks.Wait()
	if r.fake != nil {
		r.fake.Close()
	}
}

// later does something beside, ended by close.
func (r *run) later(after time.Duration, do func()) {
	r.tasks.Go(func() {
		time.Sleep(after)
		do()
	})
}

// kick takes a worker out of its group, as an operator might.
func (r *run) kick(host string, worker int) {
	for _, stage := range r.load.groups() {
		group := r.names.Group(stage)
		instance := fmt.Sprintf("%s.%s.%d", group, host, worker)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_, err := kadm.NewClient(r.client).LeaveGroup(ctx, kadm.LeaveGroup(group).InstanceIDs(instance).Reason("chaos"))
		cancel()
		if err != nil {
			r.tellf("run", "cannot kick %s: %v", instance, err)
		}
	}
}

// skews notes a host's clock, and how far clocks are apart, a host's from its own
// of another time included.
func (r *run) skews(host string, skew time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skew[host] = skew
	r.low, r.high = min(r.low, skew), max(r.high, skew)
}

// breakDisk harms a file of a store.
func (r *run) breakDisk(fs *vfs.MemFS, how disk) {
	names, err := fs.List("state")
	if err != nil || len(names) == 0 {
		return
	}
	slices.Sort(names)
	r.mu.Lock()
	name := fs.PathJoin("state", names[r.dice.IntN(len(names))])
	r.mu.Unlock()
	var keep []byte
	if how == diskGarbage {
		keep = []byte("garbage")
	} else if info, err := fs.Stat(name); err == nil && info.Size() > 1 && !info.IsDir() {
		if f, err := fs.Open(name); err == nil {
			keep = make([]byte, info.Size()/2)
			_, _ = f.ReadAt(keep, 0)
			_ = f.Close()
		}
	}
	f, err := fs.Create(name, vfs.WriteCategoryUnspecified)
	if err == nil {
		_, err = f.Write(keep)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	r.tellf("disk", "%s is %s: %v", name, how, err)
}

// tell adds a line to the trace.
func (r *run) tellf(who, format string, args ...any) {
	line := fmt.Sprintf("%8.3f %-4s %s", time.Since(r.began).Seconds(), who, fmt.Sprintf(format, args...))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trace = append(r.trace, line)
}

func (r *run) sayf(rule, format string, args ...any) {
	line := rule + ": " + fmt.Sprintf(format, args...)
	r.tellf("run", "%s", line)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.violations = append(r.violations, line)
}
