package engine_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
	"github.com/tributary-hq/tributary/processor/engine/internal/assignor"
	"github.com/tributary-hq/tributary/processor/stage"
)

// TestTwoProcessesOneInstanceID: the elder is thrown out and says why, the younger
// works on, and nothing is lost or repeated.
func TestTwoProcessesOneInstanceID(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	elder := b.start("one", 1, nil)
	b.send(40, now(), keys(5)...)
	b.check()
	b.stateAt = t.TempDir() // another machine
	younger := b.start("one", 1, nil)
	defer b.stop(younger)
	b.send(40, now(), keys(5)...)
	select {
	case err := <-b.failed:
		if !errors.Is(err, engine.ErrInstanceTaken) {
			t.Errorf("failed with %v, want that the instance id is taken", err)
		}
	case <-time.After(2 * time.Minute):
		t.Error("both go on under one instance id")
	}
	b.stop(elder)
	b.check()
	b.send(40, now(), keys(5)...)
	b.check()
	select {
	case err := <-b.failed:
		t.Errorf("the younger ended, too: %v", err)
	default:
	}
}

// TestTakenAtCommit: another process takes the instance id between a round's offsets
// and its commit, which the broker answers with the state of a transaction that is no
// longer there. The elder gives way all the same, instead of joining anew and throwing
// the younger out in its turn.
func TestTakenAtCommit(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if b.fake == nil {
		t.Skip("the commit is held back in the embedded broker")
	}
	var armed atomic.Bool
	come, joined := make(chan struct{}), make(chan struct{})
	b.fake.ControlKey(int16(kmsg.EndTxn), func(kmsg.Request) (kmsg.Response, error, bool) {
		b.fake.KeepControl()
		if armed.CompareAndSwap(true, false) {
			b.fake.SleepControl(func() {
				close(come)
				<-joined
			})
		}
		return nil, nil, false
	})
	elder := b.start("one", 1, nil)
	b.send(40, now(), keys(5)...)
	b.check()
	armed.Store(true)
	b.send(40, now(), keys(5)...)
	<-come
	b.stateAt = t.TempDir() // another machine
	var once sync.Once
	younger := b.start("one", 1, func(step failpoint.Point, _ int) error {
		if step == failpoint.Restored {
			once.Do(func() { close(joined) })
		}
		return nil
	})
	defer b.stop(younger)
	if err := <-b.failed; !errors.Is(err, engine.ErrInstanceTaken) {
		t.Errorf("failed with %v, want that the instance id is taken", err)
	}
	b.stop(elder)
	b.send(40, now(), keys(5)...)
	b.check()
	select {
	case err := <-b.failed:
		t.Errorf("the younger ended, too: %v", err)
	default:
	}
}

// TestStopIsPrompt: a stop in the middle of a join does not wait for a member that
// never joins.
func TestStopIsPrompt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if b.fake == nil {
		t.Skip("a member that is silent for a minute is the embedded broker's")
	}
	b.silentMember(assignor.Protocol("engine"))
	e := b.start("one", 1, nil)
	b.send(10, now(), keys(3)...)
	// The join is on its way once the group waits for the silent member.
	b.awaitJoin()
	began := time.Now()
	b.stop(e)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("Stop() took %v: it waited for the silent member", took)
	}
}

