package tracing

import (
	"context"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/stage"
)

// parent is a record of the transaction whose headers contain a sampled context.
type parent struct {
	record  *stage.Input
	context trace.SpanContext
}

func (p *parent) attributes() []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.MessagingDestinationPartitionID(strconv.Itoa(int(p.record.Partition))), semconv.MessagingKafkaOffset(int(p.record.Offset)),
	}
}

// sampledParents returns the records with a sampled context.
func sampledParents(records []task.Record) []parent {
	var out []parent
	for i := range records {
		if p, ok := sampledParent(&records[i].In); ok {
			out = append(out, p)
		}
	}
	return out
}

// sampledParent returns a record's trace context; ok is false if it is not sampled. An
// unsampled context is recognized by the last digit of the header, without parsing it.
func sampledParent(in *stage.Input) (parent, bool) {
	carrier := propagation.MapCarrier(nil)
	for i := range in.Headers {
		if h := &in.Headers[i]; h.Key == headerTraceparent && sampledFlag(h.Value) {
			carrier = propagation.MapCarrier{headerTraceparent: string(h.Value)}
		}
	}
	if carrier == nil {
		return parent{}, false
	}
	remote := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
	return parent{record: in, context: remote}, remote.IsValid() && remote.IsSampled()
}

// sampledFlag reports whether the sampled flag of a traceparent is set: the lowest bit
// of its last hexadecimal digit.
func sampledFlag(traceparent []byte) bool {
	const size = len("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	return len(traceparent) == size && strings.IndexByte("13579bdf", traceparent[size-1]) >= 0
}

// recordSpan is the span of a record, and the trace headers of its outputs.
type recordSpan struct {
	span    trace.Span
	headers []stage.Header
}

// beginRecord starts the span of a record as a child of the record's context.
func (t *Traces) beginRecord(p *parent) {
	links := []trace.Link(nil)
	if tx := t.transaction.SpanContext(); tx.IsSampled() {
		links = []trace.Link{{SpanContext: tx}}
	}
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), p.context)
	ctx, span := t.tracer.Start(ctx, "apply "+t.config.Input, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithLinks(links...),
		trace.WithAttributes(t.about...), trace.WithAttributes(p.attributes()...),
		trace.WithAttributes(semconv.MessagingOperationTypeProcess, semconv.MessagingOperationName("apply")))
	if !span.SpanContext().IsSampled() {
		span.End()
		return
	}
	r := &recordSpan{span: span}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	r.headers = []stage.Header{{Key: headerTraceparent, Value: []byte(carrier[headerTraceparent])}}
	t.records[position{p.record.Partition, p.record.Offset}] = r
}

// Carry adds the span's context to the outputs of a traced record, and the output
// topics to the span's attributes.
func (t *Traces) Carry(c *task.Context, in *stage.Input, outputs []stage.Output) {
	if t == nil || len(t.records) == 0 {
		return
	}
	r := t.records[position{in.Partition, in.Offset}]
	if r == nil {
		return
	}
	topics := make([]string, 0, len(outputs))
	for i := range outputs {
		o := &outputs[i]
		topics = append(topics, t.config.Prefix+o.Topic)
		if o.Topic == t.config.DeadLetter {
			continue // a dead letter keeps the raw record's headers
		}
		before := o.Headers
		o.Headers = append(withoutContext(before), r.headers...)
		if !c.Fits(o) {
			o.Headers = before
		}
	}
	r.span.SetAttributes(t.keys.outputs.StringSlice(topics))
}

// withoutContext returns a copy of headers without a traceparent: a stage may have
// copied the input's, which is the parent of the span.
func withoutContext(headers []stage.Header) []stage.Header {
	out := make([]stage.Header, 0, len(headers)+1)
	for _, h := range headers {
		if h.Key != headerTraceparent {
			out = append(out, h)
		}
	}
	return out
}
