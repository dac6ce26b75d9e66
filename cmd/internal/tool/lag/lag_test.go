package lag_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	topic  = "facts"
	group  = "stage"
	window = 15 * time.Second
)

// noon is the tests' clock at the first look.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// rig is a broker with one topic of one partition, and a watcher with a clock of
// its own: nothing here waits for time to pass.
type rig struct {
	t       *testing.T
	cluster *kfake.Cluster
	kafka   []kgo.Opt
	client  *kgo.Client
	admin   *kadm.Client
	watcher *lag.Watcher
	now     time.Time
}

func newRig(t *testing.T, config lag.Config) *rig {
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
	r := &rig{t: t, cluster: stack.Cluster(), kafka: []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...), kgo.MetadataMinAge(10 * time.Millisecond)}, now: noon()}
	r.client = r.newClient(kgo.RecordPartitioner(kgo.ManualPartitioner()))
	r.admin = kadm.NewClient(r.client)
	if _, err := r.admin.CreateTopic(t.Context(), 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	config.Kafka, config.Window, config.Now = r.kafka, window, func() time.Time { return r.now }
	r.watcher = lag.New(config)
	if err := r.watcher.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.watcher.Close)
	return r
}

func (r *rig) newClient(opts ...kgo.Opt) *kgo.Client {
	r.t.Helper()
	client, err := kgo.NewClient(append(append([]kgo.Opt{}, r.kafka...), opts...)...)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(client.Close)
	return client
}

// write puts records that are so old at the first look.
func (r *rig) write(client *kgo.Client, n int, old time.Duration) {
	r.t.Helper()
	for range n {
		record := &kgo.Record{Topic: topic, Value: []byte("fact"), Timestamp: noon().Add(-old)}
		if err := client.ProduceSync(r.t.Context(), record).FirstErr(); err != nil {
			r.t.Fatal(err)
		}
	}
}

// transaction writes records in a transaction of an id and leaves it open.
func (r *rig) transaction(id string, n int, old time.Duration) *kgo.Client {
	r.t.Helper()
	client := r.newClient(kgo.TransactionalID(id), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err := client.BeginTransaction(); err != nil {
		r.t.Fatal(err)
	}
	r.write(client, n, old)
	return client
}

func (r *rig) end(client *kgo.Client, how kgo.TransactionEndTry) {
	r.t.Helper()
	if err := client.EndTransaction(r.t.Context(), how); err != nil {
		r.t.Fatal(err)
	}
}

// member joins a group and has the topic's partition when it returns.
func (r *rig) member(name string, opts ...kgo.Opt) *kgo.Client {
	r.t.Helper()
	assigned := make(chan struct{}, 16)
	client := r.newClient(append([]kgo.Opt{
		kgo.ConsumerGroup(name), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.ClientID("reader"),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, got map[string][]int32) {
			if len(got[topic]) > 0 {
				assigned <- struct{}{}
			}
		}),
	}, opts...)...)
	select {
	case <-assigned:
	case <-time.After(20 * time.Second):
		r.t.Fatal("the member was given nothing")
	}
	return client
}

// commit sets the group's position, as a member or from outside.
func (r *rig) commit(member *kgo.Client, at int64) {
	r.t.Helper()
	if member == nil {
		offsets := kadm.Offsets{}
		offsets.AddOffset(topic, 0, at, -1)
		if err := r.admin.CommitAllOffsets(r.t.Context(), group, offsets); err != nil {
			r.t.Fatal(err)
		}
		return
	}
	var failed error
	member.CommitOffsetsSync(r.t.Context(), map[string]map[int32]kgo.EpochOffset{topic: {0: {Epoch: -1, Offset: at}}},
		func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, _ *kmsg.OffsetCommitResponse, err error) {
			failed = err
		})
	if failed != nil {
		r.t.Fatal(failed)
	}
}

