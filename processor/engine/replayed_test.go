package engine_test

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/stage"
)

// timed is the counter stage with events that have times.
type timed struct{ sums }

// timedEvent is an event with times.
type timedEvent struct{ at stage.Times }

// Times implements stage.Timed.
func (e timedEvent) Times() stage.Times { return e.at }

func (timed) Decode(in *stage.Input) (stage.Event, error) {
	return timedEvent{stage.Times{Origin: "sender", Event: in.Timestamp.Add(-time.Minute), Ingested: in.Timestamp}}, nil
}

// TestReplayedRecordsHaveNoLatency: a record that an operator had processed again is in no
// latency metric, and every other fact is, once.
func TestReplayedRecordsHaveNoLatency(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	registry := prometheus.NewRegistry()
	b.stage, b.metrics = timed{}, registry
	b.replayed = func(in *stage.Input) bool { return string(in.Key) == "replayed" }
	e := b.start("one", 1, nil)
	b.send(6, now(), "new", "replayed")
	b.read(output, func(got map[string][]string) bool { return len(got["new"]) == 3 && len(got["replayed"]) == 3 })
	b.stop(e) // metrics are updated after the commit
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	measured := map[string]uint64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if h := m.GetHistogram(); h != nil {
				measured[family.GetName()] += h.GetSampleCount()
			}
		}
	}
	for _, name := range []string{"event_to_ingested_seconds", "ingested_to_committed_seconds", "event_to_committed_seconds"} {
		if n := measured["engine_processor_"+name]; n != 3 {
			t.Errorf("%s has %d facts, want the 3 that were not replayed", name, n)
		}
	}
}
