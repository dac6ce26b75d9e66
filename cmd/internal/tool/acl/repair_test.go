package acl_test

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/tool/forget"
	"github.com/tributary-hq/tributary/cmd/internal/tool/reset"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/processor"
)

func (l *life) forget(t *testing.T) {
	t.Helper()
	stop := l.start(t)
	config := forget.Config{
		Trace: trace.Config{Kafka: l.as(userOperator), Names: l.names, Sources: shop()}, Query: trace.Query{ID: "order-3"}, By: "the suite", Wait: time.Minute,
	}
	plan, _, err := forget.NewPlan(t.Context(), config)
	if err != nil || len(plan.Targets) != 1 {
		t.Fatalf("found %+v: %v", plan, err)
	}
	result, err := forget.Apply(t.Context(), config, plan)
	if err != nil || len(result.Forgotten) != 1 {
		t.Errorf("forgot %+v: %v", result, err)
	}
	stop()
}

func (l *life) reset(t *testing.T) {
	t.Helper()
	config := reset.Config{Kafka: l.as(userReset), Names: l.names, Topics: topicSettings(), Stage: processor.StageLOX24}
	var plan *reset.Plan
	// Else its session has to end.
	group := l.names.Group(config.Stage)
	if left, err := l.admin.LeaveGroup(t.Context(), kadm.LeaveGroup(group).InstanceIDs(group+".host.0")); err != nil || left.Error() != nil {
		t.Fatal(err, left.Error())
	}
	await(t, "the group to be empty", func() bool {
		var err error
		if plan, err = reset.NewPlan(t.Context(), &config); err != nil {
			t.Fatal(err)
		}
		return len(plan.Members) == 0
	})
	if err := reset.Apply(t.Context(), &config, plan); err != nil {
		t.Fatal(err)
	}
	stop := l.start(t)
	l.settled(t)
	stop()
}