// look observes after a time has passed.
func (r *rig) look(after time.Duration) *lag.Group {
	r.t.Helper()
	r.now = r.now.Add(after)
	report, err := r.watcher.Observe(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for i := range report.Groups {
		if report.Groups[i].Group == group {
			return &report.Groups[i]
		}
	}
	r.t.Fatalf("group %s is not in %+v", group, report.Groups)
	return nil
}

func (r *rig) want(g *lag.Group, verdict lag.Verdict, records int64, age time.Duration, reason string) {
	r.t.Helper()
	if g.Verdict != verdict || g.Records != records || time.Duration(g.Age) != age || !strings.Contains(g.Reason, reason) {
		r.t.Errorf("group is %s, %d behind, oldest %v: %q; want %s, %d, %v: %q",
			g.Verdict, g.Records, time.Duration(g.Age), g.Reason, verdict, records, age, reason)
	}
}

func foreign() lag.Config { return lag.Config{Groups: []string{"st*"}} }

func own() lag.Config { return lag.Config{Own: map[string][]string{group: {topic}}} }

// TestMarkersAreNoLag: what stands after the position are the markers of two
// transactions and an aborted record.
func TestMarkersAreNoLag(t *testing.T) {
	t.Parallel()
	r := newRig(t, foreign())
	r.end(r.transaction("writer", 1, time.Hour), kgo.TryCommit)
	r.end(r.transaction("other", 3, time.Hour), kgo.TryAbort)
	m := r.member(group)
	r.commit(m, 1)
	g := r.look(0)
	r.want(g, lag.VerdictOK, 0, 0, "ok")
	if p := g.Partitions[0]; p.Position != 1 || p.End != 6 || p.Next != -1 {
		t.Errorf("partition = %+v, want offsets 1 to 6 unread and no record among them", p)
	}
	// A record behind the markers is found, and is as old as it is.
	r.write(r.client, 2, time.Minute)
	r.want(r.look(time.Second), lag.VerdictWatching, 7, time.Minute+time.Second, "")
}

func TestIdleGroupAges(t *testing.T) {
	t.Parallel()
	r := newRig(t, own())
	g := r.look(0)
	r.want(g, lag.VerdictNoMembers, 0, 0, "does not exist yet")
	if !g.Bad {
		t.Error("a group of ours that does not exist is not bad")
	}
	// It has committed nothing: it will begin at the start.
	r.write(r.client, 3, time.Minute)
	r.want(r.look(time.Second), lag.VerdictNoMembers, 3, time.Minute+time.Second, "3 unread")
	// While its position moves somebody reads for it, who need not be a member.
	r.commit(nil, 2)
	r.look(window)
	r.want(r.look(time.Hour), lag.VerdictNoMembers, 1, time.Hour+time.Minute+window+time.Second, "1 unread, the oldest 1h01m old")
	r.commit(nil, 3)
	r.look(window)
	r.want(r.look(time.Hour), lag.VerdictNoMembers, 0, 0, "nothing unread")
}

func TestOpenTransactionBlocks(t *testing.T) {
	t.Parallel()
	r := newRig(t, own())
	m := r.member(group)
	r.write(r.client, 2, time.Minute)
	open := r.transaction("nightly-7", 1, 30*time.Second)
	r.write(r.client, 4, 10*time.Second)
	r.commit(m, 2)
	g := r.look(0)
	r.want(g, lag.VerdictWatching, 0, 30*time.Second, "")
	if g.Held != 5 {
		t.Errorf("held = %d, want 5", g.Held)
	}
	g = r.look(window)
	r.want(g, lag.VerdictBlocked, 0, 45*time.Second, "blocked by an open transaction of nightly-7, open for ")
	if p := g.Partitions[0]; !g.Bad || p.Transaction == nil || p.Transaction.First != 2 || p.Transaction.State != "Ongoing" || p.Next != 2 {
		t.Errorf("partition = %+v", p)
	}
	r.end(open, kgo.TryAbort)
	// It has only just become readable.
	r.want(r.look(time.Second), lag.VerdictOK, 6, 26*time.Second, "ok")
	r.commit(m, 8)
	r.want(r.look(time.Second), lag.VerdictOK, 0, 0, "ok")
}

// TestOpenTransactionIsNamedSoon: a group that is watched already names the transaction at the second look
// at it, long before it is called blocked.
func TestOpenTransactionIsNamedSoon(t *testing.T) {
	t.Parallel()
	config := own()
	config.BrokerNow = func() time.Time { return time.Now().Add(time.Hour) }
	r := newRig(t, config)
	m := r.member(group)
	r.write(r.client, 2, time.Minute)
	r.commit(m, 2)
	for range 10 {
		r.want(r.look(3*time.Second), lag.VerdictOK, 0, 0, "ok")
	}
	open := r.transaction("nightly-7", 1, 0)
	r.look(3 * time.Second)
	g := r.look(3 * time.Second)
	r.want(g, lag.VerdictWatching, 0, 36*time.Second, "waits behind an open transaction of nightly-7, open for 1h00m")
	if p := g.Waiting(); p == nil || p.Topic != topic || g.Bad {
		t.Errorf("group = %+v", g)
	}
	r.end(open, kgo.TryAbort)
	if g := r.look(3 * time.Second); g.Verdict != lag.VerdictOK || g.Waiting() != nil {
		t.Errorf("after its end the group = %+v", g)
	}
}

func TestStuckTellsTheOwner(t *testing.T) {
	t.Parallel()
	r := newRig(t, foreign())
	m := r.member(group)
	r.write(r.client, 5, time.Minute)
	r.commit(m, 1)
	r.want(r.look(0), lag.VerdictWatching, 4, time.Minute, "")
	g := r.look(window)
	r.want(g, lag.VerdictStuck, 4, time.Minute+window, "stuck: facts/0 does not move from offset 1, its next record is 1m15s old; owner reader on ")
	if o := g.Partitions[0].Owner; !g.Bad || g.Members != 1 || o == nil || o.ClientID != "reader" || o.Host == "" || g.CatchUp != nil {
		t.Errorf("group = %+v", g)
	}
}

func TestBehindEitherWay(t *testing.T) {
	t.Parallel()
	r := newRig(t, foreign())
	m := r.member(group)
	r.write(r.client, 100, time.Minute)
	r.commit(m, 0)
	r.look(0)
	r.commit(m, 45)
	r.write(r.client, 15, 0)
	// 45 read and 15 written in 15 s: 70 are left at 2 a second.
	g := r.look(window)
	r.want(g, lag.VerdictCatchingUp, 70, time.Minute+window, "behind but catching up, about 35s to go")
	if g.Bad || g.In != 1 || g.Out != 3 {
		t.Errorf("group = %+v", g)
	}
	r.commit(m, 60)
	r.write(r.client, 45, 0)
	g = r.look(window)
	r.want(g, lag.VerdictFallingBehind, 100, time.Minute+2*window, "falling behind: 3.0 a second come, 1.0 are read")
	if !g.Bad || g.CatchUp != nil {
		t.Errorf("group = %+v", g)
	}
	// It has read what was there when the window began: new records are no lag to
	// speak of.
	r.commit(m, 160)
	r.write(r.client, 7, 0)
	r.want(r.look(window), lag.VerdictOK, 7, 3*window, "ok")
}

func TestPositionIsNotKnown(t *testing.T) {
	t.Parallel()
	r := newRig(t, foreign())
	r.member(group)
	r.write(r.client, 2, time.Minute)
	g := r.look(0)
	r.want(g, lag.VerdictUnknown, 0, 0, "has committed nothing yet")
	if g.Bad {
		t.Error("a group that has just begun is bad")
	}
}

func TestRetentionWasFaster(t *testing.T) {
	t.Parallel()
	r := newRig(t, foreign())
	m := r.member(group)
	r.write(r.client, 10, time.Minute)
	r.commit(m, 3)
	offsets := kadm.Offsets{}
	offsets.AddOffset(topic, 0, 8, -1)
	if _, err := r.admin.DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
	g := r.look(0)
	if g.Lost != 5 || g.Records != 2 || !g.Bad || !strings.Contains(g.Reason, "deleted 5 offsets") {
		t.Errorf("group = %+v, want 5 lost, 2 behind, bad", g)
	}
}

// TestNewProtocol: the groups of KIP-848 are described by another request.
func TestNewProtocol(t *testing.T) {
	t.Parallel()
	r := newRig(t, foreign())
	ctx := context.WithValue(t.Context(), "opt_in_kafka_next_gen_balancer_beta", true) //nolint:revive,staticcheck // the client's own key
	m := r.member(group, kgo.WithContext(ctx))
	r.write(r.client, 2, time.Minute)
	r.commit(m, 1)
	g := r.look(0)
	r.want(g, lag.VerdictWatching, 1, time.Minute, "")
	// The embedded broker does not name the topics of an assignment, hence no owner.
	if g.Type != "consumer" || g.Members != 1 {
		t.Errorf("group = %+v", g)
	}
}

// TestManyPartitions: each partition's next record is found, batches of a megabyte
// among them, and two groups at one place are looked up once.
func TestManyPartitions(t *testing.T) {
	t.Parallel()
	r := newRig(t, lag.Config{Groups: []string{"*"}})
	const wide, partitions = "wide", 20
	if _, err := r.admin.CreateTopic(t.Context(), partitions, 1, nil, wide); err != nil {
		t.Fatal(err)
	}
	offsets := kadm.Offsets{}
	for p := range int32(partitions) {
		value := make([]byte, 300<<10)
		for n := range 2 {
			record := &kgo.Record{Topic: wide, Partition: p, Value: value, Timestamp: noon().Add(-time.Duration(p)*time.Minute - time.Hour).Add(time.Duration(n) * time.Second)}
			if err := r.client.ProduceSync(t.Context(), record).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		offsets.AddOffset(wide, p, 1, -1)
	}
	for _, name := range []string{group, group + "-2"} {
		if err := r.admin.CommitAllOffsets(t.Context(), name, offsets); err != nil {
			t.Fatal(err)
		}
	}
	g := r.look(0)
	for p := range g.Partitions {
		if got, want := time.Duration(g.Partitions[p].Age), time.Duration(p)*time.Minute+time.Hour-time.Second; got != want || g.Partitions[p].Next != 1 {
			t.Errorf("partition %d: oldest %v at %d, want %v at 1", p, got, g.Partitions[p].Next, want)
		}
	}
	if len(g.Partitions) != partitions || g.Records != partitions {
		t.Errorf("%d partitions, %d behind", len(g.Partitions), g.Records)
	}
}
