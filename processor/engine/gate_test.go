package engine_test

import (
	"context"
	"maps"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/chaos/tally"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/simulate"
	"github.com/tributary-hq/tributary/processor/stage"
)

// TestPausedStageStandsStill: while a stage is paused, it writes nothing, commits nothing
// and has no transaction open, although records come and timers are due. Afterwards it
// processes them all.
func TestPausedStageStandsStill(t *testing.T) {
	t.Parallel()
	const from, to, late, grace = 600, 4000, 100, 400
	waited := 0
	for seed := range uint64(20) {
		p := plan(seed)
		// A marker that is late would end a transaction of before the pause within it.
		p.Faults, p.MarkerDelay, p.Pauses = nil, 5, []simulate.Pause{{From: from, To: to, Late: late}}
		for i := range p.Hosts {
			p.Hosts[i].StartAt = min(p.Hosts[i].StartAt, from/2) // a join would move partitions
		}
		r := simulate.New(&p.Schedule, simulate.Stage{
			Spec:  engine.Spec{Name: simStage, Input: input, Changelog: changelog, Outputs: []string{simOutput}, DeadLetter: deadLetters, WallClock: true},
			Stage: func() stage.Stage { return tally.Stage{Output: simOutput, Clocks: true} },
		}, false)
		c := r.World.Cluster
		look := func() (ends [3]int64) {
			for partition := range p.Partitions {
				ends[0] += c.End(simOutput, partition)
				ends[1] += c.End(changelog, partition)
				ends[2] += c.Last(input, partition) - c.Offsets()[partition]
			}
			return ends
		}
		var begin [3]int64
		var offsets map[int32]int64
		r.World.After(from+2*late+grace, func() {
			begin, offsets = look(), c.Offsets()
			if c.Open() {
				t.Errorf("seed %d: a transaction is open during the pause", seed)
			}
		})
		r.World.After(to-1, func() {
			end := look()
			if begin[0] != end[0] || begin[1] != end[1] || !maps.Equal(offsets, c.Offsets()) {
				t.Errorf("seed %d: output, changelog ended at %v and end at %v, committed %v and now %v: the stage did not stand still", seed, begin, end, offsets, c.Offsets())
			}
			if end[2] > 0 {
				waited++
			}
		})
		if err := r.Play(); err != nil || len(r.Failures) > 0 {
			t.Errorf("seed %d: %v, %v", seed, err, r.Failures)
		}
		r.Close()
	}
	if waited < 10 {
		t.Errorf("records waited in %d of 20 schedules: the pause was not tried", waited)
	}
}

// TestPauseKeepsTheGroup: during a pause two processes heartbeat, keep their partitions and
// transact nothing, also one that starts then; a resume processes each record once.
func TestPauseKeepsTheGroup(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if b.fake == nil { // a real Kafka counts no requests of one client
		t.Skip("requests are counted at the embedded broker")
	}
	var paused atomic.Bool
	b.paused = paused.Load
	var beats, joins, transactions atomic.Int64
	for key, n := range map[kmsg.Key]*atomic.Int64{kmsg.Heartbeat: &beats, kmsg.JoinGroup: &joins, kmsg.EndTxn: &transactions} {
		b.fake.ControlKey(int16(key), func(kmsg.Request) (kmsg.Response, error, bool) {
			b.fake.KeepControl()
			n.Add(1)
			return nil, nil, false
		})
	}
	one, two := b.start("one", 2, nil), b.start("two", 2, nil)
	b.awaitReady(one, two)
	b.send(200, now(), keys(17)...)
	b.check()

	paused.Store(true)
	b.awaitHealth(func(s *engine.Status) bool { return s.Paused && s.OK() }, one, two)
	end, joined, ended := b.end(output), joins.Load(), transactions.Load()
	b.send(200, now(), keys(17)...)
	for before := beats.Load(); beats.Load() < before+20; {
		b.await()
	}
	if joins.Load() != joined || transactions.Load() != ended || b.end(output) != end {
		t.Errorf("%d members joined, %d transactions ended, the output ends at %d, before at %d", joins.Load()-joined, transactions.Load()-ended, b.end(output), end)
	}

	// A restart reads nothing before it knows of the pause.
	b.stop(two)
	two = b.start("two", 2, nil)
	b.awaitHealth(func(s *engine.Status) bool { return s.Paused && s.OK() && s.Ready > 0 }, one, two)
	if b.end(output) != end {
		t.Errorf("the output ends at %d after the restart, before at %d", b.end(output), end)
	}

	paused.Store(false)
	b.check()
	b.awaitHealth(func(s *engine.Status) bool { return !s.Paused && s.OK() }, one, two)
	b.stop(one)
	b.stop(two)
}

// awaitReady waits until every worker of the engines has partitions and all are restored.
func (b *bench) awaitReady(engines ...*engine.Engine) {
	b.t.Helper()
	b.awaitHealth(func(s *engine.Status) bool { return s.OK() && s.Ready > 0 }, engines...)
}

// awaitHealth waits until the status of every worker is as wanted.
func (b *bench) awaitHealth(want func(*engine.Status) bool, engines ...*engine.Engine) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; b.await() {
		all := true
		var seen []engine.Status
		for _, e := range engines {
			for _, s := range e.Health() {
				all, seen = all && want(&s), append(seen, s)
			}
		}
		if all {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("the workers are not as wanted: %+v", seen)
		}
	}
}

// await waits a moment between two looks.
func (b *bench) await() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Millisecond)
	defer cancel()
	<-ctx.Done()
}

// end returns the sum of the end offsets of a topic.
func (b *bench) end(topic string) (sum int64) {
	b.t.Helper()
	listed, err := kadm.NewClient(b.client).ListEndOffsets(b.t.Context(), b.names.Topic(topic))
	if err != nil {
		b.t.Fatal(err)
	}
	listed.Each(func(o kadm.ListedOffset) { sum += o.Offset })
	return sum
}
