package engine

import (
	"context"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
)

// traces creates a worker's spans, named after OpenTelemetry's semantic conventions:
//
//	process raw.lox24.v1        consumer, one transaction; linked with its records' contexts
//	├── end transaction         client, the commit or abort
//	└── restore lox24           internal, a resync with the broker
//	restore lox24               internal, of newly assigned partitions
//
//	send raw.lox24.v1           producer, by ingest, in the trace of a request
//	└── apply raw.lox24.v1      consumer, one record; its outputs carry its context on
//	    └── apply internal.journey.v1
//
// A record has its own span only if its parent was sampled. Spans contain topics,
// partitions, offsets and counts, but never a key or a value of a header or a body, and
// only the kind of an error. The methods of a nil traces do nothing.
type traces struct {
	tracer trace.Tracer
	// about are the attributes of all spans.
	about  []attribute.KeyValue
	stage  string
	input  string
	prefix string
	keys   attributeKeys
	// deadLetter is the dead-letter topic, without prefix.
	deadLetter string

	// The fields below belong to the current transaction. Only the worker's goroutine
	// uses them.
	round   trace.Span // nil before the span starts
	outcome string
	records map[place]*recordSpan
}

// place is a record's position in the input topic.
type place struct {
	partition int32
	offset    int64
}

// headerTraceparent is the header of a W3C trace context.
const headerTraceparent = "traceparent"

// attributeKeys are the attributes that the semantic conventions do not define.
type attributeKeys struct {
	stage, worker, transaction, partitions, outcome, outputs attribute.Key
	deadLetters, deadlines, restored, replayed, bytes        attribute.Key
}

func newAttributeKeys(namespace string) attributeKeys {
	key := func(name string) attribute.Key { return attribute.Key(namespace + "." + name) }
	return attributeKeys{
		stage:       key("stage"),
		worker:      key("worker"),
		transaction: key("transactional_id"),
		partitions:  key("partitions"),
		outcome:     key("outcome"),
		outputs:     key("outputs"),
		deadLetters: key("dead_letters"),
		deadlines:   key("deadlines"),
		restored:    key("restored_partitions"),
		replayed:    key("replayed_records"),
		bytes:       key("replayed_bytes"),
	}
}

// The outcomes of a transaction, also the values of its metric's label.
const (
	outcomeCommitted = "committed"
	outcomeAborted   = "aborted"
	outcomeFailed    = "failed"
	outcomeUnknown   = "unknown"
)

// newTraces returns nil if there is no tracer provider.
func newTraces(w *worker) *traces {
	if w.deps.Tracer == nil {
		return nil
	}
	keys := newAttributeKeys(w.deps.Namespace)
	return &traces{
		tracer: w.deps.Tracer.Tracer("github.com/tributary-hq/tributary/processor"),
		about: []attribute.KeyValue{
			semconv.MessagingSystemKafka, semconv.MessagingConsumerGroupName(w.group), semconv.MessagingDestinationName(w.input),
			keys.stage.String(w.spec.Name), keys.worker.Int(w.index), keys.transaction.String(w.transactionalID),
		},
		stage: w.spec.Name, input: w.input, prefix: w.deps.Prefix, keys: keys, deadLetter: w.spec.DeadLetter, records: map[place]*recordSpan{},
	}
}

// begin starts the span of a transaction with records, and a span for each record whose
// parent is sampled.
func (t *traces) begin(ctx context.Context, records []task.Record) context.Context {
	if t == nil {
		return ctx
	}
	t.outcome = ""
	if len(records) == 0 {
		return ctx // most of them write nothing: see transaction
	}
	parents := sampledParents(records)
	ctx = t.beginRound(ctx, records, parents)
	for i := range parents {
		t.beginRecord(&parents[i])
	}
	return ctx
}

// transaction starts the span of a transaction that has only timers.
func (t *traces) transaction(ctx context.Context) context.Context {
	if t == nil || t.round != nil {
		return ctx
	}
	return t.beginRound(ctx, nil, nil)
}

// maxLinks limits the links of a transaction's span. If there are more contexts, an
// even sample of them is linked.
const maxLinks = 64

