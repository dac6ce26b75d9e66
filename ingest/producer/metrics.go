package producer

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are a producer's. They carry topics and kinds of errors.
type Metrics struct {
	ack    prometheus.Histogram
	errors *prometheus.CounterVec

	away, records, bytes *prometheus.Desc
	producer             atomic.Pointer[Producer] // nil before New
}

// NewMetrics makes the metrics, which belong to one producer.
func NewMetrics() *Metrics {
	const ns, sub = "tributary", "ingest"
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(ns, sub, name), help, labels, nil)
	}
	return &Metrics{
		ack: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: ns, Subsystem: sub, Name: "ack_seconds", Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
			Help: "Time from producing a request's records to the last acknowledgement.",
		}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: ns, Subsystem: sub, Name: "kafka_errors_total",
			Help: "Errors on the way to Kafka, by kind: connections that failed and records not taken.",
		}, []string{"kind"}),
		away:    desc("kafka_away_seconds", "How long Kafka has not taken a record of a raw topic, 0 while it does.", "topic"),
		records: desc("buffered_records", "Records that wait to be acknowledged."),
		bytes:   desc("buffered_bytes", "Bytes of the records that wait to be acknowledged."),
	}
}

func (m *Metrics) watch(p *Producer) { m.producer.Store(p) }

// Collectors returns the collectors to register.
func (m *Metrics) Collectors() []prometheus.Collector {
	return []prometheus.Collector{m.ack, m.errors, state{m}}
}

// state is a collector of gauges that are read from the producer at every scrape.
type state struct{ *Metrics }

// Describe implements prometheus.Collector.
func (m state) Describe(to chan<- *prometheus.Desc) {
	to <- m.away
	to <- m.records
	to <- m.bytes
}

// Collect implements prometheus.Collector. Only topics in use have a series: one that
// nobody writes to is never away.
func (m state) Collect(to chan<- prometheus.Metric) {
	p := m.producer.Load()
	if p == nil {
		return
	}
	records, bytes := p.Buffered()
	to <- prometheus.MustNewConstMetric(m.records, prometheus.GaugeValue, float64(records))
	to <- prometheus.MustNewConstMetric(m.bytes, prometheus.GaugeValue, float64(bytes))
	now, away := p.cfg.Now(), make(map[string]float64)
	for _, a := range p.health.away() {
		away[a.Topic] = now.Sub(a.Since).Seconds()
	}
	for _, name := range p.cfg.InUse() {
		to <- prometheus.MustNewConstMetric(m.away, prometheus.GaugeValue, away[name], name)
	}
}
