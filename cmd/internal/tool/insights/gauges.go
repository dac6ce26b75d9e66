package insights

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Gauges exports how many signals hold, by kind and severity. It is a
// prometheus.Collector that reads the topic again and again, so that the figures are right
// whichever processor made them and however often it restarted.
type Gauges struct {
	config   scan.Config
	names    schemas.Names
	interval time.Duration
	logger   *slog.Logger
	now      func() time.Time

	raised *prometheus.Desc
	cancel context.CancelFunc
	done   chan struct{}

	mu sync.Mutex
	// report is that of the last reading, nil before the first.
	report *Report
}

var _ prometheus.Collector = (*Gauges)(nil)

// NewGauges returns a collector that reads every interval once Start is called.
func NewGauges(config scan.Config, names schemas.Names, interval time.Duration, logger *slog.Logger, now func() time.Time) *Gauges {
	return &Gauges{
		config: config, names: names, interval: interval, logger: logger, now: now,
		raised: prometheus.NewDesc("tributary_signals_raised", "Signals that hold, by kind and severity; scorecards of today and yesterday.", []string{"kind", "severity"}, nil),
	}
}

// Start begins to read. Without the right to read the topics the metrics are absent, and a
// warning says so.
func (g *Gauges) Start(ctx context.Context) error {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	g.cancel, g.done = cancel, make(chan struct{})
	// The goroutine ends with Stop, which cancels its context.
	go g.run(running)
	return nil
}

// Stop ends the reading. It may be called without Start.
func (g *Gauges) Stop(context.Context) error {
	if g.cancel != nil {
		g.cancel()
		<-g.done
	}
	return nil
}

func (g *Gauges) run(ctx context.Context) {
	defer close(g.done)
	ticker := time.NewTicker(g.interval)
	defer ticker.Stop()
	reader := NewReader(g.config, g.names, time.Time{}, schemas.Signals)
	warned := false
	for {
		rows, err := reader.Read(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !warned:
			g.logger.WarnContext(ctx, "cannot read the insights", slog.String("error", err.Error()))
		case err == nil:
			g.mu.Lock()
			g.report = NewReport(rows, &Filter{})
			g.mu.Unlock()
		}
		warned = err != nil
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// Describe implements prometheus.Collector.
func (g *Gauges) Describe(out chan<- *prometheus.Desc) { out <- g.raised }

// Collect implements prometheus.Collector. Every known kind and severity has a value, so that
// an alert on one ends.
func (g *Gauges) Collect(out chan<- prometheus.Metric) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.report == nil {
		return
	}
	counts := map[[2]string]int{}
	for _, kind := range []avro.SignalKind{avro.SignalKindPumping, avro.SignalKindFallbackFrontier, avro.SignalKindAccountRunway, avro.SignalKindProviderScorecard} {
		for _, severity := range []avro.SignalSeverity{avro.SignalSeverityInfo, avro.SignalSeverityWarning, avro.SignalSeverityCritical} {
			counts[[2]string{string(kind), string(severity)}] = 0
		}
	}
	for _, s := range g.report.Signals {
		if !Holds(s, g.now()) {
			continue
		}
		at := [2]string{string(s.Kind), string(s.Severity)}
		if _, known := counts[at]; !known {
			at = [2]string{string(avro.SignalKindUnknown), string(avro.SignalSeverityUnknown)}
		}
		counts[at]++
	}
	for at, n := range counts {
		out <- prometheus.MustNewConstMetric(g.raised, prometheus.GaugeValue, float64(n), at[0], at[1])
	}
}