// silentMember joins the stage's group, and is never heard of again within a minute.
func (b *bench) silentMember(protocol string) {
	b.t.Helper()
	join := kmsg.NewPtrJoinGroupRequest()
	join.Group, join.ProtocolType = b.names.Group("sums"), "consumer"
	join.SessionTimeoutMillis, join.RebalanceTimeoutMillis = 60_000, 60_000
	offer := kmsg.NewJoinGroupRequestProtocol()
	offer.Name = protocol
	meta := kmsg.NewConsumerMemberMetadata()
	meta.Topics = []string{b.names.Topic(input)}
	offer.Metadata = meta.AppendTo(nil)
	join.Protocols = append(join.Protocols, offer)
	for {
		answer, err := join.RequestWith(b.t.Context(), b.client)
		if err != nil {
			b.t.Fatal(err)
		}
		err = kerr.ErrorForCode(answer.ErrorCode)
		join.MemberID = answer.MemberID
		if errors.Is(err, kerr.MemberIDRequired) {
			continue
		}
		if err != nil {
			b.t.Fatal(err)
		}
		synced := kmsg.NewPtrSyncGroupRequest()
		synced.Group, synced.MemberID, synced.Generation = join.Group, answer.MemberID, answer.Generation
		to := kmsg.NewSyncGroupRequestGroupAssignment()
		none := kmsg.NewConsumerMemberAssignment()
		to.MemberID, to.MemberAssignment = answer.MemberID, none.AppendTo(nil)
		synced.GroupAssignment = append(synced.GroupAssignment, to)
		if _, err := synced.RequestWith(b.t.Context(), b.client); err != nil {
			b.t.Fatal(err)
		}
		return
	}
}

// awaitJoin waits until the stage's group is in a rebalance.
func (b *bench) awaitJoin() {
	b.t.Helper()
	for {
		describe := kmsg.NewPtrDescribeGroupsRequest()
		describe.Groups = []string{b.names.Group("sums")}
		answer, err := describe.RequestWith(b.t.Context(), b.client)
		if err != nil {
			b.t.Fatal(err)
		}
		if len(answer.Groups) == 1 && answer.Groups[0].State == "PreparingRebalance" {
			return
		}
	}
}

// TestTwoStagesInOneProcess: two stages of one process share its store, each in its
// own group and under its own prefix, and neither minds the other.
func TestTwoStagesInOneProcess(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	second := "second.changelog"
	b.makeTopic(second)
	config := b.config("one")
	deps := engine.Deps{Kafka: b.kafka, Prefix: b.names.Prefix, Version: "test", Fail: func(err error) { b.failed <- err }}
	spec := engine.Spec{
		Name: "sums", Stage: sums{}, Input: input, Changelog: changelog, Outputs: []string{output}, DeadLetter: deadLetters, WallClock: true, Workers: 2,
	}
	behind := spec
	// The second stage counts what the first one says.
	behind.Name, behind.Input, behind.Changelog, behind.Stage = "behind", output, second, again{}
	behind.Outputs = []string{"second.output"}
	b.makeTopic("second.output")
	run := func() *engine.Engine {
		e, err := engine.New(config, []engine.Spec{spec, behind}, deps)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return e
	}
	for range 2 {
		e := run()
		b.send(60, now(), keys(7)...)
		b.check()
		got := b.read("second.output", func(got map[string][]string) bool { return total(got) >= total2(b.sent) })
		for key, n := range b.sent {
			if len(got[key]) != n || got[key][n-1] != got[key][len(got[key])-1] || !slices.IsSortedFunc(got[key], byNumber) {
				t.Errorf("the second stage says %v of %s, want 1 to %d", got[key], key, n)
			}
		}
		b.stop(e)
	}
}

// again counts as sums does, onto another topic.
type again struct{ sums }

// Apply implements stage.Stage.
func (again) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	return sums{}.Apply(elsewhere{tx}, in, event)
}

type elsewhere struct{ stage.Tx }

// Emit implements stage.Tx.
func (e elsewhere) Emit(out stage.Output) {
	out.Topic = "second.output"
	e.Tx.Emit(out)
}

func total2(sent map[string]int) (n int) {
	for _, v := range sent {
		n += v
	}
	return n
}

// byNumber orders numbers without leading zeros.
func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (b *bench) makeTopic(topic string) {
	b.t.Helper()
	req := kmsg.NewPtrCreateTopicsRequest()
	made := kmsg.NewCreateTopicsRequestTopic()
	made.Topic, made.NumPartitions, made.ReplicationFactor = b.names.Topic(topic), partitions, 1
	req.Topics = append(req.Topics, made)
	if _, err := req.RequestWith(context.Background(), b.client); err != nil {
		b.t.Fatal(err)
	}
	b.awaitTopics(topic)
}
