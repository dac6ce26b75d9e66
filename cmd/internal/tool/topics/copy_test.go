package topics_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/dlq"
)

// TestCopy: each record comes once, to the partition of its key, in its key's order,
// with its time and headers but those of a replay.
func TestCopy(t *testing.T) {
	t.Parallel()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	options := []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...)}
	client, err := kgo.NewClient(append(options, kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	admin := kadm.NewClient(client)
	c := topics.Copy{Kafka: options, From: schemas.Names{Prefix: "old."}, To: schemas.Names{Prefix: "new."}}
	for names, partitions := range map[schemas.Names]int32{c.From: 3, c.To: 5} {
		settings := settings()
		settings.Partitions = partitions
		changes, err := topics.Diff(t.Context(), admin, topics.Want(&settings, names))
		if err != nil {
			t.Fatal(err)
		}
		if err := topics.Apply(t.Context(), admin, 1, changes, nil); err != nil {
			t.Fatal(err)
		}
	}
	began := time.UnixMilli(1_700_000_000_000)
	var want []string
	for i := range 200 {
		key := fmt.Sprintf("lox24:%d", i%17)
		r := &kgo.Record{
			Topic: c.From.Topic(schemas.RawLOX24), Partition: stage.PartitionOf([]byte(key), 3), Key: []byte(key), Value: fmt.Append(nil, i),
			Timestamp: began.Add(time.Duration(i) * time.Second), Headers: []kgo.RecordHeader{{Key: "tributary-source", Value: []byte("shop")}},
		}
		if i%10 == 0 {
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: dlq.HeaderTopic, Value: []byte(r.Topic)}, kgo.RecordHeader{Key: "tributary-replay-by", Value: []byte("me")})
		}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprintf("%s %d at %d: tributary-source=shop", key, i, began.Unix()+int64(i)))
	}
	copied, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var records int64
	for i := range copied {
		records += copied[i].Records
	}
	if len(copied) != len(schemas.RawTopics()) || records != 200 {
		t.Errorf("copied %+v, want 200 records of all raw topics", copied)
	}
	if diff := cmp.Diff(byKey(want), byKey(read(t, options, c.To.Topic(schemas.RawLOX24), len(want)))); diff != "" {
		t.Errorf("the copy by key (-want +got):\n%s", diff)
	}
	c.To = c.From
	if _, err := c.Run(t.Context()); err == nil {
		t.Error("a topic is copied into itself")
	}
}

// byKey sorts lines by their first word and keeps their order else.
func byKey(lines []string) map[string][]string {
	out := map[string][]string{}
	for _, line := range lines {
		key, rest, _ := strings.Cut(line, " ")
		out[key] = append(out[key], rest)
	}
	return out
}

func read(t *testing.T, options []kgo.Opt, topic string, n int) []string {
	t.Helper()
	client, err := kgo.NewClient(append(options, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var out []string
	for len(out) < n {
		fetches := client.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if r.Partition != stage.PartitionOf(r.Key, 5) {
				t.Errorf("key %s lies in partition %d", r.Key, r.Partition)
			}
			var headers []string
			for _, h := range r.Headers {
				headers = append(headers, h.Key+"="+string(h.Value))
			}
			out = append(out, fmt.Sprintf("%s %s at %d: %s", r.Key, r.Value, r.Timestamp.Unix(), strings.Join(headers, ",")))
		})
	}
	return out
}
