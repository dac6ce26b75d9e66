package latency

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// newest is a gauge of the latest ingestion time of a committed fact, by stage and origin.
// It never decreases, so that working off a backlog of old records does not make it look
// older. It is safe for concurrent use.
type newest struct {
	gauge *prometheus.GaugeVec
	mu    sync.Mutex
	at    map[[2]string]time.Time
}

func newNewest(prefix string, labels []string, name Name) *newest {
	return &newest{
		gauge: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + name.Name, Help: name.Help}, labels),
		at:    map[[2]string]time.Time{},
	}
}

func (n *newest) note(of, origin string, ingested time.Time) {
	key := [2]string{of, origin}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !ingested.After(n.at[key]) {
		return
	}
	n.at[key] = ingested
	const perSecond = 1000
	n.gauge.WithLabelValues(of, origin).Set(float64(ingested.UnixMilli()) / perSecond)
}
