package kafka

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// metadataMinAge is the minimum time between two metadata refreshes. The retry of a
// produce and the discovery of a new leader wait for a refresh.
const metadataMinAge = 100 * time.Millisecond

// brokers is the Cluster of the real client.
type brokers struct {
	opts    []kgo.Opt
	fetched *FetchPool
}

// NewCluster returns the Cluster that the client options lead to. Its sessions share the
// memory for fetches of fetchMaxBytes.
func NewCluster(opts []kgo.Opt, fetchMaxBytes int32) Cluster {
	return brokers{opts: opts, fetched: NewFetchPool(int(fetchMaxBytes))}
}

// Join implements Cluster. Creating the session connects to the brokers.
func (b brokers) Join(ctx context.Context, m *Member) (Session, Admin, error) {
	alive, end := context.WithCancel(context.WithoutCancel(ctx))
	opts := append(append([]kgo.Opt{}, b.opts...),
		kgo.ConsumerGroup(m.Group),
		kgo.ConsumeTopics(m.Topic),
		// kgo 1.22 changed its default to the end; a stage begins at the start of its
		// topic.
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.Balancers(watchedBalancer{GroupBalancer: m.Balancer, saw: func(assigned map[string][]int32) { m.Saw(assigned[m.Topic]) }}),
		// Static: a restart within the session timeout moves no partition.
		kgo.InstanceID(m.ID),
		kgo.SessionTimeout(m.SessionTimeout),
		// How long a rebalance waits for a member that heartbeats and does not join, or
		// for a leader that died before it distributed the partitions. kgo's default of
		// a minute would exceed everything else that a failure costs. A worker joins
		// between two transactions; a slower one is removed from the group, loses no
		// data and rejoins.
		kgo.RebalanceTimeout(2*m.SessionTimeout),
		kgo.HeartbeatInterval(m.Heartbeat()),
		kgo.TransactionalID(m.ID),
		kgo.TransactionTimeout(m.TransactionTimeout),
		// A broker answers the first produce of a transaction with
		// CONCURRENT_TRANSACTIONS while the markers of the previous one are being
		// written. kgo retries such a batch after its next metadata refresh: by default
		// up to 5 s later.
		kgo.MetadataMinAge(metadataMinAge),
		compressionOption(m.Compression),
		// The engine sets the partition of every record: the changelog has the
		// partitions of the input, and a watermark goes to all partitions.
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		// A dead letter contains the whole raw record, which may have up to 2 MiB.
		kgo.ProducerBatchMaxBytes(2<<20),
		// The transaction flushes after its last record; the linger fills batches
		// before that.
		kgo.ProducerLinger(5*time.Millisecond),
		// MaxRoundRecords limits a transaction; a produce must never block on the
		// buffer.
		kgo.MaxBufferedRecords(1<<20),
		// kgo's default allows 50 MB per client, several times that when decompressed.
		kgo.FetchMaxBytes(m.FetchMaxBytes),
		kgo.WithPools(b.fetched),
		kgo.WithDecompressor(b.fetched),
		// A partition whose restore has ended is only fetched after the fetch in
		// flight, so its wait must be short.
		kgo.FetchMaxWait(250*time.Millisecond),
		kgo.FetchMaxPartitionBytes(m.FetchMaxBytes),
		kgo.OnPartitionsAssigned(func(_ context.Context, client *kgo.Client, assigned map[string][]int32) {
			m.Assigned(client, assigned[m.Topic])
		}),
		kgo.OnPartitionsRevoked(func(_ context.Context, client *kgo.Client, gone map[string][]int32) {
			m.Revoked(client, gone[m.Topic])
		}),
		// lostHook gets the cause, which this callback does not. Without a callback,
		// kgo would call OnPartitionsRevoked instead.
		kgo.OnPartitionsLost(func(context.Context, *kgo.Client, map[string][]int32) {}),
		kgo.WithHooks(lostHook{m.Lost}),
		kgo.WithContext(alive),
	)
	if m.KeepControlRecords {
		opts = append(opts, kgo.KeepControlRecords())
	}
	made, err := kgo.NewGroupTransactSession(opts...)
	if err != nil {
		end()
		return nil, nil, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	session := session{made, end}
	return session, NewAdmin(session.Client(), b.opts), nil
}

// Read implements Cluster.
func (b brokers) Read(r *ReadRequest) (Reader, error) {
	level := kgo.ReadCommitted()
	if r.Uncommitted {
		level = kgo.ReadUncommitted()
	}
	client, err := kgo.NewClient(append(append([]kgo.Opt{}, b.opts...),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{r.Topic: r.From}),
		kgo.FetchIsolationLevel(level),
		// Checkpoints are compared with the end offset, and the last record of a
		// changelog is a marker.
		kgo.KeepControlRecords(),
		kgo.MetadataMinAge(metadataMinAge),
		// A deleted offset must be an error, after which the caller looks at the topic
		// again, and not a silent reset.
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.FetchMaxBytes(r.FetchMaxBytes),
		kgo.FetchMaxPartitionBytes(r.FetchMaxBytes),
		// The default of 5 s would delay the detection of an open transaction at the
		// end.
		kgo.FetchMaxWait(250*time.Millisecond),
	)...)
	if err != nil {
		return nil, fmt.Errorf("make the client that reads changelog %s: %w", r.Topic, err)
	}
	return client, nil
}

