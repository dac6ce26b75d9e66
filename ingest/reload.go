package ingest

import "github.com/prometheus/client_golang/prometheus"

// reloads are the metrics of reloads and their results.
type reloads struct {
	total *prometheus.CounterVec
	last  *prometheus.GaugeVec
}

// The objects of a reload: the sources with their secrets are reloaded on request; the
// certificate is also reloaded when its files change.
const (
	reloadSources     = "sources"
	reloadCertificate = "certificate"
)

func newReloads() *reloads {
	r := &reloads{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "tributary", Subsystem: "ingest", Name: "reloads_total",
			Help: "Reloads of the sources with their secrets and of a certificate whose files changed, by result: done, failed.",
		}, []string{"what", "result"}),
		last: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: "tributary", Subsystem: "ingest", Name: "last_reload_successful",
			Help: "0 if the last reload failed, so that what was before is still in force; else 1.",
		}, []string{"what"}),
	}
	// There from the start, where an alert can see them.
	for _, what := range []string{reloadSources, reloadCertificate} {
		r.last.WithLabelValues(what).Set(1)
		for _, result := range []string{"done", "failed"} {
			r.total.WithLabelValues(what, result)
		}
	}
	return r
}

func (r *reloads) done(what string) {
	r.total.WithLabelValues(what, "done").Inc()
	r.last.WithLabelValues(what).Set(1)
}

func (r *reloads) failed(what string) {
	r.total.WithLabelValues(what, "failed").Inc()
	r.last.WithLabelValues(what).Set(0)
}
