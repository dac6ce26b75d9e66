package deadletter_test

import (
	"context"
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
)

// TestWaiting: letters are counted by cause, those written before the start and those
// after it; a replayed one no longer counts, and its cause stays with a zero.
func TestWaiting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.deadLetter(lox24(1))
	r.deadLetter(lox24(2))
	stale := lox24(3)
	stale.cause = "stale"
	r.deadLetter(stale)
	w := r.waiting()
	awaitWaiting(t, w, map[string]float64{"unknown_type": 2, "stale": 1})
	r.deadLetter(lox24(4))
	awaitWaiting(t, w, map[string]float64{"unknown_type": 3, "stale": 1})
	if _, err := r.replay(deadletter.Replay{Filter: deadletter.Filter{Causes: []string{"stale"}}}); err != nil {
		t.Fatal(err)
	}
	awaitWaiting(t, w, map[string]float64{"unknown_type": 3, "stale": 0})
	awaitWaiting(t, r.waiting(), map[string]float64{"unknown_type": 3, "stale": 0})
}

// waiting starts a collector.
func (r *rig) waiting() *deadletter.Waiting {
	r.t.Helper()
	w := deadletter.NewWaiting(r.kafka, r.names, slog.New(slog.DiscardHandler))
	if err := w.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := w.Stop(context.WithoutCancel(r.t.Context())); err != nil {
			r.t.Error(err)
		}
	})
	return w
}

// awaitWaiting waits until the counts by cause are as wanted.
func awaitWaiting(t *testing.T, w *deadletter.Waiting, want map[string]float64) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(w)
	tick, late := time.NewTicker(5*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for {
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, f := range families {
			for _, m := range f.GetMetric() {
				labels := map[string]string{}
				for _, l := range m.GetLabel() {
					labels[l.GetName()] = l.GetValue()
				}
				if labels["provider"] != "lox24" || labels["source"] != "shop" || labels["stage"] != "lox24" {
					t.Fatalf("labels %v", labels)
				}
				got[labels["cause"]] = m.GetGauge().GetValue()
			}
		}
		if maps.Equal(got, want) {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waiting %v, want %v", got, want)
		}
	}
}
