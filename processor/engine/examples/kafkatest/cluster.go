// Package kafkatest runs the example programs as processes against a broker: the
// embedded one, or the real one that TRIBUTARY_KAFKA_BROKERS names.
//
//	Main(m, main)  makes the test binary the program when Process starts it
//	Produce ─► broker ◄─► Process, which Kill ends like a crash
//	            └─► Await, Read: the records that a read-committed consumer gets
package kafkatest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Partitions is the partition count of every topic.
const Partitions = 3

// limit bounds each wait of a test.
const limit = 2 * time.Minute

// Cluster is a broker with the topics of one program.
type Cluster struct {
	t       *testing.T
	brokers []string
	client  *kgo.Client
	admin   *kadm.Client
	// ctx ends when the test has taken too long or a program has ended by itself.
	ctx  context.Context
	fail context.CancelCauseFunc
}

// New returns a broker with empty topics. Those whose name ends in -changelog are
// compacted, as the engine requires. On a real broker, topics and groups of an earlier
// run are removed first.
func New(t *testing.T, groups, topics []string) *Cluster {
	t.Helper()
	limited, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	ctx, fail := context.WithCancelCause(limited)
	c := &Cluster{t: t, ctx: ctx, fail: fail}
	if brokers := os.Getenv("TRIBUTARY_KAFKA_BROKERS"); brokers != "" {
		c.brokers = strings.Split(brokers, ",")
	} else {
		fake, err := kfake.NewCluster(kfake.NumBrokers(1))
		c.must(err)
		t.Cleanup(fake.Close)
		c.brokers = fake.ListenAddrs()
	}
	var err error
	c.client, err = kgo.NewClient(kgo.SeedBrokers(c.brokers...), kgo.RecordPartitioner(partitioner()))
	c.must(err)
	t.Cleanup(c.client.Close)
	c.admin = kadm.NewClient(c.client)
	c.remove(groups, topics)
	for _, topic := range topics {
		c.create(topic)
	}
	return c
}

// create creates a topic. A real broker removes the former one some moments after it
// said so, and shows the new one some moments after it said so.
func (c *Cluster) create(topic string) {
	c.t.Helper()
	policy := "delete"
	if strings.HasSuffix(topic, "-changelog") {
		policy = "compact"
	}
	for created := false; ; {
		if !created {
			_, err := c.admin.CreateTopic(c.ctx, Partitions, 1, map[string]*string{"cleanup.policy": &policy}, topic)
			created = err == nil
		}
		listed, err := c.admin.ListTopics(c.ctx, topic)
		if created && err == nil && len(listed[topic].Partitions) == Partitions {
			return
		}
		if c.ctx.Err() != nil {
			c.t.Fatalf("create %s: %v", topic, err)
		}
	}
}

func (c *Cluster) remove(groups, topics []string) {
	c.t.Helper()
	// Neither needs to exist. A fresh broker has no coordinator of groups yet.
	_, _ = c.admin.DeleteGroups(c.ctx, groups...)
	_, err := c.admin.DeleteTopics(c.ctx, topics...)
	c.must(err)
}

func (c *Cluster) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// partitioner sends a record to its Partition, or by its key if that is negative.
func partitioner() kgo.Partitioner {
	byKey := kgo.StickyKeyPartitioner(nil)
	return kgo.BasicConsistentPartitioner(func(topic string) func(*kgo.Record, int) int {
		keyed := byKey.ForTopic(topic)
		return func(r *kgo.Record, n int) int {
			if r.Partition >= 0 {
				return int(r.Partition)
			}
			return keyed.Partition(r, n)
		}
	})
}

// Record returns a record whose partition is that of its key.
func Record(topic, key, value string, at time.Time) *kgo.Record {
	return &kgo.Record{Topic: topic, Partition: -1, Key: []byte(key), Value: []byte(value), Timestamp: at}
}

// Produce appends records in order.
func (c *Cluster) Produce(records ...*kgo.Record) {
	c.t.Helper()
	c.must(c.client.ProduceSync(c.ctx, records...).FirstErr())
}

// Await returns when a topic has n committed records.
func (c *Cluster) Await(topic string, n int) {
	c.t.Helper()
	client := c.consumer(topic)
	defer client.Close()
	for n > 0 {
		fetches := client.PollFetches(c.ctx)
		if c.ctx.Err() != nil {
			c.t.Fatalf("%d records of %s are still missing: %v", n, topic, context.Cause(c.ctx))
		}
		n -= fetches.NumRecords()
	}
}

// Read returns all committed records of a topic, as key=value, by partition and offset.
func (c *Cluster) Read(topic string) []string {
	c.t.Helper()
	ends, err := c.admin.ListCommittedOffsets(c.ctx, topic)
	c.must(err)
	client := c.consumer(topic, kgo.KeepControlRecords())
	defer client.Close()
	open := map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) {
		c.must(o.Err)
		if o.Offset > 0 {
			open[o.Partition] = o.Offset
		}
	})
	lines := make([][]string, Partitions)
	for len(open) > 0 {
		fetches := client.PollFetches(c.ctx)
		c.must(c.ctx.Err())
		fetches.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() {
				lines[r.Partition] = append(lines[r.Partition], fmt.Sprintf("%s=%s", r.Key, r.Value))
			}
			if r.Offset+1 >= open[r.Partition] {
				delete(open, r.Partition)
			}
		})
	}
	var all []string
	for _, l := range lines {
		all = append(all, l...)
	}
	return all
}

func (c *Cluster) consumer(topic string, opts ...kgo.Opt) *kgo.Client {
	c.t.Helper()
	client, err := kgo.NewClient(append(opts, kgo.SeedBrokers(c.brokers...), kgo.ConsumeTopics(topic),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	c.must(err)
	return client
}
