package topics_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/topics"
	"github.com/tributary-hq/tributary/schemas"
)

const prefix = "shop."

func settings() topics.Config {
	c := topics.DefaultConfig()
	c.Partitions, c.ReplicationFactor, c.MinInsyncReplicas = 2, 1, 1
	return c
}

func cluster(t *testing.T) *kadm.Client {
	t.Helper()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(stack.Brokers()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); _ = stack.Close() })
	return kadm.NewClient(client)
}

func diff(t *testing.T, admin *kadm.Client, c topics.Config) []topics.Change {
	t.Helper()
	changes, err := topics.Diff(t.Context(), admin, topics.Want(&c, schemas.Names{Prefix: prefix}))
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func apply(t *testing.T, admin *kadm.Client, c topics.Config) []topics.Change {
	t.Helper()
	changes := diff(t, admin, c)
	if err := topics.Apply(t.Context(), admin, c.ReplicationFactor, changes); err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestAnEmptyClusterIsFilledOnce(t *testing.T) {
	t.Parallel()
	admin, c := cluster(t), settings()
	created := apply(t, admin, c)
	if len(created) != len(schemas.Table()) {
		t.Errorf("%d changes for %d topics", len(created), len(schemas.Table()))
	}
	for _, change := range created {
		if change.Kind != topics.KindCreate || !strings.HasPrefix(change.Topic, prefix) {
			t.Errorf("%+v, want a topic with the prefix to be created", change)
		}
	}
	if again := diff(t, admin, c); len(again) > 0 {
		t.Errorf("after it was applied it differs still: %+v", again)
	}
}

// TestWhatAnotherHandChangedIsFoundAndSetBack: each setting by itself.
func TestWhatAnotherHandChangedIsFoundAndSetBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ topic, key, value, want string }{
		"cleanup policy": {"enriched.payments.v1", "cleanup.policy", "delete", "compact,delete"},
		"retention":      {"raw.lox24.v1", "retention.ms", "1000", "604800000"},
		"largest record": {"raw.uapay.v1", "max.message.bytes", "1000", "1048576"},
		"largest output": {"decoded.uapay.payment.v1", "max.message.bytes", "1000012", "2097152"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			admin, s := cluster(t), settings()
			apply(t, admin, s)
			topic := prefix + c.topic
			responses, err := admin.AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Op: kadm.SetConfig, Name: c.key, Value: &c.value}}, topic)
			if err != nil || responses[0].Err != nil {
				t.Fatal(err, responses)
			}
			want := []topics.Change{{Topic: topic, Kind: topics.KindConfig, Key: c.key, Have: c.value, Want: c.want}}
			if d := cmp.Diff(want, apply(t, admin, s), cmpopts.IgnoreUnexported(topics.Change{})); d != "" {
				t.Errorf("changes (-want +got):\n%s", d)
			}
			if again := diff(t, admin, s); len(again) > 0 {
				t.Errorf("after it was applied it differs still: %+v", again)
			}
		})
	}
}

func TestAMissingTopicIsMadeAndTheOthersAreLeft(t *testing.T) {
	t.Parallel()
	admin, c := cluster(t), settings()
	apply(t, admin, c)
	if _, err := admin.DeleteTopics(t.Context(), prefix+"duplicates.v1"); err != nil {
		t.Fatal(err)
	}
	changes := apply(t, admin, c)
	if len(changes) != 1 || changes[0].Topic != prefix+"duplicates.v1" || changes[0].Kind != topics.KindCreate {
		t.Errorf("%+v, want duplicates.v1 to be created", changes)
	}
}

// TestPartitionsAreNeverChanged: not more, not fewer, and what else differs is applied.
func TestPartitionsAreNeverChanged(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]int32{"more": 5, "fewer": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			admin, c := cluster(t), settings()
			apply(t, admin, c)
			c.Families = map[string]int32{"uapay": n}
			c.Retention = map[string]time.Duration{"raw.uapay.v1": time.Hour}
			kinds := map[string]int{}
			for _, change := range apply(t, admin, c) {
				kinds[change.Kind]++
				if change.Kind == topics.KindRefused && (change.Hint == "" || change.Have != "2") {
					t.Errorf("%+v, want a hint", change)
				}
			}
			if kinds[topics.KindRefused] == 0 || kinds[topics.KindConfig] != 1 || kinds[topics.KindCreate] != 0 {
				t.Errorf("changes by kind: %v, want refused ones and one of config", kinds)
			}
			details, err := admin.ListTopics(t.Context(), prefix+"raw.uapay.v1")
			if err != nil {
				t.Fatal(err)
			}
			if got := len(details[prefix+"raw.uapay.v1"].Partitions); got != 2 {
				t.Errorf("%d partitions, want the 2 it had", got)
			}
		})
	}
}

func TestWhatTheClusterRefusesIsNamed(t *testing.T) {
	t.Parallel()
	admin, c := cluster(t), settings()
	changes := diff(t, admin, c)
	err := topics.Apply(t.Context(), admin, 99, changes)
	if err == nil {
		t.Fatal("99 replicas on one broker are no error")
	}
	for _, change := range changes {
		if !strings.Contains(err.Error(), change.Topic) {
			t.Errorf("%s is not named in %v", change.Topic, err)
		}
	}
}

func TestAnAbsentClusterIsAnError(t *testing.T) {
	t.Parallel()
	client, err := kgo.NewClient(kgo.SeedBrokers("127.0.0.1:1"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	c := settings()
	if _, err := topics.Diff(ctx, kadm.NewClient(client), topics.Want(&c, schemas.Names{})); err == nil {
		t.Error("no error")
	}
}

func TestValidateReportsEveryFaultByItsKey(t *testing.T) {
	t.Parallel()
	c := settings()
	if err := c.Validate(); err != nil {
		t.Fatalf("the settings have faults: %v", err)
	}
	c.Partitions, c.ReplicationFactor, c.MinInsyncReplicas = 0, 1, 2
	c.Families = map[string]int32{"nobody": 3, "lox24": 0}
	c.Retention = map[string]time.Duration{"nothing.v1": time.Hour}
	err := c.Validate()
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, key := range []string{"partitions: ", "families.nobody: ", "families.lox24: ", "min_insync_replicas: ", "retention.nothing.v1: "} {
		if !strings.Contains("\n"+err.Error(), "\n"+key) {
			t.Errorf("no fault at %q in:\n%v", key, err)
		}
	}
}

// TestTheLargestRecordsFitTheClients: raw topics take 1 MiB, all others 2 MiB.
func TestTheLargestRecordsFitTheClients(t *testing.T) {
	t.Parallel()
	c := settings()
	for _, w := range topics.Want(&c, schemas.Names{}) {
		want := "2097152"
		if strings.HasPrefix(w.Name, "raw.") {
			want = "1048576"
		}
		if got := w.Configs["max.message.bytes"]; got != want {
			t.Errorf("%s: max.message.bytes %s, want %s", w.Name, got, want)
		}
	}
}
