package forget

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/tool/pauses"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/pause"
	"github.com/tributary-hq/tributary/schemas"
)

// read reports whether a stage reads a raw topic.
func read(topic string) bool {
	return slices.ContainsFunc(processor.StageNames(), func(stage string) bool {
		topics, _ := processor.TopicsOf(stage)
		return topics.Input == topic
	})
}

// internalOf returns the changelogs and internal topics that hold records of the
// targets.
func internalOf(p *Plan) []string {
	var out []string
	add := func(topic string) {
		if topic != "" && !slices.Contains(out, topic) {
			out = append(out, topic)
		}
	}
	for i := range p.Targets {
		for _, stage := range stagesOf(&p.Targets[i]) {
			topics, _ := processor.TopicsOf(stage)
			add(topics.Changelog)
			if strings.HasPrefix(topics.Input, "internal.") {
				add(topics.Input)
			}
		}
	}
	return out
}

// stagesOf returns the stages that must erase a target.
func stagesOf(t *Target) []string {
	var out []string
	for _, stage := range processor.StageNames() {
		topics, _ := processor.TopicsOf(stage)
		raw := trace.ProviderOf(t.Key).Raw
		if topics.Input == raw || stage == processor.StageUnibellCall && raw == schemas.RawUnibell || stage == processor.StageJourney && len(t.Journeys) > 0 {
			out = append(out, stage)
		}
	}
	return out
}

// waitsFor reports whether a target is erased by a stage.
func (p *Plan) waitsFor(stage string) bool {
	return slices.ContainsFunc(p.Targets, func(t Target) bool { return slices.Contains(stagesOf(&t), stage) })
}

// idle returns the stages of the targets whose groups have no members.
func idle(ctx context.Context, admin *kadm.Client, names schemas.Names, p *Plan) ([]string, error) {
	var out []string
	for _, stage := range processor.StageNames() {
		if !p.waitsFor(stage) {
			continue
		}
		groups, err := admin.DescribeGroups(ctx, names.Group(stage))
		if err != nil {
			return nil, fmt.Errorf("look at group %s: %w", names.Group(stage), err)
		}
		if g := groups[names.Group(stage)]; len(g.Members) == 0 {
			out = append(out, stage)
		}
	}
	return out, nil
}

// paused returns the pauses of the targets' stages. Without the topic of pauses no stage is
// paused.
func paused(ctx context.Context, c *trace.Config, p *Plan) ([]pause.Pause, error) {
	all, err := pauses.List(ctx, pauses.Config{Kafka: c.Kafka, Names: c.Names, Now: c.Now})
	if err != nil && !errors.Is(err, pause.ErrTopic) {
		return nil, fmt.Errorf("look at the pauses of stages: %w", err)
	}
	return slices.DeleteFunc(all, func(x pause.Pause) bool { return !p.waitsFor(x.Stage) }), nil
}
