package ledger

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/stage"
)

// Metrics are the counters of committed transactions. Make them with NewMetrics.
type Metrics struct {
	counters map[string]*prometheus.CounterVec
}

// NewMetrics registers the metrics; reg nil means nowhere. Every one has the labels
// provider and source, but for the skipped offsets, which have no source.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{counters: map[string]*prometheus.CounterVec{}}
	counter := func(count, name, help string) {
		vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tributary_processor_" + name, Help: help}, []string{"provider", "source"})
		m.counters[count] = vec
		if reg != nil {
			reg.MustRegister(vec)
		}
	}
	counter(CounterAccepted, "accepted_records_total", "Raw records that ingest accepted and whose effect is committed.")
	counter(CounterReplayed, "replayed_records_total", "Raw records that are replayed dead letters and whose effect is committed.")
	counter(CounterDecoded, "decoded_records_total", "Raw records that became a fact.")
	counter(CounterDuplicates, "duplicate_records_total", "Raw records that repeated a fact.")
	counter(CounterDeadLetters, "dead_lettered_records_total", "Raw records that can never be handled.")
	counter(CounterUnaccounted, "unaccounted_records_total",
		"Raw records that ended in none or several of these ways; any is a fault of the program.")
	counter(CounterMissed, "missed_attempts_total",
		"Delivery attempts of the provider that were never seen though a later one was: no 200 of ours reached it.")
	counter(CounterMissedWithdrawn, "missed_attempts_withdrawn_total", "Delivery attempts counted as missed that were seen after all.")
	counter(CounterSkipped, "skipped_offsets_total",
		"Offsets of the raw topic that held no record when they were read; any means that records were lost to retention.")
	return m
}

// Expect begins the counters of a source at zero, so that the first thing counted
// is an increase and not a beginning.
func (m *Metrics) Expect(provider, source string) {
	for count, vec := range m.counters {
		if count != CounterSkipped {
			vec.WithLabelValues(provider, source)
		}
	}
	m.counters[CounterSkipped].WithLabelValues(provider, "")
}

// Add returns a function that adds the counts of a provider's stage.
func (m *Metrics) Add(provider string) func(stage.Count) {
	return func(c stage.Count) {
		if vec := m.counters[c.Name]; vec != nil {
			vec.WithLabelValues(provider, strings.Clone(c.Label)).Add(float64(c.N))
		}
	}
}
