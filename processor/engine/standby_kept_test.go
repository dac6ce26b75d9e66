package engine_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// TestStandbyKeepsItsCopy: where the changelog was made anew and is empty, a standby copy
// is all that is left of the state, and is neither wiped nor followed. Once the new
// changelog has a state, the copy is replaced by it.
func TestStandbyKeepsItsCopy(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	topic := b.names.Topic(changelog)
	details, err := kadm.NewClient(b.client).ListTopics(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	state := openStore(t)
	t.Cleanup(func() { _ = state.Close() })
	if err := engine.PutEntry(state, 0, []byte("key"), []byte("value")); err != nil {
		t.Fatal(err)
	}
	if err := engine.SetCheckpoint(state, 0, [16]byte(details[topic].ID), 7, now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	b.remake(changelog)
	deps := engine.Deps{Kafka: b.kafka, Now: time.Now}
	_, followed, err := engine.FollowOnce(t.Context(), state, deps, topic, 0)
	if value, failed := engine.ReadEntry(state, 0, []byte("key")); err != nil || followed || failed != nil || string(value) != "value" {
		t.Fatalf("an empty changelog: followed %v (%v), the copy has %q (%v), want it as it was and not followed", followed, err, value, failed)
	}
	record := &kgo.Record{Topic: topic, Key: []byte("k"), Value: []byte("v")}
	b.client.Produce(t.Context(), record, nil)
	if err := b.client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := record.Partition
	if err := engine.PutEntry(state, p, []byte("key"), []byte("value")); err != nil {
		t.Fatal(err)
	}
	if err := engine.SetCheckpoint(state, p, [16]byte(details[topic].ID), 7, now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	from, followed, err := engine.FollowOnce(t.Context(), state, deps, topic, p)
	if value, failed := engine.ReadEntry(state, p, []byte("key")); err != nil || !followed || from != 0 || failed != nil || value != nil {
		t.Fatalf("a changelog with a state: followed %v from %d (%v), the copy has %q (%v), want it replaced", followed, from, err, value, failed)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	opened, err := store.Open(t.TempDir(), store.DefaultConfig(), slog.New(slog.DiscardHandler))
	must(t, err)
	return opened
}
