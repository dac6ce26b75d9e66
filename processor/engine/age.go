package engine

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/stage"
)

// ages are latency histograms: event time to ingestion time, and each of them to the
// commit of the effect.
type ages struct {
	toReceived, fromReceived, whole *prometheus.HistogramVec
	newest                          *newest
}

func newAges(prefix string) *ages {
	histogram := func(name, help string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: prefix + name, Help: help + " Repeats, dead letters and replays do not count.",
			// From a commit interval to a provider's last retry.
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 72 * 3600},
		}, []string{"stage", "provider"})
	}
	return &ages{
		toReceived:   histogram("provider_to_received_seconds", "From the provider's own time of a fact to its receipt by ingest."),
		fromReceived: histogram("received_to_committed_seconds", "From the receipt of a fact by ingest to the commit of its effect."),
		whole:        histogram("provider_to_committed_seconds", "From the provider's own time of a fact to the commit of its effect: its age end to end."),
		newest:       newNewest(prefix),
	}
}

// collectors returns the collectors to register.
func (a *ages) collectors() []prometheus.Collector {
	return []prometheus.Collector{a.toReceived, a.fromReceived, a.whole, a.newest.gauge}
}

// measure adds a committed transaction to the metrics.
func (w *worker) measure(began time.Time) {
	at := w.deps.Now()
	w.count(at.Sub(began))
	w.observeAges(at)
}

// noteAge keeps a record's event time and ingestion time until the commit; the event is
// recycled after it. Replayed records are skipped, because their age is not the
// pipeline's latency.
func (w *worker) noteAge(d *task.Record) {
	timed, ok := d.Event.(stage.Timed)
	if !ok {
		return
	}
	if w.spec.Replayed != nil && w.spec.Replayed(&d.In) {
		return
	}
	dates := timed.Times()
	if dates.Ingested.IsZero() {
		return
	}
	// The label must outlive the record, hence the clone. Sharing one string makes the
	// comparisons in observeAges cheap.
	if dates.Origin != w.round.provider {
		w.round.provider = strings.Clone(dates.Origin)
	}
	dates.Origin = w.round.provider
	w.round.ages = append(w.round.ages, dates)
}

// observeAges adds the latencies of a committed transaction to the histograms.
func (w *worker) observeAges(committed time.Time) {
	var provider string
	var toReceived, fromReceived, whole prometheus.Observer
	var last time.Time // latest ingestion time of the provider
	note := func() {
		if !last.IsZero() {
			w.metrics.ages.newest.note(w.spec.Name, provider, last)
		}
	}
	defer note()
	for i := range w.round.ages {
		dates := &w.round.ages[i]
		if toReceived == nil || dates.Origin != provider {
			note()
			provider, last = dates.Origin, time.Time{}
			a, name := w.metrics.ages, w.spec.Name
			toReceived, fromReceived = a.toReceived.WithLabelValues(name, provider), a.fromReceived.WithLabelValues(name, provider)
			whole = a.whole.WithLabelValues(name, provider)
		}
		if dates.Ingested.After(last) {
			last = dates.Ingested
		}
		fromReceived.Observe(max(committed.Sub(dates.Ingested).Seconds(), 0))
		if !dates.Event.IsZero() {
			toReceived.Observe(max(dates.Ingested.Sub(dates.Event).Seconds(), 0))
			whole.Observe(max(committed.Sub(dates.Event).Seconds(), 0))
		}
	}
}
