package tracing_test

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tributary-hq/tributary/cmd/internal/cli/tracing"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// TestWanted: traces are off unless the environment asks, and a setting that we
// cannot follow is a fault.
func TestWanted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env   map[string]string
		on    bool
		fault string
	}{
		"nothing set":       {},
		"an address":        {env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, on: true},
		"traces' address":   {env: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1"}, on: true},
		"otlp by name":      {env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, on: true},
		"none":              {env: map[string]string{"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}},
		"disabled":          {env: map[string]string{"OTEL_SDK_DISABLED": "TRUE", "OTEL_TRACES_EXPORTER": "otlp"}},
		"another exporter":  {env: map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, fault: "OTEL_TRACES_EXPORTER"},
		"another protocol":  {env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, fault: "http/protobuf"},
		"protocol, no need": {env: map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}},
	} {
		p, err := tracing.New("service", "v", func(name string) string { return c.env[name] }, discard(), time.Now)
		if (p.TracerProvider() != nil) != c.on || (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: on %v, %v", name, p != nil, err)
		}
		if !c.on {
			if err := p.Start(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if err := p.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestSends: a collector gets the span, and whose it is.
func TestSends(t *testing.T) {
	got := make(chan *collector.ExportTraceServiceRequest, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			var err error
			if body, err = gzip.NewReader(r.Body); err != nil {
				t.Error(err)
				return
			}
		}
		text, err := io.ReadAll(body)
		if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("X-Team") != "payments" {
			t.Errorf("%s %v %v", r.URL.Path, r.Header, err)
		}
		request := &collector.ExportTraceServiceRequest{}
		if err := proto.Unmarshal(text, request); err != nil {
			t.Error(err)
		}
		got <- request
	}))
	defer server.Close()
	// The exporter reads the environment itself.
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=payments")
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
	p, err := tracing.New("tributary-ingest", "v1", os.Getenv, discard(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, span := p.TracerProvider().Tracer("test").Start(t.Context(), "a span")
	span.End()
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := (<-got).String()
	for _, want := range []string{"a span", "tributary-ingest", "service.version", "deployment.environment.name"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// TestCollectorAway: a stop ends, and is no failure.
func TestCollectorAway(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
	t.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "100")
	p, err := tracing.New("s", "v", func(name string) string { return map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}[name] }, discard(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, span := p.TracerProvider().Tracer("test").Start(t.Context(), "lost")
	span.End()
	if err := p.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
