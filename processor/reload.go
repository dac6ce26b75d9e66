package processor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
)

// Refresh loads the sources from Deps.ReadSources again, as on SIGHUP. Records decoded
// later use the new settings. If any source has a fault, nothing changes.
func (p *Processor) Refresh(ctx context.Context) error {
	if p.deps.ReadSources == nil {
		return errors.New("the sources of this processor do not change")
	}
	p.reload.Lock()
	defer p.reload.Unlock()
	next, err := p.deps.ReadSources(ctx)
	if err == nil {
		err = p.replace(ctx, next)
	}
	if err != nil {
		p.reloads.failed()
		return fmt.Errorf("the sources are unchanged: %w", err)
	}
	p.reloads.done()
	return nil
}

// replace puts other sources in force. The lock is held.
func (p *Processor) replace(ctx context.Context, next []source.Source) error {
	change, err := source.Compare(p.deps.Sources, next)
	if err != nil {
		return err
	}
	p.sources.Replace(next)
	p.expect(next)
	p.deps.Sources = slices.Clone(next)
	p.deps.Logger.InfoContext(ctx, "sources were reloaded", slog.Int("sources", len(next)), slog.Any("added", change.Added),
		slog.Any("changed", change.Changed), slog.Any("removed", change.Removed))
	return nil
}

// warnOfDefaults returns a function that logs, once for each source id, that entities
// of a source that is not configured are shown with their provider's default settings.
func (p *Processor) warnOfDefaults() func(id string) {
	var warned sync.Map
	return func(id string) {
		if _, again := warned.LoadOrStore(id, true); !again {
			p.deps.Logger.Warn("a source is not configured, but there is state of its entities: it is shown by the provider's defaults; configure the source, retired, until its entities have ended",
				slog.String("source", id))
		}
	}
}

// reloads are the metrics of reloads and their results.
type reloads struct {
	total *prometheus.CounterVec
	last  prometheus.Gauge
}

// registerReloads makes the counters; reg nil means nowhere.
func registerReloads(reg prometheus.Registerer) *reloads {
	r := &reloads{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tributary_processor_reloads_total", Help: "Reloads of the sources (SIGHUP), by result: done, failed.",
		}, []string{"result"}),
		last: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tributary_processor_last_reload_successful",
			Help: "0 if the last reload of the sources failed, so that those before are still in force; else 1.",
		}),
	}
	r.last.Set(1)
	for _, result := range []string{"done", "failed"} {
		r.total.WithLabelValues(result)
	}
	if reg != nil {
		reg.MustRegister(r.total, r.last)
	}
	return r
}

func (r *reloads) done() {
	r.total.WithLabelValues("done").Inc()
	r.last.Set(1)
}

func (r *reloads) failed() {
	r.total.WithLabelValues("failed").Inc()
	r.last.Set(0)
}

// registerClocks exposes the host's clock and when the keys of the pseudonyms end; reg
// nil means nowhere.
func registerClocks(reg prometheus.Registerer, pseudonyms *privacy.Pseudonymiser, now func() time.Time) {
	if reg == nil {
		return
	}
	if now == nil {
		now = time.Now
	}
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tributary_processor_clock_timestamp_seconds",
		Help: "What the clock of this host says, in Unix seconds. Compared with the time of the scrape it shows a clock that is wrong.",
	}, func() float64 { return float64(now().UnixMilli()) / 1000 }))
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tributary_processor_privacy_keys_end_timestamp_seconds",
		Help: "From when on no key of privacy.keys is in force, as Unix time; 0 if one has no end.",
	}, func() float64 {
		until, ends := pseudonyms.CoveredUntil(now())
		if !ends {
			return 0
		}
		return float64(until.Unix())
	}))
}
