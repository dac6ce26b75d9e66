package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"example.com/streams/kafkatest"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m, main)) }

// TestJoin kills the program in the middle of its work. Each order must come exactly
// once, with the name of its customer, whichever of the two came first.
func TestJoin(t *testing.T) {
	t.Parallel()
	topics := []string{"orders", "customers", "by-customer", "named-orders", "dlq"}
	groups := []string{"route-orders", "route-customers", "join"}
	for _, group := range groups {
		topics = append(topics, group+"-changelog")
	}
	c := kafkatest.New(t, groups, topics)
	records, want := plan(t)
	disk := t.TempDir()
	first := c.Start(disk)
	c.Produce(records[:len(records)/2]...)
	c.Await("named-orders", len(want)/8)
	first.Kill()

	second := c.Start(disk)
	c.Produce(records[len(records)/2:]...)
	c.Produce(kafkatest.Record("orders", "broken", "no JSON", time.Now()))
	c.Await("named-orders", len(want))
	c.Await("dlq", 1)
	second.Stop()

	got := c.Read("named-orders")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %d orders %v, want %d %v", len(got), got, len(want), want)
	}
	if letters := c.Read("dlq"); len(letters) != 1 {
		t.Errorf("dead letters %v, want the broken order", letters)
	}
}

// plan returns orders and customers in any order, and the output.
func plan(t *testing.T) (records []*kgo.Record, want []string) {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const orders, customers = 2000, 100
	for n := range 2 * customers { // Each comes twice; the second must change nothing.
		id := fmt.Sprintf("customer-%d", n/2)
		records = append(records, kafkatest.Record("customers", id, fmt.Sprintf(`{"name":"name of %s"}`, id), time.Now()))
	}
	for n := range orders {
		o := order{ID: fmt.Sprintf("order-%d", n), Customer: fmt.Sprintf("customer-%d", random.IntN(customers)), Cents: random.Int64N(1e6)}
		value, _ := json.Marshal(o)
		records = append(records, kafkatest.Record("orders", o.ID, string(value), time.Now()))
		named, _ := json.Marshal(namedOrder{order: o, Name: "name of " + o.Customer})
		want = append(want, fmt.Sprintf("%s=%s", o.ID, named))
	}
	random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	return records, want
}
