package pauses_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/tool/pauses"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/pause"
	"github.com/tributary-hq/tributary/schemas"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is the clock of the tests.
func noon() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }

// newConfig returns a broker with some topics under a prefix.
func newConfig(t *testing.T, topics ...string) pauses.Config {
	t.Helper()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	c := pauses.Config{
		Kafka: []kgo.Opt{kgo.SeedBrokers(fake.ListenAddrs()...)}, Names: schemas.Names{Prefix: "acme."}, Version: "test", Now: noon,
		SchemaIDs: func(context.Context) (map[string]uint32, error) {
			return map[string]uint32{schemas.InternalPauses: 7}, nil
		},
	}
	client, err := kgo.NewClient(c.Kafka...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	for _, topic := range topics {
		if _, err := kadm.NewClient(client).CreateTopic(t.Context(), 2, 1, nil, c.Names.Topic(topic)); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		r := &kgo.Record{Topic: c.Names.Topic(schemas.RawLOX24), Value: []byte("body"), Timestamp: noon().Add(-time.Minute)}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

type request pauses.Request

func (r request) apply(t *testing.T, c pauses.Config) *pauses.Plan {
	t.Helper()
	plan, err := pauses.NewPlan(t.Context(), c, (*pauses.Request)(&r))
	if err == nil {
		err = pauses.Apply(t.Context(), c, plan, (*pauses.Request)(&r))
	}
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func list(t *testing.T, c pauses.Config) []pause.Pause {
	t.Helper()
	all, err := pauses.List(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPauseAndResume: a plan says what waits, a pause is listed with who, why and until
// when, and a resume ends it, although the clock of its machine is behind.
func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	c := newConfig(t, schemas.RawLOX24, schemas.RawUAPAY, schemas.InternalPauses)
	ask := request{Stages: []string{processor.StageLOX24, processor.StageUAPAY}, By: "ann@host", Why: " a wrong release ", For: time.Hour}
	plan := ask.apply(t, c)
	if s := plan.Stages[0]; s.Unread != 3 || time.Duration(s.Age) != time.Minute || s.Pause != nil || s.Members != 0 {
		t.Errorf("plan = %+v, want 3 unread records, a minute old", s)
	}
	if diff := cmp.Diff([]string{processor.StageJourney, processor.StageInsights}, plan.Stages[0].Behind); diff != "" {
		t.Errorf("stages behind (-want +got):\n%s", diff)
	}
	want := []pause.Pause{
		{Stage: processor.StageLOX24, By: "ann@host", Why: "a wrong release", Since: noon(), Until: noon().Add(time.Hour)},
		{Stage: processor.StageUAPAY, By: "ann@host", Why: "a wrong release", Since: noon(), Until: noon().Add(time.Hour)},
	}
	if diff := cmp.Diff(want, list(t, c)); diff != "" {
		t.Errorf("List() (-want +got):\n%s", diff)
	}
	behind := c
	behind.Now = func() time.Time { return noon().Add(-time.Minute) }
	plan = request{Stages: []string{processor.StageLOX24}, Resume: true, By: "bob@host"}.apply(t, behind)
	if plan.Stages[0].Pause == nil {
		t.Error("the plan of a resume does not show the pause")
	}
	if diff := cmp.Diff(want[1:], list(t, c)); diff != "" {
		t.Errorf("List() after the resume (-want +got):\n%s", diff)
	}
	later := c
	later.Now = func() time.Time { return noon().Add(time.Hour) }
	if all := list(t, later); len(all) > 0 {
		t.Errorf("after an hour: %v, want that the pause has ended", all)
	}
	all := request{Stages: []string{processor.StageLOX24}, Resume: true}
	if again, err := pauses.NewPlan(t.Context(), c, (*pauses.Request)(&all)); err != nil || len(again.Changes((*pauses.Request)(&all))) > 0 {
		t.Errorf("a resume of a stage that runs changes %v, %v", again, err)
	}
}

// TestRefusals: what cannot be done is said before anything is written.
func TestRefusals(t *testing.T) {
	t.Parallel()
	c := newConfig(t, schemas.RawLOX24, schemas.InternalPauses)
	for name, r := range map[string]pauses.Request{
		"unknown stage": {Stages: []string{"lox25"}, Why: "x"},
		"too long":      {Stages: []string{processor.StageLOX24}, Why: "x", For: pauses.MaxFor + 1},
	} {
		if _, err := pauses.NewPlan(t.Context(), c, &r); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	if err := pauses.Apply(t.Context(), c, &pauses.Plan{Stages: []pauses.Stage{{Stage: processor.StageLOX24}}}, &pauses.Request{Why: " "}); !errors.Is(err, pauses.ErrWhy) {
		t.Errorf("Apply() without a reason = %v", err)
	}
	if all := list(t, c); len(all) > 0 {
		t.Errorf("something was written: %v", all)
	}
	if _, err := pauses.List(t.Context(), newConfig(t, schemas.RawLOX24)); err == nil || !strings.Contains(err.Error(), "tributary topics apply") {
		t.Errorf("List() without the topic = %v, want the remedy", err)
	}
}
