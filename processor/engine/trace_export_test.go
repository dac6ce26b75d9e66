package engine

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/stage"
)

// MaxLinks bounds the links of a round.
const MaxLinks = maxLinks

// TracedRounds plays the spans' part of rounds, without a broker.
type TracedRounds struct {
	w       *worker
	context *task.Context
	out     [1]stage.Output
}

// NewTracedRounds makes spans with a provider; nil makes none.
func NewTracedRounds(provider trace.TracerProvider) *TracedRounds {
	w := &worker{
		spec: Spec{Name: "sums"}, deps: &Deps{Tracer: provider, Namespace: "engine"}, group: "sums", input: "input", transactionalID: "sums.host.0",
		round: newRound("changelog"),
	}
	w.traces = newTraces(w)
	w.task = task.New(task.Config{Topics: map[string]task.Topic{"output": {Settings: Topic{MaxBytes: 1000}}}})
	return &TracedRounds{w: w, context: task.NewContext(w.task, &task.Start{})}
}

// Round begins and ends one of records whose inputs are prepared, each with an output
// of a size, and returns how many of those carry a context.
func (r *TracedRounds) Round(ctx context.Context, records []*kgo.Record, inputs []stage.Input, size int) (carried int) {
	r.w.round.inHeaders = r.w.round.inHeaders[:0]
	r.w.inputs(records)
	r.w.traces.begin(ctx, r.w.round.decoded)
	for i := range inputs {
		r.out[0] = stage.Output{Topic: "output", Value: inputs[i].Value[:size]}
		r.w.traces.carry(r.context, &inputs[i], r.out[:])
		if len(r.out[0].Headers) > 0 {
			carried++
		}
	}
	r.w.traces.ended(r.w, nil)
	return carried
}

// Inputs are what the stage sees of records.
func Inputs(records []*kgo.Record) []stage.Input {
	out := make([]stage.Input, len(records))
	for i, r := range records {
		out[i] = newRound("").input(r)
	}
	return out
}

// ErrorKind is the word for an error on spans.
func ErrorKind(err error) string { return errorKind(err) }

// FatalError is an error that ends a worker.
func FatalError(text string) error { return &fatalError{fmt.Errorf("%w: %s", errRejoin, text)} }

// TracedRecords are n records, each with a context of its own if one is given.
func TracedRecords(n int, flags string) []*kgo.Record {
	out := make([]*kgo.Record, n)
	for i := range out {
		out[i] = &kgo.Record{Topic: "input", Partition: int32(i % 3), Offset: int64(i), Value: make([]byte, 1000), Headers: []kgo.RecordHeader{
			{Key: "source", Value: []byte("shop")}, {Key: "provider", Value: []byte("uapay")}, {Key: "content-type", Value: []byte("application/json")},
		}}
		if flags != "" {
			parent := fmt.Sprintf("00-%032x-%016x-%s", i+1, i+1, flags)
			out[i].Headers = append(out[i].Headers, kgo.RecordHeader{Key: "traceparent", Value: []byte(parent)})
		}
	}
	return out
}
