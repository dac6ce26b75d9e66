package deadletter_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const partitions = 2

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// rig is a broker with all topics.
type rig struct {
	t       *testing.T
	kafka   []kgo.Opt
	names   schemas.Names
	client  *kgo.Client
	cluster *kfake.Cluster
}

func newRig(t *testing.T) *rig {
	t.Helper()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stack.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &rig{t: t, kafka: []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...), kgo.MetadataMinAge(10 * time.Millisecond)}, names: schemas.Names{Prefix: "acme."}, cluster: stack.Cluster()}
	r.client, err = kgo.NewClient(append(r.kafka, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(2<<20))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.client.Close)
	config := topics.Config{Partitions: partitions, ReplicationFactor: 1, MinInsyncReplicas: 1}
	admin := kadm.NewClient(r.client)
	changes, err := topics.Diff(t.Context(), admin, topics.Want(&config, r.names))
	if err == nil {
		err = topics.Apply(t.Context(), admin, config.ReplicationFactor, changes, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// letter is a dead letter to write.
type letter struct {
	topic, from string // the dead letter topic, the raw one
	cause, body string
	key         string
	partition   int32
	offset      int64
	more        []kgo.RecordHeader
}

// lox24 is an unknown event of LOX24.
func lox24(offset int64) letter {
	return letter{
		topic: schemas.DeadLetterLOX24, from: schemas.RawLOX24, cause: "unknown_type", key: "lox24:" + strconv.FormatInt(offset, 10),
		body: fmt.Sprintf(`{"id":"event-%d"}`, offset), partition: 1, offset: offset,
	}
}

// deadLetter writes a dead letter as the engine does, and returns its offset.
func (r *rig) deadLetter(l letter) int64 {
	r.t.Helper()
	envelope := raw.Envelope{Source: "shop", Provider: raw.ProviderLOX24, Assurance: raw.AssuranceSharedSecret, RequestID: "request-1", ReceivedAt: noon()}
	record := &kgo.Record{Topic: r.names.Topic(l.topic), Key: []byte(l.key), Value: []byte(l.body)}
	for _, h := range raw.Append[raw.Header](nil, &envelope) {
		record.Headers = append(record.Headers, kgo.RecordHeader(h))
	}
	record.Headers = append(record.Headers, l.more...)
	for _, h := range [][2]string{
		{dlq.HeaderCause, l.cause},
		{dlq.HeaderDetail, "why"},
		{dlq.HeaderStage, "lox24"},
		{dlq.HeaderTopic, r.names.Topic(l.from)},
		{dlq.HeaderPartition, strconv.Itoa(int(l.partition))},
		{dlq.HeaderOffset, strconv.FormatInt(l.offset, 10)},
		{dlq.HeaderVersion, "1.0.0"},
		{dlq.HeaderTime, strconv.FormatInt(noon().Add(time.Duration(l.offset)*time.Minute).UnixMilli(), 10)},
	} {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: h[0], Value: []byte(h[1])})
	}
	produced, err := r.client.ProduceSync(r.t.Context(), record).First()
	if err != nil {
		r.t.Fatal(err)
	}
	return produced.Offset
}

func (r *rig) reader() *deadletter.Reader { return deadletter.NewReader(r.kafka, r.names) }

func (r *rig) replay(replay deadletter.Replay) (*deadletter.Plan, error) {
	replay.By, replay.Now, replay.Rate = "anna", func() time.Time { return noon().Add(time.Hour) }, 1e6
	return deadletter.NewReplayer(r.reader(), replay).Run(r.t.Context())
}

// committed returns the committed records of a topic.
func (r *rig) committed(topic string) []*kgo.Record {
	r.t.Helper()
	ends, err := kadm.NewClient(r.client).ListEndOffsets(r.t.Context(), r.names.Topic(topic))
	if err != nil {
		r.t.Fatal(err)
	}
	client, err := kgo.NewClient(append(r.kafka, kgo.ConsumeTopics(r.names.Topic(topic)), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		r.t.Fatal(err)
	}
	defer client.Close()
	var out []*kgo.Record
	left := 0
	ends.Each(func(o kadm.ListedOffset) {
		if o.Offset > 0 {
			left++
		}
	})
	for left > 0 {
		client.PollFetches(r.t.Context()).EachRecord(func(record *kgo.Record) {
			if end, _ := ends.Lookup(record.Topic, record.Partition); record.Offset+1 == end.Offset {
				left--
			}
			if !record.Attrs.IsControl() {
				out = append(out, record)
			}
		})
		if r.t.Context().Err() != nil {
			r.t.Fatal("the topic does not end")
		}
	}
	return out
}

func values(record *kgo.Record, key string) (out []string) {
	for _, h := range record.Headers {
		if h.Key == key {
			out = append(out, string(h.Value))
		}
	}
	return out
}

func TestReplayedOnceUnchanged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for offset := range int64(5) {
		r.deadLetter(lox24(offset))
	}
	filter := deadletter.Filter{Causes: []string{"unknown_type"}}
	plan, err := deadletter.NewReplayer(r.reader(), deadletter.Replay{Filter: filter, By: "anna"}).Plan(t.Context())
	if err != nil || plan.Send != 5 || plan.Sent != 0 || len(r.committed(schemas.RawLOX24)) != 0 {
		t.Fatalf("Plan() = %+v, %v, want 5 to send and nothing sent", plan, err)
	}
	for n, want := range []int64{2, 3, 0} {
		replay := deadletter.Replay{Filter: filter, Batch: 2}
		if n == 0 {
			replay.Limit = 2
		}
		if plan, err := r.replay(replay); err != nil || plan.Sent != want {
			t.Fatalf("run %d = %+v, %v, want %d sent", n, plan, err, want)
		}
	}
	sent := r.committed(schemas.RawLOX24)
	if len(sent) != 5 {
		t.Fatalf("%d records were sent, want 5", len(sent))
	}
	for i, record := range sent {
		l := lox24(int64(i))
		if string(record.Key) != l.key || string(record.Value) != l.body || record.Partition != 1 {
			t.Errorf("sent %s = %s to partition %d, want it unchanged to partition 1", record.Key, record.Value, record.Partition)
		}
		for key, want := range map[string]string{
			raw.HeaderReceivedAt: strconv.FormatInt(noon().UnixMilli(), 10), dlq.HeaderOffset: strconv.Itoa(i), raw.HeaderReplayRound: "1", raw.HeaderReplayBy: "anna",
			raw.HeaderReplayAt: strconv.FormatInt(noon().Add(time.Hour).UnixMilli(), 10), raw.HeaderReplayFrom: fmt.Sprintf("acme.deadletter.lox24.v1/0/%d", i),
		} {
			if diff := cmp.Diff([]string{want}, values(record, key)); diff != "" {
				t.Errorf("header %s (-want +got):\n%s", key, diff)
			}
		}
	}
}