// Topics implements Cluster, with its own client.
func (b brokers) Topics(ctx context.Context) (kadm.TopicDetails, error) {
	client, err := kgo.NewClient(b.opts...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	listed, err := kadm.NewClient(client).ListTopics(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the topics: %w", err)
	}
	return listed, nil
}

// lostHook receives the error for which the group removed a member.
type lostHook struct{ lost func(error) }

// OnGroupManageError implements kgo.HookGroupManageError.
func (h lostHook) OnGroupManageError(err error) { h.lost(err) }

// watchedBalancer reports every assignment. The callbacks are not enough to know the
// owned partitions, because the group transact session swallows revocations until its
// next End.
type watchedBalancer struct {
	kgo.GroupBalancer
	saw func(map[string][]int32)
}

// ParseSyncAssignment implements kgo.GroupBalancer.
func (b watchedBalancer) ParseSyncAssignment(assignment []byte) (map[string][]int32, error) {
	assigned, err := b.GroupBalancer.ParseSyncAssignment(assignment)
	if err == nil {
		b.saw(assigned)
	}
	return assigned, err //nolint:wrapcheck // kgo's own error, back to kgo
}

// session is the session of the real client.
type session struct {
	*kgo.GroupTransactSession

	end context.CancelFunc // cancels all requests of the client
}

// closeWait limits how long closing a session waits for the group. A member that is
// about to join would wait until all members have joined or timed out.
const closeWait = 2 * time.Second

// Close leaves the group and closes the client, at the latest after closeWait.
func (s session) Close() {
	timer := time.AfterFunc(closeWait, s.end)
	defer timer.Stop()
	s.GroupTransactSession.Close()
	s.end()
}

// ForceRebalance implements Session.
func (s session) ForceRebalance() { s.Client().ForceRebalance() }

// PauseFetchPartitions implements Pauser.
func (s session) PauseFetchPartitions(partitions map[string][]int32) map[string][]int32 {
	return s.Client().PauseFetchPartitions(partitions)
}

// ResumeFetchPartitions implements Pauser.
func (s session) ResumeFetchPartitions(partitions map[string][]int32) {
	s.Client().ResumeFetchPartitions(partitions)
}

// ProducerID implements Session.
func (s session) ProducerID(ctx context.Context) (int64, int16, error) {
	return s.Client().ProducerID(ctx) //nolint:wrapcheck // the caller adds the context
}

// Flush implements Session.
func (s session) Flush(ctx context.Context) error {
	return s.Client().Flush(ctx) //nolint:wrapcheck // the caller adds the context
}

// End implements Session.
func (s session) End(ctx context.Context, commit kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (bool, error) {
	if offsets != nil {
		ctx = kgo.PreTxnCommitFnContext(ctx, offsets)
	}
	return s.GroupTransactSession.End(ctx, commit) //nolint:wrapcheck // the caller adds the context
}

// CommittedOffsets implements Session.
func (s session) CommittedOffsets() map[string]map[int32]kgo.EpochOffset {
	return s.Client().CommittedOffsets()
}

// NewAdmin returns the admin of a client. opts are the options of further clients.
func NewAdmin(c *kgo.Client, opts []kgo.Opt) Admin {
	return client{kadm.NewClient(c), c, opts}
}
