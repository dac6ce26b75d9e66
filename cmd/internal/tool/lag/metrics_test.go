package lag_test

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

// TestMetrics: the figures of a group with something unread, by names and labels
// that do not grow with members or transactions.
func TestMetrics(t *testing.T) {
	t.Parallel()
	r := newRig(t, own())
	r.write(r.client, 3, time.Minute)
	r.commit(nil, 1)
	service := lag.NewService(lag.New(lag.Config{Kafka: r.kafka, Own: own().Own, Window: window, Now: noon}), time.Minute, slog.New(slog.DiscardHandler))
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(service); err != nil {
		t.Fatal(err)
	}
	if got := gather(t, registry); len(got) != 1 {
		t.Errorf("before it has looked it tells %v", got)
	}
	if err := service.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for ok := false; !ok; ok, _ = service.Fresh() {
		if t.Context().Err() != nil {
			t.Fatal("it never looked")
		}
		<-time.After(5 * time.Millisecond)
	}
	got := gather(t, registry)
	if err := service.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]float64{
		"tributary_lag_records group=stage ours=true partition=0 topic=facts":          2,
		"tributary_lag_seconds group=stage ours=true partition=0 topic=facts":          60,
		"tributary_lag_committed_offset group=stage ours=true partition=0 topic=facts": 1,
		"tributary_lag_end_offset group=stage ours=true partition=0 topic=facts":       3,
		"tributary_lag_group_members group=stage ours=true":                            0,
		"tributary_lag_group_bad group=stage ours=true":                                1,
		"tributary_lag_group_verdict group=stage ours=true verdict=no members":         1,
		"tributary_lag_group_verdict group=stage ours=true verdict=ok":                 0,
	} {
		if value, ok := got[name]; !ok || value != want {
			t.Errorf("%s = %v (%t), want %v", name, value, ok, want)
		}
	}
	allowed := regexp.MustCompile(`^tributary_lag_[a-z_]+( (group|ours|partition|topic|verdict)=[^=]+)*$`)
	for name := range got {
		if !allowed.MatchString(name) {
			t.Errorf("%s has a label that is not allowed", name)
		}
	}
}

// gather returns values by name and labels.
func gather(t *testing.T, from prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := []string{family.GetName()}
			for _, label := range m.GetLabel() {
				name = append(name, label.GetName()+"="+label.GetValue())
			}
			out[strings.Join(name, " ")] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return out
}
