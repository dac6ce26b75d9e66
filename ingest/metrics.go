package ingest

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/ingest/producer"
)

// metrics have sources, providers, codes and reasons as labels, never a value of a
// request. An unknown source has the empty label, so that an outsider cannot create
// series.
type metrics struct {
	requests    *prometheus.CounterVec
	records     *prometheus.CounterVec
	proofs      *prometheus.CounterVec
	inFlight    prometheus.Gauge
	connections prometheus.Gauge
	slots       prometheus.Gauge
	closed      *prometheus.CounterVec // connections closed for others
	unrecorded  *prometheus.CounterVec
	dropped     *prometheus.CounterVec
	calls       *prometheus.HistogramVec
	reloads     *reloads
	certificate prometheus.Gauge
	clock       prometheus.GaugeFunc
	kafka       *producer.Metrics
}

func newMetrics(now func() time.Time) *metrics {
	const ns, sub = "tributary", "ingest"
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: ns, Subsystem: sub, Name: name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: ns, Subsystem: sub, Name: name, Help: help})
	}
	buckets := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	return &metrics{
		requests:    counter("requests_total", "Requests answered, by status code and reason.", "source", "provider", "code", "reason"),
		records:     counter("records_total", "Records acknowledged by all in-sync replicas.", "source", "provider"),
		proofs:      counter("proofs_total", "Proven requests and callbacks by the secret that proved them.", "source", "secret"),
		inFlight:    gauge("in_flight_bytes", "Bytes taken by the bodies being handled."),
		connections: gauge("connections", "Open connections."),
		slots:       gauge("connections_limit", "How many connections may be open: max_connections."),
		closed:      counter("connections_closed_total", "Connections without a proven request that made room for others, by reason.", "reason"),
		unrecorded:  counter("relay_unrecorded_total", "Calls whose answer could not be recorded.", "source"),
		dropped:     counter("relay_dropped_fields_total", "Fields of callers' requests that the provider does not document and that are not sent.", "source", "caller"),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: ns, Subsystem: sub, Name: "relay_call_seconds", Buckets: buckets,
			Help: "Time of a relayed call, by its end: answered, not_json, timeout, refused, dns, other.",
		}, []string{"source", "end"}),
		certificate: gauge("certificate_expiry_timestamp_seconds", "When the port's certificate ends, in Unix seconds; 0 without TLS."),
		clock: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: ns, Subsystem: sub, Name: "clock_timestamp_seconds",
			Help: "What the clock of this host says, in Unix seconds. Compared with the time of the scrape it shows a clock that is wrong.",
		}, func() float64 { return float64(now().UnixMilli()) / 1000 }),
		reloads: newReloads(),
		kafka:   producer.NewMetrics(),
	}
}

// counts are the counters that every webhook of a source increments, looked up once.
// They exist from the start with the value 0, so that alerts can see the first
// increase.
type counts struct {
	accepted, records prometheus.Counter
	proofs            map[string]prometheus.Counter // by the secret's id
}

func (m *metrics) of(s *Source) counts {
	c := counts{
		accepted: m.requests.WithLabelValues(s.ID, s.Provider, "200", reasonAccepted),
		records:  m.records.WithLabelValues(s.ID, s.Provider),
		proofs:   make(map[string]prometheus.Counter, len(s.Secrets)+len(s.Relay.Callers)),
	}
	for _, secrets := range [][]Secret{s.Secrets, s.Relay.Callers} {
		for i := range secrets {
			c.proofs[secrets[i].ID] = m.proofs.WithLabelValues(s.ID, secrets[i].ID)
		}
	}
	return c
}

// register adds the metrics, or none of them.
func (m *metrics) register(r prometheus.Registerer) error {
	if r == nil {
		return nil
	}
	var done []prometheus.Collector
	for _, c := range append([]prometheus.Collector{
		m.requests, m.records, m.proofs, m.inFlight, m.connections, m.slots, m.closed, m.unrecorded, m.dropped, m.calls, m.reloads.total, m.reloads.last, m.certificate, m.clock,
	}, m.kafka.Collectors()...) {
		if err := r.Register(c); err != nil {
			for _, d := range done {
				r.Unregister(d)
			}
			return errors.Join(errors.New("metrics of ingest cannot be registered"), err)
		}
		done = append(done, c)
	}
	return nil
}
