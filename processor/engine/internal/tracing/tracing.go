package tracing

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

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
)

// Config describes the worker that is traced.
type Config struct {
	// Provider creates the tracer. Nil disables tracing.
	Provider trace.TracerProvider
	// Namespace begins the names of the attributes that the semantic conventions do not
	// define.
	Namespace string
	Stage     string
	// Worker is the worker's number.
	Worker                        int
	Group, Input, TransactionalID string
	// Prefix is that of topics; DeadLetter is the dead-letter topic without it.
	Prefix, DeadLetter string
	// ErrorKind maps an error to a constant that contains no record data.
	ErrorKind func(error) string
}

// Traces creates a worker's spans. The methods of a nil Traces do nothing.
type Traces struct {
	config Config
	tracer trace.Tracer
	// about are the attributes of all spans.
	about []attribute.KeyValue
	keys  attributeKeys

	// The fields below belong to the current transaction. Only the worker's goroutine
	// uses them.
	transaction trace.Span // nil before the span starts
	outcome     string
	records     map[position]*recordSpan
}

// position is a record's position in the input topic.
type position struct {
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
	Committed = "committed"
	Aborted   = "aborted"
	Failed    = "failed"
	Unknown   = "unknown"
)

// New returns nil if there is no tracer provider.
func New(config Config) *Traces {
	if config.Provider == nil {
		return nil
	}
	keys := newAttributeKeys(config.Namespace)
	return &Traces{
		config: config, tracer: config.Provider.Tracer("github.com/tributary-hq/tributary/processor"),
		about: []attribute.KeyValue{
			semconv.MessagingSystemKafka, semconv.MessagingConsumerGroupName(config.Group), semconv.MessagingDestinationName(config.Input),
			keys.stage.String(config.Stage), keys.worker.Int(config.Worker), keys.transaction.String(config.TransactionalID),
		},
		keys: keys, records: map[position]*recordSpan{},
	}
}

// Begin starts the span of a transaction with records, and a span for each record whose
// parent is sampled.
func (t *Traces) Begin(ctx context.Context, records []task.Record) context.Context {
	if t == nil {
		return ctx
	}
	t.outcome = ""
	if len(records) == 0 {
		return ctx // most of them write nothing: see Transaction
	}
	parents := sampledParents(records)
	ctx = t.beginTransaction(ctx, records, parents)
	for i := range parents {
		t.beginRecord(&parents[i])
	}
	return ctx
}

// Transaction starts the span of a transaction that has only timers.
func (t *Traces) Transaction(ctx context.Context) context.Context {
	if t == nil || t.transaction != nil {
		return ctx
	}
	return t.beginTransaction(ctx, nil, nil)
}

// maxLinks limits the links of a transaction's span. If there are more contexts, an
// even sample of them is linked.
const maxLinks = 64

func (t *Traces) beginTransaction(ctx context.Context, records []task.Record, parents []parent) context.Context {
	ctx, t.transaction = t.tracer.Start(ctx, "process "+t.config.Input, trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(t.about...),
		trace.WithAttributes(semconv.MessagingOperationTypeProcess, semconv.MessagingOperationName("process"), semconv.MessagingBatchMessageCount(len(records))))
	if !t.transaction.IsRecording() {
		return ctx
	}
	partitions := partitionsOf(records)
	t.transaction.SetAttributes(t.keys.partitions.Int64Slice(partitions))
	if len(partitions) == 1 {
		t.transaction.SetAttributes(semconv.MessagingDestinationPartitionID(strconv.FormatInt(partitions[0], 10)))
	}
	for i := range min(len(parents), maxLinks) {
		p := &parents[i*len(parents)/min(len(parents), maxLinks)]
		t.transaction.AddLink(trace.Link{SpanContext: p.context, Attributes: p.attributes()})
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

// Counts are the numbers of outputs, dead letters and fired timers of a transaction.
type Counts struct{ Outputs, DeadLetters, Timers int }

// Ended ends the spans of the transaction. It is called before the memory of the
// transaction is reset.
func (t *Traces) Ended(of Counts, err error) {
	if t == nil || t.transaction == nil && err == nil {
		return
	}
	if t.transaction == nil {
		t.Transaction(context.Background()) // a timer failed before the commit
	}
	switch {
	case err != nil && t.outcome != Unknown:
		t.outcome = Failed
	case t.outcome == "":
		t.outcome = Committed // nothing to write
	}
	if t.transaction.IsRecording() {
		t.transaction.SetAttributes(t.keys.outcome.String(t.outcome), t.keys.outputs.Int(of.Outputs),
			t.keys.deadLetters.Int(of.DeadLetters), t.keys.deadlines.Int(of.Timers))
	}
	t.failed(t.transaction, err)
	t.transaction.End()
	t.transaction = nil
	for _, r := range t.records {
		r.span.SetAttributes(t.keys.outcome.String(t.outcome))
		t.failed(r.span, err)
		r.span.End()
	}
	clear(t.records)
}

// failed sets a span's status and its error kind.
func (t *Traces) failed(span trace.Span, err error) {
	if err == nil || !span.IsRecording() {
		return
	}
	kind := t.config.ErrorKind(err)
	span.SetAttributes(semconv.ErrorTypeKey.String(kind))
	span.SetStatus(codes.Error, kind)
}

// End ends a transaction of a session, in its own span.
func (t *Traces) End(ctx context.Context, session kafka.Session, try kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (committed bool, err error) {
	if t == nil {
		return session.End(ctx, try, offsets) //nolint:wrapcheck // the caller names the request
	}
	operation := "abort"
	if try == kgo.TryCommit {
		operation = "commit"
	}
	ctx, span := t.tracer.Start(ctx, "end transaction", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(t.about...),
		trace.WithAttributes(semconv.MessagingOperationTypeSettle, semconv.MessagingOperationName(operation)))
	committed, err = session.End(ctx, try, offsets)
	switch {
	case err != nil:
		t.outcome = Unknown
	case committed:
		t.outcome = Committed
	default:
		t.outcome = Aborted
	}
	span.SetAttributes(t.keys.outcome.String(t.outcome))
	t.failed(span, err)
	span.End()
	return committed, err //nolint:wrapcheck // the caller names the request
}

// RestoreSpan is the span of a restore. The zero value does nothing.
type RestoreSpan struct {
	span trace.Span
	of   *Traces
}

// Restore starts the span of a restore. It may be called concurrently with a transaction.
func (t *Traces) Restore(ctx context.Context, partitions int) (context.Context, RestoreSpan) {
	if t == nil {
		return ctx, RestoreSpan{}
	}
	ctx, span := t.tracer.Start(ctx, "restore "+t.config.Stage, trace.WithAttributes(t.about...), trace.WithAttributes(t.keys.restored.Int(partitions)))
	return ctx, RestoreSpan{span, t}
}

// Ended ends the span.
func (s RestoreSpan) Ended(found map[int32]*restore.Result, err error) {
	if s.span == nil {
		return
	}
	var records, bytes int64
	for _, r := range found {
		records += r.Records
		bytes += r.Bytes
	}
	s.span.SetAttributes(s.of.keys.replayed.Int64(records), s.of.keys.bytes.Int64(bytes))
	s.of.failed(s.span, err)
	s.span.End()
}
