package tracing_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/engine/internal/tracing"
	"github.com/tributary-hq/tributary/processor/stage"
)

// recorded makes spans as the program does, into memory.
func recorded() (*sdk.TracerProvider, *tracetest.SpanRecorder) {
	recorder := tracetest.NewSpanRecorder()
	return sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder), sdk.WithSampler(sdk.ParentBased(sdk.AlwaysSample()))), recorder
}

// attributesOf are a span's, as text.
func attributesOf(s sdk.ReadOnlySpan) map[string]string {
	out := map[string]string{}
	for _, kv := range s.Attributes() {
		out[string(kv.Key)] = fmt.Sprint(kv.Value.AsInterface())
	}
	return out
}

// named returns the ended spans of a name.
func named(spans []sdk.ReadOnlySpan, name string) []sdk.ReadOnlySpan {
	return slices.DeleteFunc(slices.Clone(spans), func(s sdk.ReadOnlySpan) bool { return s.Name() != name })
}

// transactions plays the spans' part of transactions.
type transactions struct {
	traces  *tracing.Traces
	context *task.Context
	out     [1]stage.Output
}

// newTransactions makes spans with a provider; nil makes none.
func newTransactions(provider trace.TracerProvider) *transactions {
	of := task.New(task.Config{Topics: map[string]task.Topic{"output": {Settings: task.Settings{MaxBytes: 1000}}}})
	return &transactions{
		traces: tracing.New(tracing.Config{
			Provider: provider, Namespace: "engine", Stage: "sums", Group: "sums", Input: "input", TransactionalID: "sums.host.0",
			ErrorKind: func(error) string { return "" },
		}),
		context: task.NewContext(of, &task.Start{}),
	}
}

// run plays a transaction of records, each with an output of a size, and returns how many
// outputs carry a trace context.
func (x *transactions) run(ctx context.Context, records []task.Record, size int) (carried int) {
	x.traces.Begin(ctx, records)
	for i := range records {
		x.out[0] = stage.Output{Topic: "output", Value: records[i].In.Value[:size]}
		x.traces.Carry(x.context, &records[i].In, x.out[:])
		if len(x.out[0].Headers) > 0 {
			carried++
		}
	}
	x.traces.Ended(tracing.Counts{}, nil)
	return carried
}

// tracedRecords are n records, each with a trace context of its own if flags are given.
func tracedRecords(n int, flags string) []task.Record {
	out := make([]task.Record, n)
	for i := range out {
		out[i].In = stage.Input{Topic: "input", Partition: int32(i % 3), Offset: int64(i), Value: make([]byte, 1000), Headers: []stage.Header{
			{Key: "source", Value: []byte("shop")}, {Key: "content-type", Value: []byte("application/json")},
		}}
		if flags != "" {
			parent := fmt.Sprintf("00-%032x-%016x-%s", i+1, i+1, flags)
			out[i].In.Headers = append(out[i].In.Headers, stage.Header{Key: "traceparent", Value: []byte(parent)})
		}
	}
	return out
}

// TestLinksAreBounded: a large round links to some of its records, from its beginning
// to its end.
func TestLinksAreBounded(t *testing.T) {
	t.Parallel()
	provider, recorder := recorded()
	records := tracedRecords(1000, "01")
	if n := newTransactions(provider).run(t.Context(), records, 10); n != len(records) {
		t.Errorf("%d of %d outputs carry a context", n, len(records))
	}
	round := named(recorder.Ended(), "process input")[0]
	if len(round.Links()) != 64 || len(recorder.Ended()) != len(records)+1 || attributesOf(round)["engine.partitions"] != "[0 1 2]" {
		t.Errorf("%d links, %d spans, %v", len(round.Links()), len(recorder.Ended()), attributesOf(round))
	}
	var offsets []int
	for _, link := range round.Links() {
		for _, kv := range link.Attributes {
			if kv.Key == "messaging.kafka.offset" {
				offsets = append(offsets, int(kv.Value.AsInt64()))
			}
		}
	}
	if !slices.IsSorted(offsets) || offsets[0] != 0 || offsets[len(offsets)-1] < 900 {
		t.Errorf("links to the offsets %v", offsets)
	}
}

// TestNoRoomForAContext: an output that fills its topic's limit is sent without.
func TestNoRoomForAContext(t *testing.T) {
	t.Parallel()
	provider, _ := recorded()
	records, transactions := tracedRecords(2, "01"), newTransactions(provider)
	for size, want := range map[int]int{700: 2, 830: 0, 872: 0} { // the topic takes 1000, the frame of a record is counted as 128
		if n := transactions.run(t.Context(), records, size); n != want {
			t.Errorf("outputs of %d bytes: %d carry a context, want %d", size, n, want)
		}
	}
}

// TestNoTracesCostNothing: a record costs no allocation where there are no traces, nor
// where nobody follows it.
func TestNoTracesCostNothing(t *testing.T) { //nolint:paralleltest // allocations are counted of the whole process
	const n = 1000
	for name, test := range map[string]struct {
		transactions *transactions
		flags        string
		most         float64 // allocations of a round
	}{
		"off, no context":     {newTransactions(nil), "", 0},
		"off, sampled":        {newTransactions(nil), "01", 0},
		"nothing is followed": {newTransactions(sdk.NewTracerProvider(sdk.WithSampler(sdk.ParentBased(sdk.NeverSample())))), "00", n / 20},
	} {
		records := tracedRecords(n, test.flags)
		if allocs := testing.AllocsPerRun(20, func() { test.transactions.run(t.Context(), records, 10) }); allocs > test.most {
			t.Errorf("%s: a round of %d records costs %v allocations, at most %v", name, n, allocs, test.most)
		}
	}
}

// BenchmarkTraces measures the cost of spans for each record.
func BenchmarkTraces(b *testing.B) {
	always, never := sdk.NewTracerProvider(), sdk.NewTracerProvider(sdk.WithSampler(sdk.ParentBased(sdk.NeverSample())))
	for _, test := range []struct {
		name         string
		transactions *transactions
		flags        string
	}{
		{"off", newTransactions(nil), "01"},
		{"untraced", newTransactions(never), ""},
		{"unsampled", newTransactions(never), "00"},
		{"sampled", newTransactions(always), "01"},
	} {
		b.Run(test.name, func(b *testing.B) {
			records := tracedRecords(1000, test.flags)
			b.ReportAllocs()
			for i := 0; i < b.N; i += len(records) {
				test.transactions.run(b.Context(), records, 10)
			}
		})
	}
}
