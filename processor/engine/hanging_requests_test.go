package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// TestHangingTransactionRequests: a broker understands the requests that find a hanging
// transaction and complete it. The simulation tests the recovery itself: nothing makes a
// real broker leave a transaction hanging.
func TestHangingTransactionRequests(t *testing.T) {
	t.Parallel()
	for name, commit := range map[string]bool{"commit": true, "abort": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			id, group, topic := b.names.Group("sums.one.0"), b.names.Group("sums"), b.names.Topic(output)
			left, err := kgo.NewClient(append(b.kafka, kgo.TransactionalID(id), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
			if err != nil {
				t.Fatal(err)
			}
			defer left.Close()
			if err := left.BeginTransaction(); err != nil {
				t.Fatal(err)
			}
			for p := range int32(2) {
				if err := left.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Partition: p, Value: []byte("left open")}).FirstErr(); err != nil {
					t.Fatal(err)
				}
			}
			pid, epoch, err := left.ProducerID(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			b.leaveOffset(left, id, group, pid, epoch)
			admin := kafka.NewAdmin(b.client, b.kafka)
			if ok, err := admin.EpochPerTransaction(t.Context()); err != nil || !ok {
				t.Errorf("EpochPerTransaction() = %v, %v: want true of a broker of today", ok, err)
			}
			open := kadm.TopicsSet{}
			open.Add(topic, 0, 1)
			if err := admin.EndTransaction(t.Context(), id, kafka.Producer{ID: pid, Epoch: epoch}, open, group, commit); err != nil {
				t.Fatal(err)
			}
			b.awaitStable(group, topic)
			for p := range int32(2) {
				found, err := admin.Marker(t.Context(), topic, p, kafka.Producer{ID: pid, Epoch: epoch})
				if want := map[bool]kafka.Marker{true: kafka.CommitMarker, false: kafka.AbortMarker}[commit]; err != nil || found != want {
					t.Errorf("Marker(%d) = %v, %v, want %v", p, found, err, want)
				}
				if found, err := admin.Marker(t.Context(), topic, p, kafka.Producer{ID: pid, Epoch: epoch + 1}); found != kafka.NoMarker || err != nil {
					t.Errorf("Marker(%d) of the next epoch = %v, %v, want none", p, found, err)
				}
			}
			notes, err := admin.OffsetMetadata(t.Context(), group, b.names.Topic(input))
			if err != nil || (len(notes) == 1 && notes[0] == "a note") != commit {
				t.Errorf("OffsetMetadata() = %q, %v, want the note if committed", notes, err)
			}
		})
	}
}

// leaveOffset commits an input offset in an open transaction.
func (b *bench) leaveOffset(client *kgo.Client, id, group string, pid int64, epoch int16) {
	b.t.Helper()
	note := "a note"
	add := kmsg.NewPtrAddOffsetsToTxnRequest()
	add.TransactionalID, add.ProducerID, add.ProducerEpoch, add.Group = id, pid, epoch, group
	added, err := add.RequestWith(b.t.Context(), client)
	if err == nil {
		err = kerr.ErrorForCode(added.ErrorCode)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	req := kmsg.NewPtrTxnOffsetCommitRequest()
	req.TransactionalID, req.ProducerID, req.ProducerEpoch, req.Group, req.Generation = id, pid, epoch, group, -1
	part := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	part.Offset, part.Metadata = 1, &note
	of := kmsg.NewTxnOffsetCommitRequestTopic()
	of.Topic, of.Partitions = b.names.Topic(input), append(of.Partitions, part)
	of.TopicID = b.awaitTopics(input)[input]
	req.Topics = append(req.Topics, of)
	answer, err := req.RequestWith(b.t.Context(), client)
	if err == nil {
		err = kerr.ErrorForCode(answer.Topics[0].Partitions[0].ErrorCode)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// awaitStable waits until markers are written: they come after the answer.
func (b *bench) awaitStable(group, topic string) {
	b.t.Helper()
	adm := kadm.NewClient(b.client)
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	for {
		stable, err := adm.ListCommittedOffsets(ctx, topic)
		if err != nil {
			b.t.Fatal(err)
		}
		ends, err := adm.ListEndOffsets(ctx, topic)
		if err != nil {
			b.t.Fatal(err)
		}
		offsets, err := adm.FetchOffsets(kadm.RequireStable(ctx), group)
		at, _ := stable.Lookup(topic, 0)
		end, _ := ends.Lookup(topic, 0)
		if errors.Is(err, kerr.GroupIDNotFound) {
			err = nil // nothing was committed
		}
		if err == nil && offsets.Error() == nil && at.Offset == end.Offset {
			return
		}
		if ctx.Err() != nil {
			b.t.Fatalf("not stable: %v, %v, offsets %v %v", at, end, err, offsets.Error())
		}
	}
}
