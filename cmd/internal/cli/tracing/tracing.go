// Package tracing sends the program's spans to a collector.
//
//	OTEL_… environment ─► New ─► Provider ─► OTLP over HTTP
//
// It is off unless the environment asks for it: OTEL_TRACES_EXPORTER=otlp, or the
// address of a collector in OTEL_EXPORTER_OTLP_ENDPOINT or
// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT. OpenTelemetry's other variables for an OTLP
// exporter over HTTP, samplers (OTEL_TRACES_SAMPLER), batches (OTEL_BSP_…) and resources
// (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) have their standard meaning.
//
// Ingest's sampler decides for a webhook's whole way: with parentbased_traceidratio
// and OTEL_TRACES_SAMPLER_ARG=0.01 one in a hundred is followed. The processor's sampler
// decides for the spans of its transactions.
//
// While the collector is away, spans are dropped and nothing else stops; this is logged
// once, then every ten minutes with a count, and when the collector is back.
package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Provider makes and sends spans. A nil one makes none.
type Provider struct {
	exporter *otlptrace.Exporter
	provider *sdk.TracerProvider
	logger   *slog.Logger
	// others are faults that no batch has: of settings, and spans that a collector takes
	// a part of.
	others *outage
}

// New returns a provider for a service, such as "tributary-ingest", or nil if the
// environment does not ask for traces. It does not connect; Start does. now is the
// clock for log intervals.
func New(service, version string, getenv func(string) string, logger *slog.Logger, now func() time.Time) (*Provider, error) {
	wanted, err := wanted(getenv)
	if err != nil || !wanted {
		return nil, err
	}
	// The environment's words come last: they win.
	about, err := resource.Merge(
		resource.NewSchemaless(semconv.ServiceName(service), semconv.ServiceVersion(version)), resource.Environment())
	if err != nil {
		return nil, fmt.Errorf("the resource of the traces (OTEL_RESOURCE_ATTRIBUTES): %w", err)
	}
	p := &Provider{exporter: otlptracehttp.NewUnstarted(), logger: logger, others: &outage{logger: logger, now: now}}
	logged := &quiet{p.exporter, &outage{logger: logger, now: now}}
	p.provider = sdk.NewTracerProvider(sdk.WithBatcher(logged), sdk.WithResource(about))
	return p, nil
}

// wanted reads whether there shall be traces, and whether we can send them.
func wanted(getenv func(string) string) (bool, error) {
	if strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") {
		return false, nil
	}
	first := func(names ...string) string {
		for _, name := range names {
			if v := getenv(name); v != "" {
				return v
			}
		}
		return ""
	}
	endpoint := first("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
	switch exporter := getenv("OTEL_TRACES_EXPORTER"); exporter {
	case "none":
		return false, nil
	case "":
		if endpoint == "" {
			return false, nil
		}
	case "otlp":
	default:
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER: %q is none of otlp, none", exporter)
	}
	protocol := first("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	if protocol != "" && protocol != "http/protobuf" {
		return false, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL: %q is not spoken here: set http/protobuf and the collector's port for it, 4318 as a rule", protocol)
	}
	return true, nil
}

// TracerProvider returns the source of tracers, or nil without tracing.
func (p *Provider) TracerProvider() trace.TracerProvider {
	if p == nil {
		return nil
	}
	return p.provider
}

// Start lets spans leave. A collector that is away loses spans, and stops nothing.
func (p *Provider) Start(ctx context.Context) error {
	if p == nil {
		return nil
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(p.others.failed))
	if err := p.exporter.Start(ctx); err != nil {
		return fmt.Errorf("start sending traces: %w", err)
	}
	p.logger.InfoContext(ctx, "traces are sent")
	return nil
}

// Stop flushes pending spans until ctx ends.
func (p *Provider) Stop(ctx context.Context) error {
	if p == nil {
		return nil
	}
	if err := p.provider.Shutdown(ctx); err != nil && !errors.Is(err, context.Canceled) {
		p.logger.WarnContext(ctx, "the last traces were not sent", slog.String("error", err.Error()))
	}
	return nil
}
