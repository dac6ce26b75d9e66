package ingest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/relay"
)

// tracing makes the spans, named as OpenTelemetry's conventions have it:
//
//	POST /v1/lox24/{source}/{secret}   server, the provider's or our caller's request
//	├── send raw.lox24.v1              producer; its context stands in the records' headers
//	└── POST                           client, a relayed call
//
// Spans hold the route, never the path, and no value of a body. Without a provider
// there are none, at no cost: a parent's context goes through from the request to
// the record.
type tracing struct {
	tracer trace.Tracer // nil where no traces are taken
}

func newTracing(p trace.TracerProvider) tracing {
	if p == nil {
		return tracing{}
	}
	return tracing{tracer: p.Tracer("github.com/tributary-hq/tributary/ingest")}
}

// The attributes that no convention names.
const (
	attributeSource   = attribute.Key("tributary.source")
	attributeProvider = attribute.Key("tributary.provider")
	attributeReason   = attribute.Key("tributary.reason")
)

// request begins the span of a request, whose parent is in its headers, and
// returns the request with the span in its context.
func (t tracing) request(ctx context.Context, r *http.Request, route string) (*http.Request, requestSpan) {
	if t.tracer == nil {
		return r, requestSpan{}
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": r.Header.Get("Traceparent")})
	method := knownMethod(r.Method)
	name, scheme := method, "http"
	attributes := make([]attribute.KeyValue, 0, 8)
	if route != "/" {
		name += " " + route
		attributes = append(attributes, semconv.HTTPRoute(route))
	}
	if r.TLS != nil {
		scheme = "https"
	}
	attributes = append(attributes, semconv.HTTPRequestMethodKey.String(method), semconv.URLScheme(scheme),
		semconv.NetworkProtocolVersion(strings.TrimSuffix(strings.TrimPrefix(r.Proto, "HTTP/"), ".0")))
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attributes...))
	return r.WithContext(ctx), requestSpan{span}
}

// knownMethod returns the method, or "_OTHER", as the semantic convention demands for a
// method that is not standard: a sender could otherwise make up any number of label
// values.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	}
	return "_OTHER"
}

// requestSpan is the span of a request, or none.
type requestSpan struct{ span trace.Span }

// answered ends the span.
func (s requestSpan) answered(source, provider string, code int, reason string, size int) {
	switch {
	case s.span == nil:
		return
	case !s.span.IsRecording():
		s.span.End()
		return
	}
	s.span.SetAttributes(semconv.HTTPResponseStatusCode(code), semconv.HTTPRequestBodySize(size),
		attributeSource.String(source), attributeProvider.String(provider), attributeReason.String(reason))
	if code >= http.StatusInternalServerError {
		s.span.SetAttributes(semconv.ErrorTypeKey.String(reason))
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// send begins the span of records that are written to a topic.
func (t tracing) send(ctx context.Context, topic string, records int) (context.Context, sendSpan) {
	if t.tracer == nil {
		return ctx, sendSpan{}
	}
	attributes := []attribute.KeyValue{
		semconv.MessagingSystemKafka, semconv.MessagingOperationTypeSend, semconv.MessagingOperationName("send"),
		semconv.MessagingDestinationName(topic),
	}
	if records > 1 {
		attributes = append(attributes, semconv.MessagingBatchMessageCount(records))
	}
	ctx, span := t.tracer.Start(ctx, "send "+topic, trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(attributes...))
	return ctx, sendSpan{span}
}

// sendSpan is the span of a write, or none.
type sendSpan struct{ span trace.Span }

// sent ends the span. Where there is one record it says where that lies.
func (s sendSpan) sent(receipts []receipt, err error) {
	switch {
	case s.span == nil:
		return
	case !s.span.IsRecording():
		s.span.End()
		return
	}
	if len(receipts) == 1 {
		s.span.SetAttributes(semconv.MessagingDestinationPartitionID(strconv.Itoa(int(receipts[0].Partition))),
			semconv.MessagingKafkaOffset(int(receipts[0].Offset)))
	}
	if refusal, ok := errors.AsType[*proof.Refusal](err); ok {
		s.span.SetAttributes(semconv.ErrorTypeKey.String(refusal.Reason))
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// call begins the span of a relayed call. The provider's address is our setting.
func (t tracing) call(ctx context.Context, address string) (context.Context, callSpan) {
	if t.tracer == nil {
		return ctx, callSpan{}
	}
	attributes := []attribute.KeyValue{semconv.HTTPRequestMethodPost}
	if u, err := url.Parse(address); err == nil {
		attributes = append(attributes, semconv.ServerAddress(u.Hostname()), semconv.URLScheme(u.Scheme))
		if port, err := strconv.Atoi(u.Port()); err == nil {
			attributes = append(attributes, semconv.ServerPort(port))
		}
	}
	ctx, span := t.tracer.Start(ctx, http.MethodPost, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
	return ctx, callSpan{span}
}

// callSpan is the span of a relayed call, or none.
type callSpan struct{ span trace.Span }

// called ends the span.
func (s callSpan) called(a *relay.Answer) {
	if s.span == nil {
		return
	}
	if a.Status != 0 {
		s.span.SetAttributes(semconv.HTTPResponseStatusCode(a.Status))
	}
	switch {
	case a.End != relay.EndAnswered:
		s.span.SetAttributes(semconv.ErrorTypeKey.String(a.End))
		s.span.SetStatus(codes.Error, "")
	case a.Status >= http.StatusBadRequest:
		s.span.SetAttributes(semconv.ErrorTypeKey.String(strconv.Itoa(a.Status)))
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// context returns the traceparent (W3C trace context) for records and outgoing
// requests: that of the span in ctx, or without tracing the request's own. The
// request's tracestate and baggage are free text of its sender and are not passed on,
// because the headers go into topics that analysts read.
func (t tracing) context(ctx context.Context, h http.Header) (parent string) {
	if t.tracer == nil {
		return passed(h) //nolint:contextcheck // it reads a header and calls nothing
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier["traceparent"]
}

// passed returns a request's traceparent if it has the right shape.
func passed(h http.Header) (parent string) {
	const version00 = len("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	parent = h.Get("Traceparent")
	if len(parent) != version00 {
		return ""
	}
	ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{"traceparent": parent})
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return ""
	}
	return parent
}
