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
	since, told time.Time
	// failures are those since it last worked, untold those since the last line.
	failures, untold int
}

// failed notes a failure.
func (o *outage) failed(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	o.failures++
	o.untold++
	switch {
	case o.since.IsZero():
		o.since = now
	case now.Sub(o.told) < remind:
		return
	}
	o.logger.Warn("traces were not sent: nothing else suffers; look at the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, or unset it",
		slog.String("error", err.Error()), slog.Int("failures", o.untold), slog.Duration("away", now.Sub(o.since)))
	o.told, o.untold = now, 0
}

// worked notes that it is over.
func (o *outage) worked() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		return
	}
	o.logger.Info("traces are sent again", slog.Int("failures", o.failures), slog.Duration("away", o.now().Sub(o.since)))
	o.since, o.told, o.failures, o.untold = time.Time{}, time.Time{}, 0, 0
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
		return nil // told, and the caller would only tell it once more
	}
	q.outage.worked()
	return nil
}
