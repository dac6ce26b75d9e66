package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/tributary-hq/tributary/processor/engine/failpoint"
)

const (
	followedTrace  = "0af7651916cd43dd8448eb211c80319c"
	followedParent = "00-" + followedTrace + "-b7ad6b7169203331-01"
	otherParent    = "00-11111111111111111111111111111111-2222222222222222-00"
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

// TestSpansOfARound: a round has a span that links to what is followed, a followed
// record has one in its own trace, and its outputs carry that on; others have none.
func TestSpansOfARound(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	provider, recorder := recorded()
	b.tracer = provider
	send := func(key, value, parent string) {
		record := &kgo.Record{Topic: b.names.Topic(input), Key: []byte(key), Value: []byte(value), Timestamp: now()}
		if parent != "" {
			record.Headers = []kgo.RecordHeader{{Key: "secret-name", Value: []byte("a-header-value")}, {Key: "traceparent", Value: []byte(parent)}}
		}
		b.client.Produce(t.Context(), record, nil)
	}
	send("followed-key", "body", followedParent)
	send("unsampled", "body", otherParent)
	send("untraced", "body", "")
	send("broken", "body", "00-not-a-context")
	send("poison", "poison", followedParent)
	if err := b.client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := b.start("one", 1, nil)
	headers := b.headers(output, 4)
	dead := b.headers(deadLetters, 1)
	b.stop(e)

	spans := recorder.Ended()
	// A round may be aborted, and is done again then.
	committed := func(name string) []sdk.ReadOnlySpan {
		return slices.DeleteFunc(named(spans, name), func(s sdk.ReadOnlySpan) bool { return attributesOf(s)["engine.outcome"] != "committed" })
	}
	applied := committed("apply " + b.names.Topic(input))
	if len(applied) != 2 {
		t.Fatalf("%d records have spans", len(applied))
	}
	carried := map[string]bool{}
	for _, s := range applied {
		if s.SpanContext().TraceID().String() != followedTrace || !s.Parent().IsRemote() || s.SpanKind().String() != "consumer" || len(s.Links()) != 1 {
			t.Errorf("apply: trace %s, kind %s, %d links", s.SpanContext().TraceID(), s.SpanKind(), len(s.Links()))
		}
		carried["00-"+followedTrace+"-"+s.SpanContext().SpanID().String()+"-01"] = true
		if got := attributesOf(s); got["messaging.operation.type"] != "process" || got["messaging.kafka.offset"] == "" {
			t.Errorf("apply: %v", got)
		}
	}
	if !carried[headers["followed-key"]] {
		t.Errorf("the output of a followed record carries %q, want one of %v", headers["followed-key"], carried)
	}
	for _, key := range []string{"unsampled", "untraced", "broken"} {
		if headers[key] != "" {
			t.Errorf("the output of %s carries %q", key, headers[key])
		}
	}
	if dead["poison"] != followedParent {
		t.Errorf("a dead letter is its raw record, with its context: %q", dead["poison"])
	}

	var links, records int
	for _, s := range committed("process " + b.names.Topic(input)) {
		got := attributesOf(s)
		links += len(s.Links())
		records++
		want := map[string]string{
			"messaging.system": "kafka", "messaging.consumer.group.name": b.names.Group("sums"), "messaging.destination.name": b.names.Topic(input),
			"engine.stage": "sums", "engine.worker": "0", "engine.transactional_id": b.names.Group("sums") + ".one.0",
		}
		for key, value := range want {
			if got[key] != value {
				t.Errorf("process: %s = %s, want %s", key, got[key], value)
			}
		}
		ends := slices.DeleteFunc(named(spans, "end transaction"), func(end sdk.ReadOnlySpan) bool { return end.Parent().SpanID() != s.SpanContext().SpanID() })
		if len(ends) != 1 || ends[0].Status().Code == codes.Error || attributesOf(ends[0])["messaging.operation.name"] != "commit" {
			t.Errorf("%d ends of a round's transaction", len(ends))
		}
	}
	if links != 2 || records == 0 {
		t.Errorf("%d links in %d rounds", links, records)
	}
	if restores := named(spans, "restore sums"); len(restores) == 0 || attributesOf(restores[0])["engine.restored_partitions"] != "4" {
		t.Errorf("%d restores", len(restores))
	}
	for _, s := range spans {
		all := fmt.Sprint(s.Name(), attributesOf(s), s.Events(), s.Status(), s.Links())
		for _, secret := range []string{"followed-key", "poison", "body", "a-header-value"} {
			if strings.Contains(all, secret) {
				t.Errorf("span %s holds %s: %s", s.Name(), secret, all)
			}
		}
	}
}

// headers returns the contexts of a topic's committed records by key, when there are n.
func (b *bench) headers(topic string, n int) map[string]string {
	b.t.Helper()
	reader, err := kgo.NewClient(append(b.kafka, kgo.ConsumeTopics(b.names.Topic(topic)), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.FetchMaxWait(50*time.Millisecond))...)
	if err != nil {
		b.t.Fatal(err)
	}
	defer reader.Close()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	out := map[string]string{}
	for len(out) < n {
		fetches := reader.PollFetches(ctx)
		if ctx.Err() != nil {
			b.t.Fatalf("%s has %d keys", topic, len(out))
		}
		fetches.EachRecord(func(r *kgo.Record) {
			out[string(r.Key)] = ""
			for _, h := range r.Headers {
				if h.Key == "traceparent" {
					out[string(r.Key)] = string(h.Value)
				}
			}
		})
	}
	return out
}

// TestSpansOfFailure: a round that fails says so in a word, and the next one commits.
func TestSpansOfFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	provider, recorder := recorded()
	b.tracer = provider
	failed := false
	b.send(3, now(), keys(3)...)
	e := b.start("one", 1, func(step failpoint.Point, _ int) error {
		if step == failpoint.Produced && !failed {
			failed = true
			return fmt.Errorf("the phone +4915112345678 of a record: %w", kerr.NotLeaderForPartition)
		}
		return nil
	})
	b.check()
	b.stop(e)
	outcomes := map[string]int{}
	for _, s := range recorder.Ended() {
		got := attributesOf(s)
		if strings.HasPrefix(s.Name(), "process ") {
			outcomes[got["engine.outcome"]]++
		}
		if got["engine.outcome"] == "failed" && (got["error.type"] != "not_leader_for_partition" || s.Status().Code != codes.Error) {
			t.Errorf("a failed round: %v, %v", got, s.Status())
		}
		if strings.Contains(fmt.Sprint(got, s.Status(), s.Events()), "+49") {
			t.Errorf("span %s holds an error's text: %v", s.Name(), got)
		}
	}
	if outcomes["failed"] != 1 || outcomes["committed"] == 0 {
		t.Errorf("outcomes of rounds: %v", outcomes)
	}
}
