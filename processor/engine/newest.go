package engine

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// newest is a gauge of the latest ingestion time of a committed fact, by stage and
// provider. It never decreases, so that working off a backlog of old records does not
// make it look older. It is safe for concurrent use.
type newest struct {
	gauge *prometheus.GaugeVec
	mu    sync.Mutex
	at    map[[2]string]time.Time
}

func newNewest(prefix string) *newest {
	return &newest{
		gauge: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prefix + "newest_fact_timestamp_seconds",
			Help: "When ingest received the newest fact whose effect is committed, in Unix seconds. Absent before the first since the start.",
		}, []string{"stage", "provider"}),
		at: map[[2]string]time.Time{},
	}
}

func (n *newest) note(stage, provider string, received time.Time) {
	key := [2]string{stage, provider}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !received.After(n.at[key]) {
		return
	}
	n.at[key] = received
	const perSecond = 1000
	n.gauge.WithLabelValues(stage, provider).Set(float64(received.UnixMilli()) / perSecond)
}
