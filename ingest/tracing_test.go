package ingest_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

const (
	parentTrace = "0af7651916cd43dd8448eb211c80319c"
	parentSpan  = "b7ad6b7169203331"
	traceparent = "00-" + parentTrace + "-" + parentSpan + "-01"
)

// tracedRig records the spans of an ingest.
func tracedRig(t *testing.T, change func(*ingest.Config)) (*rig, *tracetest.SpanRecorder) {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder), sdk.WithSampler(sdk.ParentBased(sdk.AlwaysSample())))
	return newRigWith(t, change, func(d *ingest.Deps) { d.Tracer = provider }), recorder
}

// attributes are a span's, as text, without what changes from run to run.
func attributes(s sdk.ReadOnlySpan) []string {
	var out []string
	for _, kv := range s.Attributes() {
		switch kv.Key {
		case "messaging.destination.partition.id", "messaging.kafka.offset", "server.port", "http.request.body.size":
			out = append(out, string(kv.Key))
		default:
			out = append(out, string(kv.Key)+"="+text(kv.Value))
		}
	}
	slices.Sort(out)
	return out
}

func text(v attribute.Value) string { return fmt.Sprint(v.AsInterface()) }

// TestSpans: a request's span has the caller's as its parent, the record's span has
// the request's, and the record names its own; no span holds a secret of the path. The
// request's free text, tracestate and baggage, goes no further.
func TestSpans(t *testing.T) {
	t.Parallel()
	r, spans := tracedRig(t, nil)
	if a := r.post(loxPath, `{"data":{"id":"v"}}`, "Traceparent: "+traceparent, "Tracestate: vendor=1", "Baggage: phone=1"); a.code != http.StatusOK {
		t.Fatalf("%d %s", a.code, a.body)
	}
	ended := spans.Ended()
	if len(ended) != 2 {
		t.Fatalf("%d spans", len(ended))
	}
	send, request := ended[0], ended[1]
	if request.Name() != "POST /v1/lox24/{source}/{secret}" || request.SpanKind().String() != "server" ||
		request.Parent().SpanID().String() != parentSpan || request.SpanContext().TraceID().String() != parentTrace || !request.Parent().IsRemote() {
		t.Errorf("request: %s %s, parent %s", request.Name(), request.SpanKind(), request.Parent().SpanID())
	}
	if send.Name() != "send test.raw.lox24.v1" || send.SpanKind().String() != "producer" || send.Parent().SpanID() != request.SpanContext().SpanID() {
		t.Errorf("send: %s %s, parent %s", send.Name(), send.SpanKind(), send.Parent().SpanID())
	}
	e := envelope(t, r.records(schemas.RawLOX24, 1)[0])
	if want := "00-" + parentTrace + "-" + send.SpanContext().SpanID().String() + "-01"; e.Traceparent != want {
		t.Errorf("the record's context is %s, want %s", e.Traceparent, want)
	}
	if state := send.SpanContext().TraceState(); state.Len() != 0 {
		t.Errorf("the span has the request's tracestate %s", state)
	}
	if diff := cmp.Diff([]string{
		"http.request.body.size", "http.request.method=POST", "http.response.status_code=200", "http.route=/v1/lox24/{source}/{secret}",
		"network.protocol.version=1.1", "tributary.provider=lox24", "tributary.reason=accepted", "tributary.source=lox", "url.scheme=http",
	}, attributes(request)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"messaging.destination.name=test.raw.lox24.v1", "messaging.destination.partition.id", "messaging.kafka.offset",
		"messaging.operation.name=send", "messaging.operation.type=send", "messaging.system=kafka",
	}, attributes(send)); diff != "" {
		t.Error(diff)
	}
}

