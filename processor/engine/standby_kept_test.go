package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/standby"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// TestStandbyKeepsItsCopy: if the changelog was created again and is empty, a standby
// replica is all that is left of the state, and is neither wiped nor followed. Once the
// new changelog has a state, the replica is replaced by it.
func TestStandbyKeepsItsCopy(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	topic := b.names.Topic(changelog)
	details, err := kadm.NewClient(b.client).ListTopics(t.Context(), topic)
	must(t, err)
	state, err := store.Open(t.TempDir(), store.DefaultConfig(), slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(func() { _ = state.Close() })
	id := [16]byte(details[topic].ID)
	must(t, putStored(state, 0, id))
	b.remake(changelog)
	if line := b.follow(state, topic, 0); !strings.Contains(line, "it is kept as it is") {
		t.Errorf("an empty changelog: %s", line)
	}
	if value := stored(t, state, 0); string(value) != "value" {
		t.Errorf("an empty changelog: the replica has %q, want it as it was", value)
	}
	record := &kgo.Record{Topic: topic, Key: []byte("k"), Value: []byte("v")}
	b.client.Produce(t.Context(), record, nil)
	must(t, b.client.Flush(t.Context()))
	p := record.Partition
	must(t, putStored(state, p, id))
	if line := b.follow(state, topic, p); !strings.Contains(line, "follows a partition") || !strings.Contains(line, " from=0 ") {
		t.Errorf("a changelog with a state: %s", line)
	}
	if value := stored(t, state, p); value != nil {
		t.Errorf("a changelog with a state: the replica has %q, want it replaced", value)
	}
}

// follow runs a standby of one partition until it has logged its decision, and returns
// the line.
func (b *bench) follow(state *store.Store, changelog string, partition int32) (line string) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	defer cancel()
	log := &firstLine{of: "partition=", written: cancel}
	config := engine.DefaultConfig()
	s := standby.New(standby.Config{
		Stage: "test", Changelog: changelog, Kafka: b.kafka, Cluster: kafka.NewCluster(b.kafka, config.FetchMaxBytes), Store: state, Now: time.Now,
		Logger: slog.New(slog.NewTextHandler(log, nil)), DeleteRetention: config.DeleteRetention, BytesPerSecond: config.StandbyBytesPerSecond,
		FetchMaxBytes: config.FetchMaxBytes, Busy: func() bool { return false }, Followed: func(int64, int64, int64) {}, Read: func(int64) {},
	})
	s.Keep(map[int32]bool{partition: false})
	s.Run(ctx)
	return log.line
}

// firstLine keeps the first line that contains a text and reports it.
type firstLine struct {
	of, line string
	written  func()
}

// Write implements io.Writer.
func (l *firstLine) Write(line []byte) (int, error) {
	if l.line == "" && strings.Contains(string(line), l.of) {
		l.line = string(slices.Clone(line))
		l.written()
	}
	return len(line), nil
}

// putStored writes an entry and the checkpoint of a partition.
func putStored(s *store.Store, partition int32, topicID [16]byte) error {
	batch, part := s.NewBatch(), s.Partition("test", partition)
	at := cache.Checkpoint{TopicID: topicID, Offset: 7, Highest: 7, AtEnd: now().UnixMilli()}
	return errors.Join(batch.Sink(part).Entry([]byte("key"), []byte("value"), 0), batch.SetCheckpoint(part, at), batch.Commit())
}

// stored reads the entry.
func stored(t *testing.T, s *store.Store, partition int32) []byte {
	t.Helper()
	e, err := s.Partition("test", partition).Get([]byte("key"), entry.Heap{})
	must(t, err)
	return e.Payload
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
