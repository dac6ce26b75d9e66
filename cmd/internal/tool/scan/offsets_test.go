package scan_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/processor/stage"
)

// TestOffsets: ranges end at the last stable offset, a missing topic is left out, and the last
// record of a key is that of the newest committed one.
func TestOffsets(t *testing.T) {
	t.Parallel()
	broker, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	kafka := []kgo.Opt{kgo.SeedBrokers(broker.Brokers()...), kgo.DefaultProduceTopic("here")}
	client, err := kgo.NewClient(kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	if _, err := admin.CreateTopic(t.Context(), 2, 1, nil, "here"); err != nil {
		t.Fatal(err)
	}
	begin := time.UnixMilli(1_790_000_000_000)
	p := stage.PartitionOf([]byte("key"), 2)
	for i := range 4 {
		r := &kgo.Record{Key: []byte("key"), Value: fmt.Append(nil, i), Partition: p, Timestamp: begin.Add(time.Duration(i) * time.Minute)}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	offsets, err := scan.List(t.Context(), admin, "here", "missing")
	if err != nil || !slices.Equal(offsets.Topics(), []string{"here"}) {
		t.Fatalf("topics %v, %v; want the one that exists", offsets, err)
	}
	ranges, err := offsets.Ranges(t.Context(), begin.Add(time.Minute), begin.Add(3*time.Minute), "here", "missing")
	if err != nil || len(ranges["here"]) != 2 || ranges["here"][p] != (scan.Range{From: 1, To: 3}) {
		t.Errorf("ranges %v, %v; want the second and third record", ranges, err)
	}
	if of := ranges.OfKeys(map[string][]string{"here": {"key"}}); len(of["here"]) != 1 || of["here"][p] != ranges["here"][p] {
		t.Errorf("ranges of the key %v, want the partition of the key", of)
	}
	last, err := scan.Last(t.Context(), scan.Config{Kafka: kafka}, map[string][]string{"here": {"key", "other"}}, time.Time{})
	if err != nil || len(last["here"]) != 1 || string(last["here"]["key"].Value) != "3" {
		t.Errorf("last records %v, %v; want the fourth of the key", last, err)
	}
}

// TestNewestFirst: the pieces have every offset once, and begin with the newest.
func TestNewestFirst(t *testing.T) {
	t.Parallel()
	const many = 1_234_567
	ranges := scan.Ranges{"topic": {0: {From: 10, To: many}, 1: {From: 5, To: 7}}}
	end, pieces := int64(many), 0
	for piece := range ranges.NewestFirst() {
		r := piece["topic"][0]
		if r.To != end || r.From >= r.To {
			t.Errorf("piece %d is %v, want one that ends at %d", pieces, r, end)
		}
		end = r.From
		pieces++
	}
	if end != 10 || pieces < 3 || ranges["topic"][0].To != many {
		t.Errorf("%d pieces down to %d of %v, want several down to 10, and the ranges unchanged", pieces, end, ranges)
	}
}
