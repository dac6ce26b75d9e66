package kafka

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
)

// client is the admin of the real client.
type client struct {
	*kadm.Client
	kgo  *kgo.Client
	opts []kgo.Opt // for further clients
}

// FetchOffsets implements Admin.
func (a client) FetchOffsets(ctx context.Context, group string, stable bool) (kadm.OffsetResponses, error) {
	if stable {
		ctx = kadm.RequireStable(ctx)
	}
	return a.Client.FetchOffsets(ctx, group) //nolint:wrapcheck // the callers name the request
}

// TakeOver implements Admin.
func (a client) TakeOver(ctx context.Context, id string, timeout time.Duration) (Producer, error) {
	req := kmsg.NewPtrInitProducerIDRequest()
	req.TransactionalID = new(id)
	req.TransactionTimeoutMillis = int32(timeout.Milliseconds()) //nolint:gosec // seconds
	var owner Producer
	// The broker fences the owner, starts to abort the open transaction, and answers
	// CONCURRENT_TRANSACTIONS until that is done.
	err := retryConcurrent(ctx, func() error {
		resp, err := req.RequestWith(ctx, a.kgo)
		if err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		owner = Producer{resp.ProducerID, resp.ProducerEpoch}
		return kerr.ErrorForCode(resp.ErrorCode)
	})
	if err != nil {
		return Producer{}, fmt.Errorf("take over transactional id %s: %w", id, err)
	}
	return owner, nil
}

// retryConcurrent repeats a request while the broker answers CONCURRENT_TRANSACTIONS.
func retryConcurrent(ctx context.Context, ask func() error) error {
	const patience = 100
	for attempt := 0; ; attempt++ {
		err := ask()
		if !errors.Is(err, kerr.ConcurrentTransactions) || attempt == patience {
			return err
		}
		if err := scheduler.Sleep(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// EpochPerTransaction implements Admin.
func (a client) EpochPerTransaction(ctx context.Context) (bool, error) {
	resp, err := kmsg.NewPtrApiVersionsRequest().RequestWith(ctx, a.kgo)
	if err != nil {
		return false, fmt.Errorf("ask for the brokers' features: %w", err)
	}
	const since = 2
	for _, f := range resp.FinalizedFeatures {
		if f.Name == "transaction.version" {
			return f.MaxVersionLevel >= since, nil
		}
	}
	return false, nil
}

// EndTransaction implements Admin. In the newer versions of these requests, partitions
// join a transaction only by a produce, which the partition's leader registers. The
// versions used here name the partitions explicitly.
func (a client) EndTransaction(ctx context.Context, id string, as Producer, open kadm.TopicsSet, group string, commit bool) error {
	versions := kversion.Stable()
	versions.SetMaxKeyVersion(kmsg.AddPartitionsToTxn.Int16(), 3)
	versions.SetMaxKeyVersion(kmsg.EndTxn.Int16(), 4)
	client, err := kgo.NewClient(append(slices.Clone(a.opts), kgo.MaxVersions(versions))...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	if len(open) > 0 {
		if err := retryConcurrent(ctx, func() error { return addPartitions(ctx, client, id, as, open) }); err != nil {
			return fmt.Errorf("add the open partitions to a transaction: %w", err)
		}
	}
	if group != "" {
		add := kmsg.NewPtrAddOffsetsToTxnRequest()
		add.TransactionalID, add.ProducerID, add.ProducerEpoch, add.Group = id, as.ID, as.Epoch, group
		err := retryConcurrent(ctx, func() error {
			resp, err := add.RequestWith(ctx, client)
			if err != nil {
				return err //nolint:wrapcheck // wrapped below
			}
			return kerr.ErrorForCode(resp.ErrorCode)
		})
		if err != nil {
			return fmt.Errorf("add the offsets of group %s to a transaction: %w", group, err)
		}
	}
	end := kmsg.NewPtrEndTxnRequest()
	end.TransactionalID, end.ProducerID, end.ProducerEpoch, end.Commit = id, as.ID, as.Epoch, commit
	err = retryConcurrent(ctx, func() error {
		resp, err := end.RequestWith(ctx, client)
		if err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		return kerr.ErrorForCode(resp.ErrorCode)
	})
	if err != nil {
		return fmt.Errorf("end a transaction: %w", err)
	}
	return nil
}

func addPartitions(ctx context.Context, client *kgo.Client, id string, as Producer, open kadm.TopicsSet) error {
	add := kmsg.NewPtrAddPartitionsToTxnRequest()
	add.TransactionalID, add.ProducerID, add.ProducerEpoch = id, as.ID, as.Epoch
	for _, t := range open.IntoList() {
		topic := kmsg.NewAddPartitionsToTxnRequestTopic()
		topic.Topic, topic.Partitions = t.Topic, t.Partitions
		add.Topics = append(add.Topics, topic)
	}
	resp, err := add.RequestWith(ctx, client)
	if err != nil {
		return err //nolint:wrapcheck // the caller adds the context
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return fmt.Errorf("%s/%d: %w", t.Topic, p.Partition, err)
			}
		}
	}
	return nil
}

// OffsetMetadata implements Admin.
func (a client) OffsetMetadata(ctx context.Context, group, topic string) ([]string, error) {
	offsets, err := a.FetchOffsets(ctx, group, false)
	if errors.Is(err, kerr.GroupIDNotFound) {
		return nil, nil
	}
	if err == nil {
		err = offsets.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("fetch the committed offsets of group %s: %w", group, err)
	}
	var out []string
	for _, o := range offsets[topic] {
		out = append(out, o.Metadata)
	}
	return out, nil
}

// The step sizes and the limit of the backward search for a marker, in offsets.
const (
	markerStep = 4_000
	markerFar  = 2_000_000
)

// Marker implements Admin. It reads backwards, in growing steps, until it finds the
// marker or something older of the same producer.
func (a client) Marker(ctx context.Context, topic string, partition int32, of Producer) (Marker, error) {
	starts, err := a.ListStartOffsets(ctx, topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return NoMarker, fmt.Errorf("list offsets: %w", err)
	}
	ends, err := a.ListEndOffsets(ctx, topic)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return NoMarker, fmt.Errorf("list offsets: %w", err)
	}
	start, _ := starts.Lookup(topic, partition)
	end, _ := ends.Lookup(topic, partition)
	until := end.Offset
	for step := int64(markerStep); until > start.Offset; step *= 4 {
		if end.Offset-until > markerFar {
			return NoMarker, fmt.Errorf("not found among the last %d offsets", end.Offset-until)
		}
		from := max(start.Offset, until-step)
		found, older, err := a.markerBetween(ctx, kadm.Offset{Topic: topic, Partition: partition, At: from}, until, of)
		if err != nil || found != NoMarker || older {
			return found, err
		}
		until = from
	}
	return NoMarker, nil
}

// markerBetween reads a range of a log. older is true if the range contains a record of
// an earlier epoch of the producer; the search can then stop.
func (a client) markerBetween(ctx context.Context, from kadm.Offset, until int64, of Producer) (found Marker, older bool, err error) {
	client, err := kgo.NewClient(append(slices.Clone(a.opts),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{from.Topic: {from.Partition: kgo.NewOffset().At(from.At)}}),
		kgo.KeepControlRecords(), kgo.FetchIsolationLevel(kgo.ReadUncommitted()))...)
	if err != nil {
		return NoMarker, false, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for at := from.At; at < until; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return NoMarker, false, fmt.Errorf("read: %w", err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			at = r.Offset + 1
			if r.ProducerID != of.ID || r.Offset >= until {
				return
			}
			older = older || r.ProducerEpoch < of.Epoch
			if r.Attrs.IsControl() && r.ProducerEpoch == of.Epoch {
				found = markerIn(r.Key)
			}
		})
	}
	return found, older, nil
}

