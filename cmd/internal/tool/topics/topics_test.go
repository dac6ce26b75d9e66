package topics_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
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
	if err := topics.Apply(t.Context(), admin, c.ReplicationFactor, changes, nil); err != nil {
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
		"segment":        {"enriched.journeys.v1", "segment.ms", "604800000", "3600000"},
		"compaction":     {"internal.changelog.uapay.v1", "max.compaction.lag.ms", "9223372036854775807", "86400000"},
		"tombstones":     {"enriched.verifications.v1", "delete.retention.ms", "86400000", "604800000"},
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

// TestPartitionsOfWhatIsUsedAreNeverChanged: not more, not fewer, for the whole family
// once one topic of it has held a record, and what else differs is applied.
func TestPartitionsOfWhatIsUsedAreNeverChanged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		partitions int32
		used       string
		refused    bool
		hint       string
	}{
		"more":                           {5, "raw.uapay.v1", true, "another prefix"},
		"fewer":                          {1, "raw.uapay.v1", true, "another prefix"},
		"more, with a changelog alone":   {5, "internal.changelog.uapay.v1", true, "another prefix"},
		"more, and only others are used": {5, "raw.lox24.v1", false, ""},
		"fewer of an empty family":       {1, "", true, "delete them"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			admin, s := cluster(t), settings()
			apply(t, admin, s)
			if c.used != "" {
				use(t, admin, prefix+c.used)
			}
			s.Families = map[string]int32{"uapay": c.partitions}
			s.Retention = map[string]time.Duration{"raw.uapay.v1": time.Hour}
			kinds := map[string]int{}
			for _, change := range apply(t, admin, s) {
				kinds[change.Kind]++
				if change.Kind == topics.KindRefused && (!strings.Contains(change.Hint, c.hint) || change.Have != "2") {
					t.Errorf("%+v, want a hint with %q", change, c.hint)
				}
			}
			want := map[string]int{topics.KindConfig: 1, topics.KindPartitions: 2}
			if c.refused {
				want = map[string]int{topics.KindConfig: 1, topics.KindRefused: 2}
			}
			if d := cmp.Diff(want, kinds); d != "" {
				t.Errorf("changes by kind (-want +got):\n%s", d)
			}
			details, err := topics.Diff(t.Context(), admin, topics.Want(&s, schemas.Names{Prefix: prefix}))
			if err != nil || len(details) > 0 != c.refused {
				t.Errorf("afterwards it differs in %+v, %v", details, err)
			}
		})
	}
}

// TestOutputsStandEachForItself: one that is empty gets more, one that is not does not.
func TestOutputsStandEachForItself(t *testing.T) {
	t.Parallel()
	admin, s := cluster(t), settings()
	apply(t, admin, s)
	use(t, admin, prefix+"enriched.payments.v1")
	s.Families = map[string]int32{"output": 3}
	for _, change := range apply(t, admin, s) {
		if refused := change.Topic == prefix+"enriched.payments.v1"; refused != (change.Kind == topics.KindRefused) {
			t.Errorf("%+v, want enriched.payments.v1 alone to be refused", change)
		}
	}
}

// use writes a record.
func use(t *testing.T, admin *kadm.Client, topic string) {
	t.Helper()
	brokers, err := admin.ListBrokers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(net.JoinHostPort(brokers[0].Host, strconv.Itoa(int(brokers[0].Port)))))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Key: []byte("k")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatTheClusterRefusesIsNamed(t *testing.T) {
	t.Parallel()
	admin, c := cluster(t), settings()
	changes := diff(t, admin, c)
	err := topics.Apply(t.Context(), admin, 99, changes, nil)
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
	c.CompactionLag = map[string]time.Duration{"raw.lox24.v1": time.Hour, "enriched.payments.v1": 0}
	err := c.Validate()
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, key := range []string{"partitions: ", "families.nobody: ", "families.lox24: ", "min_insync_replicas: ", "retention.nothing.v1: ", "compaction_lag.raw.lox24.v1: ", "compaction_lag.enriched.payments.v1: "} {
		if !strings.Contains("\n"+err.Error(), "\n"+key) {
			t.Errorf("no fault at %q in:\n%v", key, err)
		}
	}
}

// TestCompactionLag: the setting of a topic overrides the table's.
func TestCompactionLag(t *testing.T) {
	t.Parallel()
	c := settings()
	c.CompactionLag["enriched.payments.v1"] = 24 * time.Hour
	for _, w := range topics.Want(&c, schemas.Names{}) {
		want := map[string]string{
			"enriched.payments.v1": "86400000", "enriched.journeys.v1": "21600000", "enriched.accounts.v1": "3600000",
			"internal.changelog.journey.v1": "86400000", "raw.lox24.v1": "", "decoded.uapay.payment.v1": "",
		}
		if lag, ok := want[w.Name]; ok && w.Configs["max.compaction.lag.ms"] != lag {
			t.Errorf("%s: max.compaction.lag.ms %q, want %q", w.Name, w.Configs["max.compaction.lag.ms"], lag)
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
