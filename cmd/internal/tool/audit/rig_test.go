package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// rig is a demo that has come to its end, its topics open to be tampered with.
type rig struct {
	t      *testing.T
	client *kgo.Client
	admin  *kadm.Client
	config audit.Config
	// known are the differences of earlier tampering.
	known map[string]bool
}

// removeFirst removes the first record of a partition that has one, and returns it.
func (r *rig) removeFirst(ctx context.Context, topic string) *kgo.Record {
	r.t.Helper()
	first := r.read(ctx, topic, func(*kgo.Record) bool { return true })
	until := kadm.Offsets{}
	until.AddOffset(topic, first.Partition, first.Offset+1, -1)
	done, err := r.admin.DeleteRecords(ctx, until)
	if err == nil {
		err = done.Error()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return first
}

// read returns the first record of a topic that is wanted.
func (r *rig) read(ctx context.Context, topic string, wanted func(*kgo.Record) bool) *kgo.Record {
	r.t.Helper()
	for _, rec := range r.all(ctx, topic, nil) {
		if rec.Value != nil && wanted(rec) {
			return rec
		}
	}
	r.t.Fatalf("%s has no such record", topic)
	return nil
}

// firstOf returns the origin of the first fact of a key.
func (r *rig) firstOf(ctx context.Context, topic string, key []byte) avro.Origin {
	r.t.Helper()
	return originOf(r.t, r.all(ctx, topic, key)[0])
}

// all returns the records of a topic, or those with a key, in order.
func (r *rig) all(ctx context.Context, topic string, key []byte) []*kgo.Record {
	r.t.Helper()
	ends, err := r.admin.ListCommittedOffsets(ctx, topic)
	if err != nil {
		r.t.Fatal(err)
	}
	starts, err := r.admin.ListStartOffsets(ctx, topic)
	if err != nil {
		r.t.Fatal(err)
	}
	client, err := kgo.NewClient(append(slices.Clone(r.config.Kafka), kgo.ConsumeTopics(topic), kgo.KeepControlRecords(),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(50*time.Millisecond))...)
	if err != nil {
		r.t.Fatal(err)
	}
	defer client.Close()
	left := map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) {
		if start, _ := starts.Lookup(topic, o.Partition); start.Offset < o.Offset {
			left[o.Partition] = o.Offset
		}
	})
	var out []*kgo.Record
	for len(left) > 0 {
		fetches := client.PollFetches(ctx)
		if err := errors.Join(fetches.Err0(), ctx.Err()); err != nil {
			r.t.Fatal(err)
		}
		fetches.EachRecord(func(rec *kgo.Record) {
			if !rec.Attrs.IsControl() && rec.Offset < ends[topic][rec.Partition].Offset && (key == nil || bytes.Equal(rec.Key, key)) {
				out = append(out, rec)
			}
			if rec.Offset+1 >= left[rec.Partition] {
				delete(left, rec.Partition)
			}
		})
	}
	slices.SortStableFunc(out, func(a, b *kgo.Record) int { return int(a.Partition - b.Partition) })
	return out
}

// write adds a record like another to its partition.
func (r *rig) write(ctx context.Context, like *kgo.Record, value []byte) {
	r.t.Helper()
	err := r.client.ProduceSync(ctx, &kgo.Record{Topic: like.Topic, Partition: like.Partition, Key: like.Key, Value: value, Headers: like.Headers}).FirstErr()
	if err != nil {
		r.t.Fatal(err)
	}
}

func body(t *testing.T, rec *kgo.Record) []byte {
	t.Helper()
	_, b, err := wire.Parse(rec.Value)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func originOf(t *testing.T, rec *kgo.Record) avro.Origin {
	t.Helper()
	f, err := avro.DecodeFact(body(t, rec))
	if err != nil {
		t.Fatal(err)
	}
	return f.Origin
}

func place(o *avro.Origin) string { return fmt.Sprintf("%s/%d@%d", o.Topic, o.Partition, o.Offset) }
