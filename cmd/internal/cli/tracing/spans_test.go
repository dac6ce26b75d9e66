package tracing_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
)

const (
	callersTrace  = "0af7651916cd43dd8448eb211c80319c"
	callersParent = "00-" + callersTrace + "-b7ad6b7169203331-01"
)

// unsaid is what no span may hold.
func unsaid() []string {
	return []string{"the-source-secret", "+4915112345678", "4915112345678", "987654", "order-17", "a1b2c3d4-e5f6", "00000000-0000-4000-8000", "the-phone-key"}
}

// TestOneScenario: a webhook's spans, from the request to its journey, are of one trace,
// each the child of the one before; the journey's record carries it on, and the rounds
// link to it. No span holds anything of the body, nor a secret.
func TestOneScenario(t *testing.T) {
	t.Parallel()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder), sdk.WithSampler(sdk.ParentBased(sdk.AlwaysSample())))
	kafka := []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...), kgo.MetadataMinAge(50 * time.Millisecond)}
	createTopics(t, kafka)
	post(t, kafka, provider)
	stop := process(t, kafka, provider)
	carried := readJourney(t, kafka)
	stop() // ends the spans of the last round
	spans := recorder.Ended()

	var got []string
	for id := carried; ; {
		i := slices.IndexFunc(spans, func(s sdk.ReadOnlySpan) bool { return contextOf(s) == id })
		if i < 0 {
			got = append(got, id)
			break
		}
		got = append(got, spans[i].SpanKind().String()+": "+spans[i].Name())
		id = fmt.Sprintf("00-%s-%s-01", spans[i].SpanContext().TraceID(), spans[i].Parent().SpanID())
	}
	want := []string{
		"consumer: apply internal.journey.v1", "consumer: apply raw.lox24.v1", "producer: send raw.lox24.v1",
		"server: POST /v1/lox24/{source}", callersParent,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("from the journey back to the caller (-want +got):\n%s", diff)
	}
	for _, name := range []string{"process raw.lox24.v1", "process internal.journey.v1"} {
		linked := slices.ContainsFunc(spans, func(s sdk.ReadOnlySpan) bool {
			return s.Name() == name && slices.ContainsFunc(s.Links(), func(l sdk.Link) bool { return l.SpanContext.TraceID().String() == callersTrace })
		})
		if !linked {
			t.Errorf("no %s links to the webhook's trace", name)
		}
	}
	for _, s := range spans {
		all := fmt.Sprint(s.Name(), s.Attributes(), s.Events(), s.Status(), s.Links(), s.Resource())
		for _, secret := range unsaid() {
			if strings.Contains(all, secret) {
				t.Errorf("span %s holds %s: %s", s.Name(), secret, all)
			}
		}
	}
}

func contextOf(s sdk.ReadOnlySpan) string {
	return fmt.Sprintf("00-%s-%s-01", s.SpanContext().TraceID(), s.SpanContext().SpanID())
}

func createTopics(t *testing.T, kafka []kgo.Opt) {
	t.Helper()
	client, err := kgo.NewClient(kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	config := topics.Config{Partitions: 1, ReplicationFactor: 1, MinInsyncReplicas: 1}
	admin := kadm.NewClient(client)
	changes, err := topics.Diff(t.Context(), admin, topics.Want(&config, schemas.Names{}))
	if err == nil {
		err = topics.Apply(t.Context(), admin, config.ReplicationFactor, changes, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// post sends a webhook, as a caller that is traced, through ingest.
func post(t *testing.T, kafka []kgo.Opt, tracer trace.TracerProvider) {
	t.Helper()
	config := ingest.DefaultConfig()
	config.Listen, config.AccessLog = "127.0.0.1:0", false
	config.Sources = []ingest.Source{{ID: "shop", Provider: "lox24", Secrets: []ingest.Secret{{ID: "one", Ref: ingest.Ref{Value: "the-source-secret"}}}}}
	service, err := ingest.New(config, ingest.Deps{Kafka: kafka, Tracer: tracer, Now: time.Now})
	if err == nil {
		err = service.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	body := fmt.Sprintf(`{"id":"00000000-0000-4000-8000-000000000001","api_version":"2022-05-25","name":"verify_code.success","created_at":%d,"attempt_total":3,
"attempt_number":1,"notification_task_id":"3378de83-de66-4de8-9d29-2b10d41bb641","data":{"id":"a1b2c3d4-e5f6-7890-abcd-ef1234567890","user_id":1,
"phone":"+4915112345678","status":10,"routing_strategy":[{"channel":"telegram","timeout_sec":30,"sender_id":"x"}],"delivered_channel":"telegram",
"cost":5,"currency":"EUR","code":"987654","code_length":6,"payload":"order-17","created_at":%d,"updated_at":%d,"history":[],"is_code_deleted":false}}`, now, now, now)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+service.Addr()+"/v1/lox24/shop", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer the-source-secret")
	req.Header.Set("Traceparent", callersParent)
	client := &http.Client{}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	client.CloseIdleConnections()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("answered %d", resp.StatusCode)
	}
	if err := service.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// process runs all stages.
func process(t *testing.T, kafka []kgo.Opt, tracer trace.TracerProvider) (stop func()) {
	t.Helper()
	pseudonyms, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k", Secret: []byte("the-phone-key-89abcdef0123456789")}}})
	if err != nil {
		t.Fatal(err)
	}
	config := processor.DefaultConfig()
	config.Workers = map[string]int{}
	for _, stage := range processor.StageNames() {
		config.Workers[stage] = 1
	}
	config.Engine.InstanceID, config.Engine.StateDir, config.Engine.CommitInterval = "host", filepath.Join(t.TempDir(), "state"), 20*time.Millisecond
	p, err := processor.New(config, processor.Deps{
		Kafka: kafka, Privacy: pseudonyms, Version: "test", Tracer: tracer, Sources: []source.Source{{ID: "shop", Provider: "lox24"}},
		Fail: func(err error) { t.Error(err) },
		SchemaIDs: func(context.Context) (map[string]uint32, error) {
			ids := map[string]uint32{}
			for i, topic := range schemas.Table() {
				ids[topic.Name] = uint32(i + 1)
			}
			return ids, nil
		},
	})
	if err == nil {
		err = p.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := p.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// readJourney returns the context of the first journey.
func readJourney(t *testing.T, kafka []kgo.Opt) (traceparent string) {
	t.Helper()
	client, err := kgo.NewClient(append(slices.Clone(kafka), kgo.ConsumeTopics(schemas.EnrichedJourneys), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(50*time.Millisecond))...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatal("no journey came")
		}
		for _, r := range fetches.Records() {
			for _, h := range r.Headers {
				if h.Key == "traceparent" {
					return string(h.Value)
				}
			}
		}
	}
}
