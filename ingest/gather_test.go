package ingest_test

import (
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// counter sums a counter over the series that have all the labels.
func (r *rig) counter(name string, labels map[string]string) float64 {
	r.t.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	var sum float64
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			fits := 0
			for _, l := range m.GetLabel() {
				if v, ok := labels[l.GetName()]; ok && v == l.GetValue() {
					fits++
				}
			}
			if fits == len(labels) {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

// gauge returns a gauge without labels.
func (r *rig) gauge(name string) float64 {
	r.t.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	r.t.Fatalf("there is no metric %s", name)
	return 0
}

// labelled returns the gauge with a value of its one label.
func (r *rig) labelled(name, value string) float64 {
	r.t.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && m.GetLabel()[0].GetValue() == value {
				return m.GetGauge().GetValue()
			}
		}
	}
	r.t.Fatalf("there is no metric %s of %s", name, value)
	return 0
}

// counted wants a number of answers with a code and a reason.
func (r *rig) counted(code int, reason string, want float64) {
	r.t.Helper()
	labels := map[string]string{"code": strconv.Itoa(code), "reason": reason}
	if n := r.counter("tributary_ingest_requests_total", labels); n != want {
		r.t.Errorf("%v answers of %v, want %v", n, labels, want)
	}
}

// stored returns how many records a topic has.
func (r *rig) stored(topic string) int {
	r.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(r.broker.ListenAddrs()...))
	if err != nil {
		r.t.Fatal(err)
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListEndOffsets(r.t.Context(), "test."+topic)
	if err != nil {
		r.t.Fatal(err)
	}
	n := 0
	ends.Each(func(o kadm.ListedOffset) { n += int(o.Offset) })
	return n
}
