package pause

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the pauses of some stages as metrics.
type metrics struct {
	board                *Board
	stages               []string
	paused, since, until *prometheus.Desc
}

// Register exposes the pauses of stages, each from the start; reg nil means nowhere.
func (b *Board) Register(reg prometheus.Registerer, stages []string) {
	if reg == nil {
		return
	}
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("tributary_processor_"+name, help, []string{"stage"}, nil)
	}
	reg.MustRegister(&metrics{
		b, stages,
		desc("paused", "1 while an operator has paused the stage, else 0."),
		desc("paused_since_timestamp_seconds", "When the stage was paused, as Unix time; 0 if it is not paused."),
		desc("paused_until_timestamp_seconds", "When the stage's pause ends by itself, as Unix time; 0 if it is not paused, or until somebody resumes it."),
	})
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(out chan<- *prometheus.Desc) {
	out <- m.paused
	out <- m.since
	out <- m.until
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	for _, stage := range m.stages {
		p, paused := m.board.Of(stage)
		value, since, until := 0.0, 0.0, 0.0
		if paused {
			value, since, until = 1, seconds(p.Since), seconds(p.Until)
		}
		for desc, v := range map[*prometheus.Desc]float64{m.paused: value, m.since: since, m.until: until} {
			out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, stage)
		}
	}
}

// seconds returns a time as Unix time, 0 for none.
func seconds(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMilli()) / 1000
}
