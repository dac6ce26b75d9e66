// Package latency measures the age of facts: from their event time to their ingestion, and
// from each of these to the commit of their effect.
package latency

import (
	"cmp"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/stage"
)

// Names are the names of the latency metrics. An empty name or help text means the
// default. Repeats, dead letters and records that are processed again do not count.
type Names struct {
	// Label is the label with the value of stage.Times.Origin, "origin" by default.
	Label string
	// EventToIngested and the others are histograms of seconds.
	EventToIngested, IngestedToCommitted, EventToCommitted Name
	// Newest is a gauge of the latest ingestion time of a committed fact.
	Newest Name
}

// Name is the name of a metric without its prefix, and its help text.
type Name struct{ Name, Help string }

// or returns the name with the defaults filled in.
func (n Name) or(name, help string) Name {
	return Name{Name: cmp.Or(n.Name, name), Help: cmp.Or(n.Help, help)}
}

// Metrics are the latency metrics of all stages.
type Metrics struct {
	toIngested, fromIngested, whole *prometheus.HistogramVec
	newest                          *newest
}

// New returns the metrics. Their names begin with prefix.
func New(prefix string, names *Names) *Metrics {
	labels := []string{"stage", cmp.Or(names.Label, "origin")}
	histogram := func(n Name) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: prefix + n.Name, Help: n.Help,
			// From a commit interval to a sender's last retry.
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 72 * 3600},
		}, labels)
	}
	return &Metrics{
		toIngested:   histogram(names.EventToIngested.or("event_to_ingested_seconds", "From the event time of a fact to its ingestion.")),
		fromIngested: histogram(names.IngestedToCommitted.or("ingested_to_committed_seconds", "From the ingestion of a fact to the commit of its effect.")),
		whole:        histogram(names.EventToCommitted.or("event_to_committed_seconds", "From the event time of a fact to the commit of its effect.")),
		newest: newNewest(prefix, labels, names.Newest.or("newest_fact_timestamp_seconds",
			"The ingestion time of the newest fact whose effect is committed, in Unix seconds. Absent before the first since the start.")),
	}
}

// Collectors returns the collectors to register.
func (m *Metrics) Collectors() []prometheus.Collector {
	return []prometheus.Collector{m.toIngested, m.fromIngested, m.whole, m.newest.gauge}
}

// Batch holds the times of a transaction's facts until the commit; the events are recycled
// after it. The zero value is an empty batch.
type Batch struct {
	times []stage.Times
	// origin is the label of the last fact.
	origin string
}

// Add adds a fact, unless its ingestion time is unknown.
func (b *Batch) Add(t stage.Times) {
	if t.Ingested.IsZero() {
		return
	}
	// The label must outlive the record, hence the clone. Sharing one string makes the
	// comparisons in Observe cheap.
	if t.Origin != b.origin {
		b.origin = strings.Clone(t.Origin)
	}
	t.Origin = b.origin
	b.times = append(b.times, t)
}

// Reset empties the batch.
func (b *Batch) Reset() {
	clear(b.times)
	b.times = b.times[:0]
}

// Observe adds the facts of a committed transaction of a stage to the metrics.
func (m *Metrics) Observe(of string, b *Batch, committed time.Time) {
	var origin string
	var toIngested, fromIngested, whole prometheus.Observer
	var last time.Time // latest ingestion time of the origin
	note := func() {
		if !last.IsZero() {
			m.newest.note(of, origin, last)
		}
	}
	defer note()
	for i := range b.times {
		t := &b.times[i]
		if toIngested == nil || t.Origin != origin {
			note()
			origin, last = t.Origin, time.Time{}
			toIngested, fromIngested = m.toIngested.WithLabelValues(of, origin), m.fromIngested.WithLabelValues(of, origin)
			whole = m.whole.WithLabelValues(of, origin)
		}
		if t.Ingested.After(last) {
			last = t.Ingested
		}
		fromIngested.Observe(max(committed.Sub(t.Ingested).Seconds(), 0))
		if !t.Event.IsZero() {
			toIngested.Observe(max(t.Ingested.Sub(t.Event).Seconds(), 0))
			whole.Observe(max(committed.Sub(t.Event).Seconds(), 0))
		}
	}
}
