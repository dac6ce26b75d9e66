//go:build synctests && tributary_break

package chaos_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	format "github.com/tributary-hq/tributary/schemas/wire"
)

// insightsMutations are ways to break the insights stage alone. Each changes the records that
// its clients read.
func insightsMutations() map[string]func(*breaker, *kgo.Record) {
	return map[string]func(*breaker, *kgo.Record){
		// The differences of a record are added twice by a process that was started again.
		"difference-twice": func(b *breaker, r *kgo.Record) {
			b.change(r, func(in *avro.InsightsInput) {
				in.Funnel.Value.Differences = append(in.Funnel.Value.Differences, in.Funnel.Value.Differences...)
			})
		},
		// The differences of a record are lost by a process that was started again.
		"difference-lost": func(b *breaker, r *kgo.Record) {
			b.change(r, func(in *avro.InsightsInput) { in.Funnel.Value.Differences = nil })
		},
		// A restore forgets the differences that are not emitted yet.
		"forget-pending": func(_ *breaker, r *kgo.Record) { forget(r, "\x02p") },
		// A restore forgets the sums of the windows.
		"forget-windows": func(_ *breaker, r *kgo.Record) { forget(r, "\x02w") },
		// A restore forgets the sums of the providers' days.
		"forget-scorecards": func(_ *breaker, r *kgo.Record) { forget(r, "\x01scorecard/") },
		// A restore forgets the callbacks of the accounts.
		"forget-accounts": func(_ *breaker, r *kgo.Record) { forget(r, "\x01runway/") },
		// A restore forgets the signals, so that an open one is raised again.
		"forget-signals": func(_ *breaker, r *kgo.Record) { forget(r, "\x01signal/") },
	}
}

// forget removes the value of a changelog record of the insights stage.
func forget(r *kgo.Record, prefix string) {
	if strings.HasSuffix(r.Topic, schemas.ChangelogInsights) && strings.HasPrefix(string(r.Key), prefix) {
		r.Value = nil
	}
}

// breaker breaks a process by changing what its clients read.
type breaker struct {
	mutation func(*breaker, *kgo.Record)
	// again is set in a process that is not the first; changed is set once a
	// record was changed.
	again   bool
	changed atomic.Bool
}

// OnFetchRecordBuffered implements kgo.HookFetchRecordBuffered.
func (b *breaker) OnFetchRecordBuffered(r *kgo.Record) {
	if !r.Attrs.IsControl() {
		b.mutation(b, r)
	}
}

// change changes the first record with differences that a process started again reads.
func (b *breaker) change(r *kgo.Record, change func(*avro.InsightsInput)) {
	var in avro.InsightsInput
	if !b.again || !strings.HasSuffix(r.Topic, schemas.InternalInsights) || decode(r.Value, &in) != nil || in.Kind != avro.InsightsInputKindFunnel || b.changed.Swap(true) {
		return
	}
	change(&in)
	id, _, err := format.Parse(r.Value)
	if err == nil {
		r.Value, err = in.AppendAvro(format.Append(nil, id))
	}
	if err != nil {
		panic(err)
	}
}

// restarted returns a schedule of one process that is killed at some of its transactions and loses
// its disk, so that it restores everything.
func restarted(seed uint64) *schedule {
	p := plan(seed)
	p.hosts, p.faults, p.drainLimit = p.hosts[:1], nil, 30*time.Second
	for _, nth := range []int{30, 90, 150, 250} {
		p.faults = append(p.faults, fault{host: p.hosts[0].name, nth: nth, key: kmsg.EndTxn, do: doCrash, disk: diskGone, arg: 100 * time.Millisecond})
	}
	return p
}

// TestInsightsMutationsAreCaught: each of these is seen within 20 schedules of all stages.
func TestInsightsMutationsAreCaught(t *testing.T) {
	t.Parallel()
	const limit = 20
	stages := func(uint64) func() load { return func() load { return &pipelines{} } }
	for name, mutation := range insightsMutations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sum := playAll(t, *seed, limit, func(seed uint64) *schedule {
				p := restarted(seed)
				var starts atomic.Int32
				p.mutation = func(d *engine.Deps) {
					again := starts.Add(1) > 1
					d.Kafka = append(slices.Clip(d.Kafka), kgo.WithHooks(&breaker{mutation: mutation, again: again}))
				}
				return p
			}, stages)
			if sum.failing == nil {
				t.Fatalf("not caught by %d schedules", limit)
			}
			t.Logf("caught by seed %d: %.600s", sum.failing.seed, sum.outcome.violations[0])
		})
	}
}

// TestRestarts: the schedules of the mutations pass without one.
func TestRestarts(t *testing.T) {
	t.Parallel()
	sum := playAll(t, *seed, 4, restarted, func(uint64) func() load { return func() load { return &pipelines{} } })
	if sum.failing != nil {
		t.Fatal(sum.outcome.violations)
	}
	if killed := (fault{do: doCrash, disk: diskGone}); sum.injected[killed.kind()] == 0 {
		t.Errorf("no process was killed: %v", sum.injected)
	}
}