// TestSpansOfRefusals: the sender's fault is no error of ours, Kafka's absence is;
// a method that nobody knows makes no new name.
func TestSpansOfRefusals(t *testing.T) {
	t.Parallel()
	r, spans := tracedRig(t, nil)
	r.post("/v1/lox24/lox/a-wrong-secret", `{}`)
	r.send("BREW", loxPath, http.NoBody)
	r.post("/nowhere/"+loxSecret, `{}`)
	r.produceFails(kerr.InvalidRequiredAcks)
	r.post(loxPath, `{}`)
	var got []string
	for _, s := range spans.Ended() {
		got = append(got, fmt.Sprintf("%s %v", s.Name(), s.Status().Code == codes.Error))
		if all := fmt.Sprint(s.Name(), attributes(s)); strings.Contains(all, loxSecret) || strings.Contains(all, "a-wrong-secret") || strings.Contains(all, "BREW") {
			t.Errorf("a span holds what it must not: %s", all)
		}
	}
	if diff := cmp.Diff([]string{
		"POST /v1/lox24/{source}/{secret} false", "_OTHER /v1/lox24/{source}/{secret} false", "POST false",
		"send test.raw.lox24.v1 true", "POST /v1/lox24/{source}/{secret} true",
	}, got); diff != "" {
		t.Error(diff)
	}
}

// TestSpansOfBatch: the callbacks of a batch share one span.
func TestSpansOfBatch(t *testing.T) {
	t.Parallel()
	r, spans := tracedRig(t, nil)
	if a := r.post("/v1/voximplant/vox", callbacks(3)); a.code != http.StatusOK {
		t.Fatalf("%d %s", a.code, a.body)
	}
	send := spans.Ended()[0]
	if !slices.Contains(attributes(send), "messaging.batch.message_count=3") {
		t.Error(attributes(send))
	}
	for _, record := range r.records(schemas.RawVoximplant, 3) {
		if e := envelope(t, record); !strings.Contains(e.Traceparent, send.SpanContext().SpanID().String()) {
			t.Errorf("item %d has the context %s", e.Item, e.Traceparent)
		}
	}
}

// TestSpansOfRelay: the provider gets the context of the call's span, and no span
// holds a phone or the code.
func TestSpansOfRelay(t *testing.T) {
	t.Parallel()
	var got string
	r, spans := tracedRig(t, relayTo(provider(t, func(w http.ResponseWriter, request *http.Request) {
		got = request.Header.Get("Traceparent")
		_, _ = io.WriteString(w, testdata(t, "unibell_ok.json"))
	})))
	if a := r.post(flash, unibellRequest(t), "Authorization: Bearer "+callerToken); a.code != http.StatusOK {
		t.Fatalf("%d %s", a.code, a.body)
	}
	var names []string
	for _, s := range spans.Ended() {
		names = append(names, s.Name()+" "+s.SpanKind().String())
		if s.SpanKind().String() == "client" && !strings.Contains(got, s.SpanContext().SpanID().String()) {
			t.Errorf("the provider got the context %s", got)
		}
		if all := fmt.Sprint(s.Name(), attributes(s)); strings.Contains(all, "79001234567") || strings.Contains(all, "123456") || strings.Contains(all, callerToken) {
			t.Errorf("a span holds what it must not: %s", all)
		}
	}
	if diff := cmp.Diff([]string{
		"send test.raw.unibell.v1 producer", "POST client", "send test.raw.unibell.v1 producer", "POST /v1/unibell/{source}/calls/flash server",
	}, names); diff != "" {
		t.Error(diff)
	}
	for _, record := range r.records(schemas.RawUnibell, 2) {
		if e := envelope(t, record); e.Traceparent == "" || e.Kind == raw.KindWebhook {
			t.Errorf("%+v", e)
		}
	}
}

// TestUnsampled: who is not traced stays so, and the record says it.
func TestUnsampled(t *testing.T) {
	t.Parallel()
	r, spans := tracedRig(t, nil)
	r.post(loxPath, `{}`, "Traceparent: "+strings.TrimSuffix(traceparent, "1")+"0")
	e := envelope(t, r.records(schemas.RawLOX24, 1)[0])
	if len(spans.Ended()) != 0 || !strings.HasPrefix(e.Traceparent, "00-"+parentTrace) || !strings.HasSuffix(e.Traceparent, "-00") {
		t.Errorf("%d spans, context %s", len(spans.Ended()), e.Traceparent)
	}
}
