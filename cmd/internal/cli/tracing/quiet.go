package tracing

import (
	"context"
	"log/slog"
	"sync"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// remind is the interval between log lines while the collector is away.
const remind = 10 * time.Minute

// outage says once that something fails, then every remind with how often it did, and
// when it is over. A collector that is away is asked every few seconds for as long as
// it is: a line for each would drown the rest of the log. It is safe for use by several
// goroutines.
type outage struct {
	logger *slog.Logger
	now    func() time.Time

	mu sync.Mutex
	// since is when it first failed after it last worked; zero while it works.
	since, logged time.Time
	// failures are those since it last worked, unlogged those since the last line.
	failures, unlogged int
}

// failed notes a failure.
func (o *outage) failed(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	o.failures++
	o.unlogged++
	switch {
	case o.since.IsZero():
		o.since = now
	case now.Sub(o.logged) < remind:
		return
	}
	o.logger.Warn("traces were not sent: nothing else suffers; look at the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, or unset it",
		slog.String("error", err.Error()), slog.Int("failures", o.unlogged), slog.Duration("away", now.Sub(o.since)))
	o.logged, o.unlogged = now, 0
}

// worked notes that it is over.
func (o *outage) worked() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		return
	}
	o.logger.Info("traces are sent again", slog.Int("failures", o.failures), slog.Duration("away", o.now().Sub(o.since)))
	o.since, o.logged, o.failures, o.unlogged = time.Time{}, time.Time{}, 0, 0
}

// quiet is an exporter that logs failures once per outage instead of once per batch.
type quiet struct {
	sdk.SpanExporter

	outage *outage
}

// ExportSpans implements sdk.SpanExporter.
func (q *quiet) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if err := q.SpanExporter.ExportSpans(ctx, spans); err != nil {
		q.outage.failed(err)
		return nil // logged, and the caller would log it again
	}
	q.outage.worked()
	return nil
}
