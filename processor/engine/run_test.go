package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/stage"
)

// runStage calls a function for each record.
type runStage func() error

func (runStage) Decode(*stage.Input) (stage.Event, error)          { return nil, nil }
func (s runStage) Apply(stage.Tx, *stage.Input, stage.Event) error { return s() }
func (runStage) OnTimer(stage.Tx, []byte) error                    { return nil }

// TestRun runs a stage with nothing but brokers and topic names: to the end of its
// context, to an error that ends it for good, and without topics.
func TestRun(t *testing.T) {
	t.Parallel()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	kafka := []kgo.Opt{kgo.SeedBrokers(fake.ListenAddrs()...)}
	run := func(ctx context.Context, s runStage) error {
		config := engine.DefaultConfig()
		config.StateDir, config.InstanceID = t.TempDir(), "run"
		return engine.Run(ctx, config, []engine.Spec{{
			Name: "run", Stage: s, Input: "in", Changelog: "changelog", Outputs: []string{"out"}, DeadLetter: "dlq",
		}}, engine.Deps{Kafka: kafka})
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := run(ctx, nil); err == nil || !strings.Contains(err.Error(), "in") {
		t.Errorf("Run() without topics = %v, want the topic that is missing", err)
	}
	client, err := kgo.NewClient(kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, topic := range []string{"in", "changelog", "out", "dlq"} {
		policy := map[string]string{"changelog": "compact"}[topic]
		if policy == "" {
			policy = "delete"
		}
		if _, err := kadm.NewClient(client).CreateTopic(ctx, 1, 1, map[string]*string{"cleanup.policy": &policy}, topic); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.ProduceSync(ctx, &kgo.Record{Topic: "in", Key: []byte("k")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if err := run(ctx, func() error { return stage.ErrNewerState }); !errors.Is(err, stage.ErrNewerState) || ctx.Err() != nil {
		t.Errorf("Run() of a stage that fails for good = %v, want its error", err)
	}
	until, end := context.WithCancel(ctx)
	if err := run(until, func() error { end(); return nil }); err != nil || ctx.Err() != nil {
		t.Errorf("Run() = %v, want nil when its context ends", err)
	}
}