func (t *traces) beginRound(ctx context.Context, records []task.Record, parents []parent) context.Context {
	ctx, t.round = t.tracer.Start(ctx, "process "+t.input, trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(t.about...),
		trace.WithAttributes(semconv.MessagingOperationTypeProcess, semconv.MessagingOperationName("process"), semconv.MessagingBatchMessageCount(len(records))))
	if !t.round.IsRecording() {
		return ctx
	}
	partitions := partitionsOf(records)
	t.round.SetAttributes(t.keys.partitions.Int64Slice(partitions))
	if len(partitions) == 1 {
		t.round.SetAttributes(semconv.MessagingDestinationPartitionID(strconv.FormatInt(partitions[0], 10)))
	}
	for i := range min(len(parents), maxLinks) {
		p := &parents[i*len(parents)/min(len(parents), maxLinks)]
		t.round.AddLink(trace.Link{SpanContext: p.context, Attributes: p.attributes()})
	}
	return ctx
}

// partitionsOf returns the partitions of records, in order.
func partitionsOf(records []task.Record) []int64 {
	seen := map[int32]bool{}
	out := []int64{}
	for i := range records {
		if p := records[i].In.Partition; !seen[p] {
			seen[p] = true
			out = append(out, int64(p))
		}
	}
	slices.Sort(out)
	return out
}

// ended ends the spans of the transaction. It is called before the memory of the
// transaction is reset.
func (t *traces) ended(w *worker, err error) {
	if t == nil || t.round == nil && err == nil {
		return
	}
	if t.round == nil {
		t.transaction(context.Background()) // a timer failed before transact
	}
	switch {
	case err != nil && t.outcome != outcomeUnknown:
		t.outcome = outcomeFailed
	case t.outcome == "":
		t.outcome = outcomeCommitted // nothing to write
	}
	if t.round.IsRecording() {
		deadLetters := 0
		for _, n := range w.task.DeadLetters {
			deadLetters += n
		}
		t.round.SetAttributes(t.keys.outcome.String(t.outcome), t.keys.outputs.Int(len(w.round.out)),
			t.keys.deadLetters.Int(deadLetters), t.keys.deadlines.Int(w.task.Fired))
	}
	failed(t.round, err)
	t.round.End()
	t.round = nil
	for _, r := range t.records {
		r.span.SetAttributes(t.keys.outcome.String(t.outcome))
		failed(r.span, err)
		r.span.End()
	}
	clear(t.records)
}

// failed sets a span's status and its error kind.
func failed(span trace.Span, err error) {
	if err == nil || !span.IsRecording() {
		return
	}
	kind := errorKind(err)
	span.SetAttributes(semconv.ErrorTypeKey.String(kind))
	span.SetStatus(codes.Error, kind)
}

// end ends a transaction, in its own span.
func (w *worker) end(ctx context.Context, try kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (committed bool, err error) {
	t := w.traces
	if t == nil {
		return w.session.End(ctx, try, offsets)
	}
	operation := "abort"
	if try == kgo.TryCommit {
		operation = "commit"
	}
	ctx, span := t.tracer.Start(ctx, "end transaction", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(t.about...),
		trace.WithAttributes(semconv.MessagingOperationTypeSettle, semconv.MessagingOperationName(operation)))
	committed, err = w.session.End(ctx, try, offsets)
	switch {
	case err != nil:
		t.outcome = outcomeUnknown
	case committed:
		t.outcome = outcomeCommitted
	default:
		t.outcome = outcomeAborted
	}
	span.SetAttributes(t.keys.outcome.String(t.outcome))
	failed(span, err)
	span.End()
	return committed, err
}

// restoreSpan is the span of a restore; span is nil if tracing is disabled.
type restoreSpan struct {
	span trace.Span
	keys *attributeKeys
}

// restore starts the span of a restore. It may be called concurrently with a
// transaction.
func (t *traces) restore(ctx context.Context, partitions int) (context.Context, restoreSpan) {
	if t == nil {
		return ctx, restoreSpan{}
	}
	ctx, span := t.tracer.Start(ctx, "restore "+t.stage, trace.WithAttributes(t.about...), trace.WithAttributes(t.keys.restored.Int(partitions)))
	return ctx, restoreSpan{span, &t.keys}
}

// ended ends the span.
func (s restoreSpan) ended(found map[int32]*restore.Result, err error) {
	if s.span == nil {
		return
	}
	var records, bytes int64
	for _, r := range found {
		records += r.Records
		bytes += r.Bytes
	}
	s.span.SetAttributes(s.keys.replayed.Int64(records), s.keys.bytes.Int64(bytes))
	failed(s.span, err)
	s.span.End()
}
