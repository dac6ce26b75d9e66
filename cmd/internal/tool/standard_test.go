package tool_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/cmd/internal/tool/forget"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestStandardWebhooks: a sender without snapshots of its own beside a running processor.
// Its events join the journey of a verification; trace, deadletter, audit and forget treat
// them as those of any provider.
func TestStandardWebhooks(t *testing.T) { //nolint:paralleltest // others of this package add rows to the tables.
	s := tracetest.Start(t)
	s.Sources = append(s.Sources, source.Source{
		ID: "shipping", Provider: raw.ProviderStandard, Correlation: []source.Correlation{{Field: source.FieldBody, Pointer: "/data/order"}},
	})
	s.Run(t)
	client, err := kgo.NewClient(s.Kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	send := func(key, id, body string) {
		envelope := raw.Envelope{
			Source: "shipping", Provider: raw.ProviderStandard, Assurance: raw.AssuranceSignedBody, SecretID: "k", RequestID: "request-of-" + id,
			ReceivedAt: time.Now(), Kind: raw.KindWebhook, Items: 1, ContentType: "application/json",
		}
		r := &kgo.Record{Topic: s.Names.Topic(schemas.RawStandard), Key: []byte("standard:shipping:" + key), Value: []byte(body)}
		for _, h := range raw.Append[raw.Header](nil, &envelope) {
			r.Headers = append(r.Headers, kgo.RecordHeader(h))
		}
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: raw.HeaderWebhookID, Value: []byte(id)})
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	const order = "order-of-a-parcel"
	s.Verification(t, 1, order, 1, "success", 10)
	send(order, "msg_packed", fmt.Sprintf(`{"type":"order.packed","data":{"order":%q}}`, order))
	send(order, "msg_packed", fmt.Sprintf(`{"type":"order.packed","data":{"order":%q}}`, order))
	send("message:msg_broken", "msg_broken", `{"type":`)

	const key = "standard:shipping:" + order
	config := trace.Config{Kafka: s.Kafka, Names: s.Names, Sources: s.Sources}
	report := await(t, config, order, func(r *trace.Report) bool {
		j, ok := r.Journeys[0].Snapshot.(*avro.JourneySnapshot)
		return ok && len(j.Milestones) == 1 && len(j.Members) == 2 && j.Facts == 2
	})
	if i := slices.IndexFunc(report.Entities, func(e *trace.Entity) bool { return e.Key == key }); i < 0 || len(report.Entities[i].Steps) != 4 {
		t.Errorf("trace of the order: %+v", report.Entities)
	}
	report = await(t, config, "msg_packed", func(r *trace.Report) bool { return len(r.Journeys) == 1 })
	if !slices.Contains(report.Journeys[0].Members, key) {
		t.Errorf("trace of the webhook: %+v", report.Journeys[0])
	}

	reader := deadletter.NewReader(s.Kafka, s.Names)
	letters := 0
	if err := reader.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := reader.Each(t.Context(), &deadletter.Filter{Providers: []string{raw.ProviderStandard}}, func(*deadletter.Letter) error { letters++; return nil }); err != nil || letters != 1 {
		t.Errorf("%d dead letters, %v", letters, err)
	}
	sound(t, s)

	plan, _, err := forget.NewPlan(t.Context(), forget.Config{Trace: config, Query: trace.Query{ID: "msg_packed"}, By: "the test"})
	if err != nil || len(plan.Targets) != 1 || plan.Targets[0].Key != key {
		t.Fatalf("Prepare() = %+v, %v", plan, err)
	}
	result, err := forget.Apply(t.Context(), forget.Config{Trace: config, By: "the test", Wait: time.Minute}, plan)
	if err != nil || !slices.Equal(result.Forgotten, []string{key}) {
		t.Fatalf("Carry() = %+v, %v", result, err)
	}
	report = await(t, config, order, func(r *trace.Report) bool { return len(r.Journeys[0].Members) == 1 })
	if j, ok := report.Journeys[0].Snapshot.(*avro.JourneySnapshot); !ok || len(j.Milestones) != 0 {
		t.Errorf("after the erasure the journey has %+v", report.Journeys[0].Snapshot)
	}
	sound(t, s)
}

// await traces an id until the report with its journey is as wanted.
func await(t *testing.T, config trace.Config, id string, wanted func(*trace.Report) bool) *trace.Report {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		report, err := trace.Run(t.Context(), config, trace.Query{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Journeys) > 0 && wanted(report) {
			return report
		}
		if time.Now().After(deadline) {
			t.Fatalf("trace of %s: %+v", id, report)
		}
	}
}

// sound audits until every record is processed and fails on a difference.
func sound(t *testing.T, s *tracetest.Stack) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		report, err := audit.Run(t.Context(), audit.Config{Kafka: s.Kafka, Names: s.Names})
		if err != nil {
			t.Fatal(err)
		}
		if report.Differences == 0 && report.Waiting == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("audit: %+v, first %+v", report, report.Listed[0])
		}
	}
}
