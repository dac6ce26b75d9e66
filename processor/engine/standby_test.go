package engine_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
)

// load is records sent to a ground, and a reader that checks their numbers.
type load struct {
	tb     testing.TB
	client *kgo.Client
	sent   map[string]int
	reader *kgo.Client
	got    map[string]int
}

func (g *ground) load(tb testing.TB) *load {
	tb.Helper()
	client, err := kgo.NewClient(append(g.kafka, kgo.DefaultProduceTopic(g.names.Topic(input)))...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	reader, err := kgo.NewClient(append(g.kafka, kgo.ConsumeTopics(g.names.Topic(output)), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.FetchMaxWait(50*time.Millisecond))...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(reader.Close)
	return &load{tb: tb, client: client, sent: map[string]int{}, reader: reader, got: map[string]int{}}
}

// send writes one record for each of n keys.
func (l *load) send(n int) {
	l.tb.Helper()
	l.sendAs("key-", n)
}

// sendAs writes one record for each of n keys that begin so.
func (l *load) sendAs(prefix string, n int) {
	l.tb.Helper()
	records := make([]*kgo.Record, 0, n)
	for i := range n {
		key := prefix + strconv.Itoa(i)
		l.sent[key]++
		records = append(records, &kgo.Record{Key: []byte(key), Value: []byte("x"), Timestamp: time.Now()})
	}
	if err := l.client.ProduceSync(l.tb.Context(), records...).FirstErr(); err != nil {
		l.tb.Fatal(err)
	}
}

// check reads until every key has the number of what was sent, and fails where a
// number is missing or comes again.
func (l *load) check() {
	l.tb.Helper()
	ctx, cancel := context.WithTimeout(l.tb.Context(), 2*time.Minute)
	defer cancel()
	for !l.done() {
		fetches := l.reader.PollFetches(ctx)
		if ctx.Err() != nil {
			l.tb.Fatalf("not all numbers came: %d keys have some", len(l.got))
		}
		fetches.EachRecord(func(r *kgo.Record) {
			l.got[string(r.Key)]++
			if want := strconv.Itoa(l.got[string(r.Key)]); string(r.Value) != want {
				l.tb.Fatalf("key %s: %s comes where %s is due: lost, repeated or counted from an aborted round", r.Key, r.Value, want)
			}
		})
	}
}

func (l *load) done() bool {
	for key, n := range l.sent {
		if l.got[key] < n {
			return false
		}
	}
	return true
}

// quick lets a group notice a death soon, and leave the transaction's timeout out
// of it.
func (g *ground) quick(config *engine.Config) {
	config.Standby = 1
	config.SessionTimeout, config.FenceAfter = g.session, 200*time.Millisecond
	config.CommitInterval, config.WatermarkInterval = 20*time.Millisecond, 50*time.Millisecond
	config.TransactionTimeout = 10 * time.Minute
}

// death is what cuts a process off at a step, once it is sent one.
type death struct {
	at    failpoint.Point
	comes chan *process
	came  chan struct{}
}

func newDeath(at failpoint.Point) *death {
	return &death{at: at, comes: make(chan *process, 1), came: make(chan struct{})}
}

func (d *death) step(step failpoint.Point, _ int) error {
	if step != d.at {
		return nil
	}
	select {
	case p := <-d.comes:
		p.kill() // what it has written stays in an open transaction
		close(d.came)
	default:
	}
	return nil
}

// TestStandbyTakesOver: an instance keeps warm copies of another's partitions; when
// that one dies in the middle of a transaction, the copies are what the work goes
// on with: nothing is restored whole, and nothing is lost or repeated.
func TestStandbyTakesOver(t *testing.T) {
	t.Parallel()
	const partitions = 4
	g := newGround(t, partitions)
	l := g.load(t)
	death := newDeath(failpoint.Flushed)
	one := g.run(t, "one", t.TempDir(), func(config *engine.Config, deps *engine.Deps) {
		g.quick(config)
		failpoint.Install(deps, death.step)
	})
	await(t, "the first instance", func() bool { return one.ready() == partitions })
	l.send(200)
	l.check()
	registry := prometheus.NewRegistry()
	two := g.run(t, "two", t.TempDir(), func(config *engine.Config, deps *engine.Deps) {
		g.quick(config)
		deps.Metrics = registry
	})
	await(t, "an even share and warm copies", func() bool {
		return one.ready() == 2 && two.ready() == 2 && warm(one) == 2 && warm(two) == 2
	})
	for range 5 {
		l.send(200)
	}
	l.check()
	before := counted(t, registry, "engine_processor_restores_total", "kind", "whole")
	death.comes <- one
	l.send(200)
	<-death.came
	l.send(200)
	l.check()
	if n := two.ready(); n != partitions {
		t.Errorf("the survivor owns %d partitions, want all %d", n, partitions)
	}
	if n := counted(t, registry, "engine_processor_restores_total", "kind", "whole") - before; n > 0 {
		t.Errorf("%v partitions were restored whole, want none: there were warm copies", n)
	}
	stop(t, two.Engine)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_ = one.Stop(ended) // it is dead to Kafka, and has nothing to say
}

// BenchmarkTakeOver measures how long nothing comes out of a dead process's
// partitions, an open transaction of its left on them: with the right to fence its
// owner, and without.
//
//	TRIBUTARY_KAFKA_BROKERS=127.0.0.1:19092 TRIBUTARY_RESTORE_ENTITIES=1000000 \
//	  go test ./processor/engine -run '^$' -bench '^BenchmarkTakeOver$' -benchtime 1x -v
func BenchmarkTakeOver(b *testing.B) {
	for name, fenceAfter := range map[string]time.Duration{"fenced": engine.DefaultConfig().FenceAfter, "unfenced": time.Hour} {
		b.Run(name, func(b *testing.B) {
			var dead time.Duration
			var session time.Duration
			for range b.N {
				g := newGround(b, 4)
				g.fill(b, 4, setting(b, "TRIBUTARY_RESTORE_ENTITIES", 10_000), 500)
				session = g.session
				dead += g.takeOver(b, fenceAfter)
			}
			b.ReportMetric(dead.Seconds()/float64(b.N), "s-dead")
			b.ReportMetric(dead.Seconds()/float64(b.N)-session.Seconds(), "s-beyond-session")
		})
	}
}

// takeOver lets one of two processes die and returns how long its partitions
// stood still.
func (g *ground) takeOver(b *testing.B, fenceAfter time.Duration) time.Duration {
	b.Helper()
	l, death := g.load(b), newDeath(failpoint.Flushed)
	usual := func(config *engine.Config) {
		config.Standby, config.SessionTimeout, config.FenceAfter = 1, g.session, fenceAfter
	}
	one := g.run(b, "one", b.TempDir(), func(config *engine.Config, deps *engine.Deps) {
		usual(config)
		failpoint.Install(deps, death.step)
	})
	await(b, "the first instance", func() bool { return one.ready() == 4 })
	two := g.run(b, "two", b.TempDir(), func(config *engine.Config, _ *engine.Deps) { usual(config) })
	await(b, "an even share and warm copies", func() bool {
		return one.ready() == 2 && two.ready() == 2 && warm(one) == 2 && warm(two) == 2
	})
	for range 5 {
		l.send(200)
		l.check()
	}
	death.comes <- one
	l.send(200)
	<-death.came
	died := time.Now()
	l.check()
	dead := time.Since(died)
	stop(b, two.Engine)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_ = one.Stop(ended) // it is dead to Kafka, and has nothing to say
	return dead
}

// warm returns how many warm copies an instance keeps.
func warm(p *process) (n int) {
	for _, s := range p.Standbys() {
		if s.Warm {
			n++
		}
	}
	return n
}

func stop(tb testing.TB, e *engine.Engine) {
	tb.Helper()
	if err := e.Stop(context.Background()); err != nil {
		tb.Errorf("Stop() = %v", err)
	}
}

// counted returns a counter's or gauge's value where a label has a value, summed.
func counted(tb testing.TB, registry *prometheus.Registry, name, label, value string) (sum float64) {
	tb.Helper()
	families, err := registry.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			for _, pair := range metric.GetLabel() {
				if pair.GetName() == label && (value == "" || pair.GetValue() == value) {
					sum += metric.GetCounter().GetValue() + metric.GetGauge().GetValue()
				}
			}
		}
	}
	return sum
}
