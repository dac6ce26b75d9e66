package topics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
)

// Copy copies the raw topics of one prefix into those of another, each record to the
// partition that its key has there: the way to another partition count.
type Copy struct {
	// Kafka are the options of every client.
	Kafka []kgo.Opt
	// From and To are the two prefixes.
	From, To schemas.Names
	// Progress receives the copied records and the offsets to copy; nil discards it.
	Progress func(topic string, done, total int64)
}

// Copied is the result of one topic.
type Copied struct {
	Topic   string `json:"topic"`
	To      string `json:"to"`
	Records int64  `json:"records"`
	Bytes   int64  `json:"bytes"`
}

// copyPatience is how long a topic may give nothing, as behind an open transaction.
const copyPatience = 90 * time.Second

// rawTopics returns the raw topics, without prefix.
func rawTopics() []string {
	var out []string
	for _, row := range schemas.Table() {
		if strings.HasPrefix(row.Name, "raw.") {
			out = append(out, row.Name)
		}
	}
	return out
}

// Run copies all records up to the current end; later records are not copied. The order
// of records with the same key is kept. A second run copies them again, and the stages
// drop the copies as duplicates.
func (c *Copy) Run(ctx context.Context) ([]Copied, error) {
	if c.From.Prefix == c.To.Prefix {
		return nil, errors.New("both prefixes are the same: nothing would be copied")
	}
	var out []Copied
	for _, name := range rawTopics() {
		copied, err := c.topic(ctx, c.From.Topic(name), c.To.Topic(name))
		if err != nil {
			return out, fmt.Errorf("copy %s to %s (copying again does no harm): %w", c.From.Topic(name), c.To.Topic(name), err)
		}
		out = append(out, *copied)
	}
	return out, nil
}

// topic copies one.
func (c *Copy) topic(ctx context.Context, from, to string) (*Copied, error) {
	copied := &Copied{Topic: from, To: to}
	// Every record is sent as it is, at the time it was written.
	producer, err := kgo.NewClient(append(slices.Clone(c.Kafka), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(kgo.Lz4Compression(), kgo.NoCompression()))...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer producer.Close()
	partitions, left, total, err := look(ctx, kadm.NewClient(producer), from, to)
	if err != nil || len(left) == 0 {
		return copied, err
	}
	t := &transfer{to: to, partitions: partitions, left: left, producer: producer}
	if err := t.run(ctx, c.Kafka, from, func(done int64) {
		if c.Progress != nil {
			c.Progress(from, done, total)
		}
	}); err != nil {
		return nil, err
	}
	copied.Records, copied.Bytes = t.records.Load(), t.bytes.Load()
	return copied, nil
}

// transfer is one topic's copying under way.
type transfer struct {
	to         string
	partitions int32
	// left are where the partitions end that are not copied yet.
	left           map[int32]int64
	producer       *kgo.Client
	records, bytes atomic.Int64
}

func (t *transfer) run(ctx context.Context, kafka []kgo.Opt, from string, progress func(done int64)) error {
	begin := map[int32]kgo.Offset{}
	for p := range t.left {
		begin[p] = kgo.NewOffset().AtStart()
	}
	reader, err := kgo.NewClient(append(slices.Clone(kafka), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{from: begin}),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords())...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer reader.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sent := func(r *kgo.Record, err error) {
		if err != nil {
			cancel(err)
			return
		}
		t.records.Add(1)
		t.bytes.Add(int64(len(r.Key) + len(r.Value)))
	}
	for len(t.left) > 0 {
		fetches, err := poll(ctx, reader)
		if err != nil {
			return err
		}
		for it := fetches.RecordIter(); !it.Done(); {
			t.take(ctx, it.Next(), sent)
		}
		progress(t.records.Load())
	}
	if err := t.producer.Flush(ctx); err != nil {
		return context.Cause(ctx)
	}
	return context.Cause(ctx)
}

// take sends a record, if it is one and before where its partition ended.
func (t *transfer) take(ctx context.Context, r *kgo.Record, sent func(*kgo.Record, error)) {
	end, waited := t.left[r.Partition]
	if waited && r.Offset < end && !r.Attrs.IsControl() {
		t.producer.Produce(ctx, again(r, t.to, t.partitions), sent)
	}
	if waited && r.Offset+1 >= end {
		delete(t.left, r.Partition)
	}
}

// poll returns the next fetches.
func poll(ctx context.Context, reader *kgo.Client) (kgo.Fetches, error) {
	patient, cancel := context.WithTimeoutCause(ctx, copyPatience, fmt.Errorf("nothing came for %s: is a transaction open (tributary lag)?", copyPatience))
	defer cancel()
	fetches := reader.PollFetches(patient)
	if err := fetches.Err(); err != nil {
		if patient.Err() != nil {
			err = context.Cause(patient)
		}
		return nil, err
	}
	return fetches, nil
}

// look counts the partitions of the copy and finds where each partition of the
// original ends; those that hold nothing are left out.
func look(ctx context.Context, admin *kadm.Client, from, to string) (partitions int32, left map[int32]int64, total int64, err error) {
	details, err := admin.ListTopics(ctx, to)
	if err == nil {
		err = details.Error()
	}
	if err != nil {
		return 0, nil, 0, fmt.Errorf("look at %s (tributary topics apply makes it): %w", to, err)
	}
	starts, err := admin.ListStartOffsets(ctx, from)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return 0, nil, 0, fmt.Errorf("look at %s: %w", from, err)
	}
	ends, err := admin.ListCommittedOffsets(ctx, from)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return 0, nil, 0, fmt.Errorf("look at %s: %w", from, err)
	}
	left = map[int32]int64{}
	ends.Each(func(end kadm.ListedOffset) {
		if start, _ := starts.Lookup(from, end.Partition); end.Offset > start.Offset {
			left[end.Partition] = end.Offset
			total += end.Offset - start.Offset
		}
	})
	return int32(len(details[to].Partitions)), left, total, nil //nolint:gosec // a partition count
}

// again returns the record for the destination topic. Replay headers name records of
// the source topics, so they are removed.
func again(r *kgo.Record, to string, partitions int32) *kgo.Record {
	out := &kgo.Record{Topic: to, Partition: stage.PartitionOf(r.Key, partitions), Key: r.Key, Value: r.Value, Timestamp: r.Timestamp}
	for _, h := range r.Headers {
		if !strings.HasPrefix(h.Key, "tributary-dlq-") && !strings.HasPrefix(h.Key, "tributary-replay-") {
			out.Headers = append(out.Headers, h)
		}
	}
	return out
}
