package tool_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/cmd/internal/tool/forget"
	"github.com/tributary-hq/tributary/cmd/internal/tool/reset"
	"github.com/tributary-hq/tributary/cmd/internal/tool/tail"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/schematest"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// The tests of this file add rows to the global tables, so none is parallel.

// unwritten returns the topics of the table that no role may write.
func unwritten() []string {
	left := map[string]bool{}
	for _, topic := range schemas.Table() {
		left[topic.Name] = true
	}
	for _, role := range acl.RoleNames() {
		for _, right := range acl.Rights(role, schemas.Names{}) {
			if right.Resource == acl.ResourceTopic && slices.Contains(right.Operations, "Write") {
				for _, name := range right.Names {
					delete(left, name)
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(left))
}

// unstaged returns what the stages leave out of each provider's row.
func unstaged() []string {
	var out []string
	for _, p := range schemas.Providers() {
		var written []string
		for _, stage := range processor.StageNames() {
			of, _ := processor.TopicsOf(stage)
			if of.Input == p.Raw {
				written = append(written, p.Raw, of.Changelog, of.DeadLetter)
			}
			written = append(written, of.Outputs...)
		}
		for _, topic := range append([]string{p.Raw, p.Changelog, p.DeadLetter, p.Enriched, p.Facts}, p.DecodedNames()...) {
			if topic != "" && !slices.Contains(written, topic) {
				out = append(out, topic)
			}
		}
	}
	return out
}

// TestEveryRowIsHandled: each topic has a stage or a tool that writes it, and the audit
// reads each.
func TestEveryRowIsHandled(t *testing.T) { //nolint:paralleltest // It adds rows to the global tables.
	s := tracetest.Start(t)
	if left := unwritten(); len(left) > 0 {
		t.Errorf("no role may write %v", left)
	}
	if left := unstaged(); len(left) > 0 {
		t.Errorf("no stage has %v", left)
	}
	report, err := audit.Run(t.Context(), audit.Config{Kafka: s.Kafka, Names: s.Names})
	if err != nil || report.Differences > 0 {
		t.Fatalf("audit = %+v, %v", report, err)
	}
	var providers []string
	for _, account := range report.Total() {
		providers = append(providers, account.Provider)
	}
	if diff := cmp.Diff(schemas.ProviderIDs(), providers); diff != "" {
		t.Errorf("providers in the audit's report (-table +report):\n%s", diff)
	}
}

// fake starts a cluster with the topics of a provider that nothing was written for, and
// a raw record, a fact and a dead letter of it.
func fake(t *testing.T) (*tracetest.Stack, schemas.Provider) {
	t.Helper()
	s, p := tracetest.Start(t), schematest.Fake()
	schematest.Add(t, p)
	client, err := kgo.NewClient(s.Kafka...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	admin := kadm.NewClient(client)
	changes, err := topics.Diff(t.Context(), admin, topics.Want(&s.Topics, s.Names))
	if err == nil {
		err = topics.Apply(t.Context(), admin, 1, changes, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	received := s.Webhook(t, p.ID, "fake:17", []byte(`{"id":"an-id-of-the-fake"}`))
	fact := avro.LOX24UnknownEvent{EventID: "an-id-of-the-fake", Origin: avro.Origin{
		Topic: received.Topic, Partition: received.Partition, Offset: received.Offset, Source: "shop",
	}, ReceivedAt: time.UnixMilli(1_700_000_000_000)}
	body, err := fact.AppendAvro(wire.Append(nil, 1))
	if err != nil {
		t.Fatal(err)
	}
	for topic, value := range map[string][]byte{p.Decoded[0].Name: body, p.DeadLetter: received.Value} {
		r := &kgo.Record{Topic: s.Names.Topic(topic), Key: received.Key, Value: value}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	return s, p
}

// TestAProviderThatNoStageReads: with a row in the table for which nothing else was
// written, each tool shows its records or fails; none passes over it in silence.
func TestAProviderThatNoStageReads(t *testing.T) { //nolint:paralleltest // It adds rows to the global tables.
	s, p := fake(t)
	for name, check := range map[string]func(*testing.T){ //nolint:paralleltest // as above
		"audit": func(t *testing.T) {
			t.Helper()
			if _, err := audit.Run(t.Context(), audit.Config{Kafka: s.Kafka, Names: s.Names}); err == nil || !strings.Contains(err.Error(), p.Raw) {
				t.Errorf("Run() = %v, want an error about %s", err, p.Raw)
			}
		},
		"trace": func(t *testing.T) { t.Helper(); traced(t, s, p) },
		"deadletter": func(t *testing.T) {
			t.Helper()
			reader := deadletter.NewReader(s.Kafka, s.Names)
			found := 0
			err := errors.Join(reader.Open(t.Context()), reader.Each(t.Context(), &deadletter.Filter{Providers: []string{p.ID}}, func(*deadletter.Letter) error {
				found++
				return nil
			}))
			if err != nil || found != 1 {
				t.Errorf("Each() found %d, %v", found, err)
			}
		},
		"tail": func(t *testing.T) {
			t.Helper()
			var out bytes.Buffer
			err := tail.Run(t.Context(), s.Kafka, tail.Options{Topics: []string{s.Names.Topic(p.Raw)}, Partition: -1, FromOffset: -1}, noSchema, &out)
			if err != nil || !strings.Contains(out.String(), "fake:17") {
				t.Errorf("Run() = %s, %v", out.String(), err)
			}
		},
		"reset": func(t *testing.T) {
			t.Helper()
			if _, err := reset.NewPlan(t.Context(), &reset.Config{Kafka: s.Kafka, Names: s.Names, Topics: s.Topics, Stage: p.ID}); err == nil {
				t.Error("Prepare() of a stage that is not there = nil")
			}
		},
		"forget": func(t *testing.T) {
			t.Helper()
			config := forget.Config{Trace: trace.Config{Kafka: s.Kafka, Names: s.Names}, Query: trace.Query{ID: "an-id-of-the-fake"}, By: "the test"}
			if plan, _, err := forget.NewPlan(t.Context(), config); err == nil || !strings.Contains(err.Error(), p.Raw) {
				t.Errorf("Prepare() = %+v, %v; want an error about %s", plan, err, p.Raw)
			}
		},
		"acl": func(t *testing.T) {
			t.Helper()
			want := []string{p.Changelog, p.Decoded[0].Name, p.DeadLetter}
			slices.Sort(want)
			if diff := cmp.Diff(want, unwritten()); diff != "" {
				t.Errorf("topics that no role may write (-want +got):\n%s", diff)
			}
		},
		"stages": func(t *testing.T) {
			t.Helper()
			if left := unstaged(); !slices.Contains(left, p.Raw) || !slices.Contains(left, p.Decoded[0].Name) {
				t.Errorf("unstaged() = %v", left)
			}
		},
	} {
		t.Run(name, check)
	}
}

func noSchema(context.Context, uint32) (string, error) { return "", errors.New("no schema") }

func traced(t *testing.T, s *tracetest.Stack, p schemas.Provider) {
	t.Helper()
	report, err := trace.Run(t.Context(), trace.Config{Kafka: s.Kafka, Names: s.Names}, trace.Query{ID: "an-id-of-the-fake"})
	if err != nil || len(report.Entities) != 1 {
		t.Fatalf("Run() = %+v, %v", report, err)
	}
	kinds := map[string]bool{}
	for i := range report.Entities[0].Steps {
		kinds[report.Entities[0].Steps[i].Kind] = true
	}
	if e := report.Entities[0]; e.Kind != p.Entity || !kinds[trace.StepReceived] || !kinds[trace.StepDecoded] || !kinds[trace.StepDeadLetter] {
		t.Errorf("trace found a %s with the steps %v", e.Kind, kinds)
	}
}

// TestATopicThatNoToolReads: a topic that is in the table and in no provider's row.
func TestATopicThatNoToolReads(t *testing.T) { //nolint:paralleltest // It adds rows to the global tables.
	row, _ := schemas.Find(schemas.EnrichedPayments)
	row.Name = "enriched.things.v1"
	s := tracetest.Start(t)
	schematest.AddTopics(t, row)
	client, err := kgo.NewClient(s.Kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).CreateTopic(t.Context(), 1, 1, nil, s.Names.Topic(row.Name)); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Run(t.Context(), audit.Config{Kafka: s.Kafka, Names: s.Names}); err == nil || !strings.Contains(err.Error(), row.Name) {
		t.Errorf("audit = %v, want an error about %s", err, row.Name)
	}
	if _, err := trace.Run(t.Context(), trace.Config{Kafka: s.Kafka, Names: s.Names}, trace.Query{ID: "order-1"}); err == nil || !strings.Contains(err.Error(), row.Name) {
		t.Errorf("trace = %v, want an error about %s", err, row.Name)
	}
	if left := unwritten(); !slices.Equal(left, []string{row.Name}) {
		t.Errorf("unwritten() = %v", left)
	}
}
