package engine

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Dates are when a fact happened and when it reached us; a zero time is not known.
type Dates struct {
	Provider string
	// Happened is the provider's own time, Received when ingest had it.
	Happened, Received time.Time
}

// Dated is an Event that knows its dates.
type Dated interface{ Dates() Dates }

// ages are how old facts are on their way: by the provider's time when received, and
// by either time when their effect is committed.
type ages struct {
	toReceived, fromReceived, whole *prometheus.HistogramVec
	newest                          *newest
}

func newAges() *ages {
	histogram := func(name, help string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tributary_processor_" + name, Help: help + " Repeats, dead letters and replays do not count.",
			// From a commit interval to a provider's last retry.
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 72 * 3600},
		}, []string{"stage", "provider"})
	}
	return &ages{
		toReceived:   histogram("provider_to_received_seconds", "From the provider's own time of a fact to its receipt by ingest."),
		fromReceived: histogram("received_to_committed_seconds", "From the receipt of a fact by ingest to the commit of its effect."),
		whole:        histogram("provider_to_committed_seconds", "From the provider's own time of a fact to the commit of its effect: its age end to end."),
		newest:       newNewest(),
	}
}

// collectors are what is registered.
func (a *ages) collectors() []prometheus.Collector {
	return []prometheus.Collector{a.toReceived, a.fromReceived, a.whole, a.newest.gauge}
}

// isFact says that what a record made is the effect of a fact: not the news that it
// is a repeat, nor a dead letter.
func isFact(outputs []Output, deadLetter string) bool {
	for i := range outputs {
		if outputs[i].Topic == schemas.Duplicates || outputs[i].Topic == deadLetter {
			return false
		}
	}
	return len(outputs) > 0
}

// measure adds a committed round to the metrics.
func (w *worker) measure(began time.Time) {
	at := w.deps.Now()
	w.count(at.Sub(began))
	w.observeAges(at)
}

// noteAge notes the age of a record's fact, while its event is at hand. A replay has
// none: it would say nothing of the pipeline.
func (w *worker) noteAge(d *decoded) {
	if w.spec.Dates == nil {
		return
	}
	for i := range d.in.Headers {
		if d.in.Headers[i].Key == raw.HeaderReplayRound {
			return
		}
	}
	dates, ok := w.spec.Dates(d.event)
	if !ok || dates.Received.IsZero() {
		return
	}
	// A label outlives the record, and one text for all is compared without a look at it.
	if dates.Provider != w.round.provider {
		w.round.provider = strings.Clone(dates.Provider)
	}
	dates.Provider = w.round.provider
	w.round.ages = append(w.round.ages, dates)
}

// observeAges tells the ages of the facts of a committed round.
func (w *worker) observeAges(committed time.Time) {
	var provider string
	var toReceived, fromReceived, whole prometheus.Observer
	var last time.Time // of the provider
	note := func() {
		if !last.IsZero() {
			w.metrics.ages.newest.note(w.spec.Name, provider, last)
		}
	}
	defer note()
	for i := range w.round.ages {
		dates := &w.round.ages[i]
		if toReceived == nil || dates.Provider != provider {
			note()
			provider, last = dates.Provider, time.Time{}
			a, stage := w.metrics.ages, w.spec.Name
			toReceived, fromReceived = a.toReceived.WithLabelValues(stage, provider), a.fromReceived.WithLabelValues(stage, provider)
			whole = a.whole.WithLabelValues(stage, provider)
		}
		if dates.Received.After(last) {
			last = dates.Received
		}
		fromReceived.Observe(max(committed.Sub(dates.Received).Seconds(), 0))
		if !dates.Happened.IsZero() {
			toReceived.Observe(max(dates.Received.Sub(dates.Happened).Seconds(), 0))
			whole.Observe(max(committed.Sub(dates.Happened).Seconds(), 0))
		}
	}
}
