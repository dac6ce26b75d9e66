package processor_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/fx"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

func TestDefaultConfigIsValid(t *testing.T) {
	t.Parallel()
	c := processor.DefaultConfig()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

func TestValidateNamesEveryFault(t *testing.T) {
	t.Parallel()
	c := processor.DefaultConfig()
	c.Stages = []string{"lox24", "lox42", "lox24"}
	c.Upstreams = []string{"voximplant"}
	c.Workers = map[string]int{"journey": 0, "nobody": 1}
	c.DedupeSpan = 0
	c.Deadlines.Call = -time.Second
	c.Retention.Payment = 0
	c.Engine.CommitInterval = 0
	c.Engine.StateDir = ""
	err := c.Validate()
	if err == nil {
		t.Fatal("Validate() = nil")
	}
	for _, want := range []string{
		`stages[1]: "lox42"`, `stages[2]: "lox24" is there twice`, `upstreams[0]`, `workers.journey`, `workers.nobody`, "dedupe_span", "deadlines.call",
		"retention.payment", "engine.commit_interval", "engine.state_dir",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Validate() does not name %s:\n%v", want, err)
		}
	}
}

// TestEveryTopicHasItsStage: the topic table and the stages agree on what is
// written by whom.
func TestEveryTopicHasItsStage(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, name := range processor.StageNames() {
		topics, ok := processor.TopicsOf(name)
		if !ok {
			t.Fatalf("stage %s has no topics", name)
		}
		for _, topic := range append([]string{topics.Input, topics.Changelog, topics.DeadLetter}, topics.Outputs...) {
			if _, ok := schemas.Find(topic); !ok {
				t.Errorf("stage %s: topic %s is not in the table", name, topic)
			}
			used[topic] = true
		}
		in, _ := schemas.Find(topics.Input)
		log, _ := schemas.Find(topics.Changelog)
		if in.Family != name || log.Family != name {
			t.Errorf("stage %s: input of family %s, changelog of %s", name, in.Family, log.Family)
		}
	}
	for _, topic := range schemas.Table() {
		if topic.Name == schemas.InternalReplays || topic.Name == schemas.InternalPauses || topic.Name == schemas.Operations {
			continue // written by commands of operators and by the console
		}
		if !used[topic.Name] {
			t.Errorf("no stage reads or writes %s", topic.Name)
		}
	}
	if _, ok := processor.TopicsOf("nobody"); ok {
		t.Error("TopicsOf() knows a stage that does not exist")
	}
}

func TestModule(t *testing.T) {
	t.Parallel()
	err := fx.ValidateApp(
		fx.Supply(processor.DefaultConfig(), processor.Deps{SchemaIDs: func(context.Context) (map[string]uint32, error) { return nil, nil }}),
		processor.Module(),
	)
	if err != nil {
		t.Error(err)
	}
}
