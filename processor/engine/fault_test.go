package engine_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
	"github.com/tributary-hq/tributary/processor/stage"
)

// TestOwnOpenTransactionEndsAtOnce: a worker that died with its transaction open
// comes back under the same id, and does not wait for the transaction's timeout,
// nor for its own fencing.
func TestOwnOpenTransactionEndsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.tune = func(c *engine.Config) { c.TransactionTimeout, c.FenceAfter = 10*time.Minute, time.Hour }
	e := b.start("one", 1, crashes(failpoint.Flushed, 2))
	defer b.stop(e)
	for range 3 {
		b.send(20, now(), keys(5)...)
		b.check()
	}
}

// TestDeadlineRoundIsFenced: a round of deadlines only commits the offsets of the
// partitions it touches under the group's generation, and where the group refuses
// them nothing of the round remains: each deadline fires once.
func TestDeadlineRoundIsFenced(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if b.fake == nil {
		t.Skip("the fault is injected into the embedded broker")
	}
	b.tune = func(c *engine.Config) { c.WatermarkIdleTimeout = time.Hour } // no deadline is due yet
	e := b.start("one", 1, nil)
	b.send(8, now().Add(-2*time.Minute), "due-1", "due-2")
	b.check()
	b.stop(e)

	var commits atomic.Int64
	b.fake.ControlKey(int16(kmsg.TxnOffsetCommit), func(req kmsg.Request) (kmsg.Response, error, bool) {
		b.fake.KeepControl()
		commit, ok := req.(*kmsg.TxnOffsetCommitRequest)
		if !ok || commits.Add(1) > 2 {
			return nil, nil, false
		}
		if len(commit.Topics) == 0 || commit.Generation < 0 {
			t.Errorf("a round of deadlines commits %d topics in generation %d", len(commit.Topics), commit.Generation)
		}
		resp, ok := commit.ResponseKind().(*kmsg.TxnOffsetCommitResponse)
		if !ok {
			return nil, nil, false
		}
		for _, topic := range commit.Topics {
			out := kmsg.NewTxnOffsetCommitResponseTopic()
			out.Topic, out.TopicID = topic.Topic, topic.TopicID
			for _, p := range topic.Partitions {
				part := kmsg.NewTxnOffsetCommitResponseTopicPartition()
				part.Partition, part.ErrorCode = p.Partition, kerr.IllegalGeneration.Code
				out.Partitions = append(out.Partitions, part)
			}
			resp.Topics = append(resp.Topics, out)
		}
		return resp, nil, true
	})
	b.tune = func(*engine.Config) {}
	e = b.start("one", 1, nil)
	defer b.stop(e)
	b.read(output, func(got map[string][]string) bool { return len(got["due-1"]) >= 5 && len(got["due-2"]) >= 5 })
	b.send(2, now(), "due-1", "due-2")
	got := b.read(output, func(got map[string][]string) bool { return len(got["due-1"]) >= 6 && len(got["due-2"]) >= 6 })
	for _, key := range []string{"due-1", "due-2"} {
		if want := []string{"1", "2", "3", "4", "expired", "1"}; !slices.Equal(got[key], want) {
			t.Errorf("%s = %v, want %v", key, got[key], want)
		}
	}
	if commits.Load() < 2 {
		t.Error("no offset commit was refused: the test tried nothing")
	}
}

// TestIdleClockPassesMarkers: the last thing in the input is a transaction's
// marker; the partition is read to its end all the same, and deadlines fire.
func TestIdleClockPassesMarkers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	producer, err := kgo.NewClient(append(b.kafka, kgo.TransactionalID(b.names.Topic("producer")))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(producer.Close)
	if err := producer.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	record := &kgo.Record{Topic: b.names.Topic(input), Key: []byte("due"), Value: []byte("x"), Timestamp: now().Add(-2 * time.Minute)}
	if err := producer.ProduceSync(t.Context(), record).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if err := producer.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	e := b.start("one", 1, nil)
	defer b.stop(e)
	got := b.read(output, func(got map[string][]string) bool { return len(got["due"]) >= 2 })
	if want := []string{"1", "expired"}; !slices.Equal(got["due"], want) {
		t.Errorf("due = %v, want %v", got["due"], want)
	}
}

// TestStopKeepsItsDeadline: a stop that may not wait gives the round in flight up,
// and its records are taken up again.
func TestStopKeepsItsDeadline(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.start("one", 1, nil)
	b.send(50, now(), keys(5)...)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Stop(ended); err != nil {
		t.Errorf("Stop() = %v", err)
	}
	e = b.start("one", 1, nil)
	defer b.stop(e)
	b.check()
}

type panics struct{ sums }

// Apply implements stage.Stage.
func (panics) Apply(stage.Tx, *stage.Input, stage.Event) error {
	panic("secret of the record") //nolint:forbidigo // what is tested
}

func TestPanicNamesTheRecord(t *testing.T) {
	t.Parallel()
	memory, err := enginetest.NewDriver(enginetest.DriverConfig{Name: "panics", Stage: panics{}, DeadLetter: deadLetters})
	if err != nil {
		t.Fatal(err)
	}
	in := stage.Input{Topic: "in", Offset: 42, Key: []byte("key"), Value: []byte("x"), Timestamp: now()}
	_, err = memory.Feed(in)
	if err == nil || !strings.Contains(err.Error(), "in/0, offset 42") || strings.Contains(err.Error(), "secret") {
		t.Errorf("Feed() = %v, want an error that names the record and shows nothing of it", err)
	}
}