// TestRoundsEnd: a record that becomes a dead letter again and again is sent so often and no more,
// and its headers do not grow.
func TestRoundsEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.deadLetter(lox24(0))
	for round := range 4 {
		plan, err := r.replay(deadletter.Replay{Rounds: 3})
		if err != nil {
			t.Fatal(err)
		}
		sent := r.committed(schemas.RawLOX24)
		if round == 3 {
			if plan.Sent != 0 || plan.Left["replayed too often"] != 1 || len(sent) != 3 {
				t.Errorf("round 4 = %+v", plan)
			}
			break
		}
		last := sent[len(sent)-1]
		if got := values(last, raw.HeaderReplayRound); plan.Sent != 1 || !slices.Equal(got, []string{strconv.Itoa(round + 1)}) {
			t.Fatalf("round %d: %+v, header %v", round+1, plan, got)
		}
		if n := len(last.Headers); n != len(sent[0].Headers) {
			t.Errorf("round %d: %d headers, in the first %d", round+1, n, len(sent[0].Headers))
		}
		// The stage rejects it again, its headers behind those it came with.
		again := lox24(int64(round) + 1)
		again.more = last.Headers
		r.deadLetter(again)
	}
}

// TestNotEverythingIsReplayed: each of these would do harm or nothing.
func TestNotEverythingIsReplayed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	deadline, elsewhere, beyond, large := lox24(0), lox24(1), lox24(2), lox24(3)
	deadline.offset = -1
	elsewhere.from = schemas.RawUAPAY
	beyond.partition = partitions
	large.body = strings.Repeat("x", 1<<20)
	for _, l := range []letter{deadline, elsewhere, beyond, large, lox24(4)} {
		r.deadLetter(l)
	}
	plan, err := r.replay(deadletter.Replay{})
	want := map[string]int64{
		"a deadline, not a record": 1, "not of this cluster's topics": 1, "its partition does not exist": 1, "too large for the topic with the note": 1,
	}
	if err != nil || plan.Sent != 1 {
		t.Fatalf("Run() = %+v, %v", plan, err)
	}
	if diff := cmp.Diff(want, plan.Left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// TestCrashBeforeTheCommit: the second transaction does not commit. What it had
// written is sent with the next run, once.
func TestCrashBeforeTheCommit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for offset := range int64(4) {
		r.deadLetter(lox24(offset))
	}
	ends := 0
	r.cluster.ControlKey(int16(kmsg.EndTxn), func(req kmsg.Request) (kmsg.Response, error, bool) {
		r.cluster.KeepControl()
		ends++
		if ends != 2 {
			return nil, nil, false
		}
		answer, _ := req.ResponseKind().(*kmsg.EndTxnResponse)
		answer.ErrorCode = kerr.UnknownServerError.Code
		return answer, nil, true
	})
	if plan, err := r.replay(deadletter.Replay{Batch: 2}); err == nil || plan.Sent != 2 {
		t.Fatalf("Run() = %+v, %v, want an error after 2", plan, err)
	}
	if plan, err := r.replay(deadletter.Replay{Batch: 2}); err != nil || plan.Sent != 2 {
		t.Fatalf("Run() after the crash = %+v, %v, want the 2 that are left", plan, err)
	}
	if sent := r.committed(schemas.RawLOX24); len(sent) != 4 {
		t.Errorf("%d records were sent, want each of 4 once", len(sent))
	}
}

// TestSecondReplayEndsTheFirst: two operators replay at once.
func TestSecondReplayEndsTheFirst(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for offset := range int64(6) {
		r.deadLetter(lox24(offset))
	}
	first := deadletter.Replay{Batch: 2, By: "first", Rate: 1e6}
	first.Sent = func(n int64) {
		if n != 2 {
			return
		}
		if plan, err := r.replay(deadletter.Replay{}); err != nil || plan.Sent != 4 {
			t.Errorf("the second: %+v, %v, want the 4 that were left", plan, err)
		}
	}
	plan, err := deadletter.NewReplayer(r.reader(), first).Run(t.Context())
	if !errors.Is(err, deadletter.ErrTakenOver) || plan.Sent != 2 {
		t.Errorf("the first: %+v, %v, want ErrTakenOver after 2", plan, err)
	}
	if sent := r.committed(schemas.RawLOX24); len(sent) != 6 {
		t.Errorf("%d records were sent, want each of 6 once", len(sent))
	}
}
