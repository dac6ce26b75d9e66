package kafka

import (
	"context"
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
