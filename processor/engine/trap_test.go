package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine/failpoint"
)

var errCrash = errors.New("crashed here")

// crashes makes the n-th visit of a step fail, which ends the session there: what
// it had in memory is gone, what it had open stays open.
func crashes(at failpoint.Point, visits ...int64) failpoint.Hook {
	var seen atomic.Int64
	return func(step failpoint.Point, _ int) error {
		if step == at && slices.Contains(visits, seen.Add(1)) {
			return errCrash
		}
		return nil
	}
}

// TestCrashBetweenSteps: wherever a round or a restore ends, the numbers go on
// without gap or repeat.
func TestCrashBetweenSteps(t *testing.T) {
	t.Parallel()
	for _, step := range []failpoint.Point{
		failpoint.Begin, failpoint.Produced, failpoint.Flushed, failpoint.Committed, failpoint.Stored,
		failpoint.Restoring, failpoint.Restored, failpoint.SessionOpen,
	} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			e := b.start("one", 1, crashes(step, 1, 3))
			for range 4 {
				b.send(50, now(), keys(7)...)
				b.check()
			}
			b.stop(e)
		})
	}
}

// TestStateDirectory: lost, broken, or older than the changelog.
func TestStateDirectory(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(t *testing.T, dir, old string){
		"lost": func(t *testing.T, dir, _ string) {
			t.Helper()
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		},
		"broken": func(t *testing.T, dir, _ string) {
			t.Helper()
			manifests, err := filepath.Glob(filepath.Join(dir, "MANIFEST-*"))
			if err != nil || len(manifests) == 0 {
				t.Fatalf("no manifest to break: %v", err)
			}
			for _, m := range manifests {
				if err := os.WriteFile(m, []byte("not a manifest"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		},
		"older": func(t *testing.T, dir, old string) {
			t.Helper()
			if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(old))); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			dir, old := b.config("one").StateDir, t.TempDir()
			for i := range 3 {
				e := b.start("one", 1, nil)
				b.send(100, now(), keys(7)...)
				b.check()
				b.stop(e)
				if i == 0 {
					if err := os.CopyFS(old, os.DirFS(dir)); err != nil {
						t.Fatal(err)
					}
					continue
				}
				harm(t, dir, old)
			}
		})
	}
}

func total(got map[string][]string) (n int) {
	for _, v := range got {
		n += len(v)
	}
	return n
}

// TestPartitionsMoveBetweenWorkers: workers of one process come and go under load;
// a state is handed over through the store alone.
func TestPartitionsMoveBetweenWorkers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.shortSession()
	first := b.start("one", 2, nil)
	b.send(200, now(), keys(23)...)
	var more sync.WaitGroup
	second := b.start("two", 2, nil)
	more.Go(func() { b.check() })
	more.Wait()
	b.send(200, now(), keys(23)...)
	b.check()
	b.stop(first)
	b.send(200, now(), keys(23)...)
	b.check()
	b.stop(second)
}

// TestProduceFailsAlone: one record of a round is refused, all others are written;
// the round must not commit.
func TestProduceFailsAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if b.fake == nil {
		t.Skip("the fault is injected into the embedded broker")
	}
	var left atomic.Int64
	left.Store(2)
	b.fake.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		b.fake.KeepControl()
		produce, ok := req.(*kmsg.ProduceRequest)
		if !ok || produce.TransactionID == nil || left.Load() <= 0 {
			return nil, nil, false
		}
		resp, ok := produce.ResponseKind().(*kmsg.ProduceResponse)
		if !ok {
			return nil, nil, false
		}
		left.Add(-1)
		for _, topic := range produce.Topics {
			out := kmsg.NewProduceResponseTopic()
			out.Topic, out.TopicID = topic.Topic, topic.TopicID
			for _, p := range topic.Partitions {
				part := kmsg.NewProduceResponseTopicPartition()
				part.Partition, part.ErrorCode = p.Partition, kerr.MessageTooLarge.Code
				out.Partitions = append(out.Partitions, part)
			}
			resp.Topics = append(resp.Topics, out)
		}
		return resp, nil, true
	})
	e := b.start("one", 1, nil)
	defer b.stop(e)
	b.send(60, now(), keys(5)...)
	b.check()
	if left.Load() > 0 {
		t.Error("no produce was refused: the test tried nothing")
	}
}

// TestUnknownEnd: the answer to a commit is lost or says nothing. Whether it was
// committed, the broker knows; nothing is lost or repeated either way.
func TestUnknownEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if b.fake == nil {
		t.Skip("the fault is injected into the embedded broker")
	}
	var ends atomic.Int64
	b.fake.ControlKey(int16(kmsg.EndTxn), func(req kmsg.Request) (kmsg.Response, error, bool) {
		b.fake.KeepControl()
		if n := ends.Add(1); n != 2 && n != 4 {
			return nil, nil, false
		}
		resp, ok := req.ResponseKind().(*kmsg.EndTxnResponse)
		if !ok {
			return nil, nil, false
		}
		resp.ErrorCode = kerr.UnknownServerError.Code
		return resp, nil, true
	})
	e := b.start("one", 1, nil)
	defer b.stop(e)
	for range 5 {
		b.send(30, now(), keys(5)...)
		b.check()
	}
	if ends.Load() < 4 {
		t.Errorf("%d ends, want at least 4: the test tried nothing", ends.Load())
	}
}

// TestOpenTransactionOnChangelog: a dead owner left a transaction open on the
// changelog. Its successor fences it, well before the transaction's own timeout.
func TestOpenTransactionOnChangelog(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.shortSession()
	e := b.start("one", 1, nil)
	b.send(30, now(), keys(5)...)
	b.check()
	b.stop(e)
	dead, err := kgo.NewClient(append(b.kafka,
		kgo.TransactionalID(b.names.Group("sums")+".dead.0"), kgo.TransactionTimeout(10*time.Minute), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dead.Close)
	if err := dead.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for p := range int32(partitions) {
		record := &kgo.Record{Topic: b.names.Topic(changelog), Partition: p, Key: []byte("key-0"), Value: []byte("never committed")}
		if err := dead.ProduceSync(t.Context(), record).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	e = b.start("two", 1, nil)
	defer b.stop(e)
	b.send(30, now(), keys(5)...)
	b.check()
	if took := time.Since(began); took > 5*time.Minute {
		t.Errorf("the successor waited %v: it was the timeout that ended the transaction", took)
	}
	if err := dead.ProduceSync(t.Context(), &kgo.Record{Topic: b.names.Topic(changelog), Value: []byte("from the grave")}).FirstErr(); err == nil {
		t.Error("the former owner can still write")
	}
}