// markerIn reads the key of a control record: a version and a type, 0 for abort and 1
// for commit, two bytes each.
func markerIn(key []byte) Marker {
	const size, commit = 4, 1
	switch {
	case len(key) < size:
		return NoMarker
	case binary.BigEndian.Uint16(key[2:]) == commit:
		return CommitMarker
	}
	return AbortMarker
}

// Orphans implements Admin.
func (a client) Orphans(ctx context.Context, group, topic string) (partitions []int32, first string, err error) {
	described, err := a.DescribeGroups(ctx, group)
	if err != nil {
		return nil, "", fmt.Errorf("describe group %s: %w", group, err)
	}
	g := described[group]
	if g.Err != nil || g.State != "Stable" {
		return nil, "", g.Err
	}
	starts, err := a.ListStartOffsets(ctx, topic)
	if err != nil {
		return nil, "", fmt.Errorf("list the partitions of %s: %w", topic, err)
	}
	owned := map[int32]bool{}
	for i := range g.Members {
		m := &g.Members[i]
		if m.InstanceID != nil && (first == "" || *m.InstanceID < first) {
			first = *m.InstanceID
		}
		assigned, ok := m.Assigned.AsConsumer()
		if !ok {
			return nil, "", nil // not a consumer group
		}
		for _, t := range assigned.Topics {
			for _, p := range t.Partitions {
				owned[p] = owned[p] || t.Topic == topic
			}
		}
	}
	for p := range starts[topic] {
		if !owned[p] {
			partitions = append(partitions, p)
		}
	}
	slices.Sort(partitions)
	return partitions, first, nil
}

// LeaveAs implements Admin.
func (a client) LeaveAs(ctx context.Context, group, instance string) error {
	answers, err := a.LeaveGroup(ctx, kadm.LeaveGroup(group).InstanceIDs(instance).Reason("partitions without an owner"))
	if err == nil {
		err = answers.Error()
	}
	return err //nolint:wrapcheck // the caller adds the context
}

// EpochEnds implements Admin.
func (a client) EpochEnds(ctx context.Context, topic string, epochs map[int32]int32) (map[int32]int64, error) {
	answers, err := a.OffsetForLeaderEpoch(ctx, kadm.OffsetForLeaderEpochRequest{topic: epochs})
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller adds the context
	}
	out := map[int32]int64{}
	for p, answer := range answers[topic] {
		if answer.Err != nil {
			return nil, answer.Err
		}
		if answer.EndOffset >= 0 {
			out[p] = answer.EndOffset
		}
	}
	return out, nil
}
