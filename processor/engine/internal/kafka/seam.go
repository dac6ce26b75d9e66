package kafka

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Cluster creates a worker's connections. It is the seam between the engine and the
// Kafka client: tests run the same engine against a simulated log.
type Cluster interface {
	// Join joins a group and takes a transactional id. Settings that the client refuses
	// are an ErrSettings.
	Join(ctx context.Context, m *Member) (Session, Admin, error)
	// Read creates a reader that is not in a group.
	Read(r *ReadRequest) (Reader, error)
	// Topics returns all topics that the user may see.
	Topics(ctx context.Context) (kadm.TopicDetails, error)
}

// ErrSettings means that the client refuses its settings: a retry would not help.
var ErrSettings = errors.New("make the Kafka session")

// Member describes a worker as a member of its group.
type Member struct {
	// Group is the consumer group.
	Group string
	// Topic is the only topic that the group consumes.
	Topic string
	// ID is the transactional id and the static instance id of the member.
	ID string
	// Balancer is the assignor.
	Balancer kgo.GroupBalancer
	// SessionTimeout is the time without a heartbeat after which the group removes the
	// member. TransactionTimeout is the time after which the broker aborts an open
	// transaction.
	SessionTimeout, TransactionTimeout time.Duration
	// Compression is the codec of produced batches: none, lz4, snappy or zstd.
	Compression string
	// FetchMaxBytes limits the compressed size of a fetch.
	FetchMaxBytes int32
	// KeepControlRecords lets polls return transaction markers.
	KeepControlRecords bool

	// Assigned is called before the first fetch of newly assigned partitions, Revoked
	// when partitions are revoked; a second revocation before the session's next End is
	// not reported. Saw is called with every complete assignment, Lost with the error
	// for which the group removed the member.
	Assigned, Revoked func(client Pauser, partitions []int32)
	Saw               func(assigned []int32)
	Lost              func(err error)
}

// Heartbeat returns the heartbeat interval. The answer announces a rebalance, so the
// interval also bounds how late a member notices that another one died.
func (m *Member) Heartbeat() time.Duration {
	return min(max(m.SessionTimeout/10, 100*time.Millisecond), 500*time.Millisecond)
}

// ReadRequest describes a reader of some partitions of a topic.
type ReadRequest struct {
	// Client is the name of the reading client, for simulations.
	Client string
	Topic  string
	// From are the first offsets, by partition.
	From map[int32]kgo.Offset
	// FetchMaxBytes limits the size of a fetch.
	FetchMaxBytes int32
	// Uncommitted also returns records of open and aborted transactions.
	Uncommitted bool
}

// Reader reads changelog partitions from given offsets, read committed and including
// control records.
type Reader interface {
	// PollFetches returns the next records.
	PollFetches(ctx context.Context) kgo.Fetches
	// Close closes the client.
	Close()
}

// Session is a worker's group membership and transactional producer.
type Session interface {
	Pauser
	// ForceRebalance makes the member rejoin its group.
	ForceRebalance()
	// ProducerID returns the producer id and epoch of the transactional id. The first
	// call initializes them, which fences an earlier owner.
	ProducerID(ctx context.Context) (int64, int16, error)
	// PollRecords returns at most n records of the input.
	PollRecords(ctx context.Context, n int) kgo.Fetches
	// Begin begins a transaction.
	Begin() error
	// Produce adds a record to the transaction; promise gets its outcome.
	Produce(ctx context.Context, r *kgo.Record, promise func(*kgo.Record, error))
	// Flush waits for the outcome of all produced records.
	Flush(ctx context.Context) error
	// End commits or aborts the transaction; offsets may edit the input offsets of a
	// commit. committed is also false if the outcome is unknown: it does not prove an
	// abort.
	End(ctx context.Context, commit kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (committed bool, err error)
	// CommittedOffsets returns the committed offsets that the client has cached.
	CommittedOffsets() map[string]map[int32]kgo.EpochOffset
	// Close leaves the group.
	Close()
}

// Pauser pauses and resumes the fetching of partitions.
type Pauser interface {
	// PauseFetchPartitions pauses partitions of topics.
	PauseFetchPartitions(partitions map[string][]int32) map[string][]int32
	// ResumeFetchPartitions resumes them.
	ResumeFetchPartitions(partitions map[string][]int32)
}

// GroupAdmin reads and changes the members and offsets of a consumer group.
type GroupAdmin interface {
	// FetchOffsets returns the committed offsets of a group. stable lets the broker answer
	// UNSTABLE_OFFSET_COMMIT for offsets that an open transaction is about to commit.
	FetchOffsets(ctx context.Context, group string, stable bool) (kadm.OffsetResponses, error)
	// Orphans returns the partitions of a topic that no member of a stable group owns,
	// and the smallest instance id of the members.
	Orphans(ctx context.Context, group, topic string) (partitions []int32, first string, err error)
	// LeaveAs removes the member with an instance id from a group.
	LeaveAs(ctx context.Context, group, instance string) error
}

// Admin describes topics, groups and transactions.
type Admin interface {
	TransactionAdmin
	EpochAdmin
	GroupAdmin
	// ListTopics and the requests below are those of kadm.Client.
	ListTopics(ctx context.Context, topics ...string) (kadm.TopicDetails, error)
	ListStartOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)
	ListEndOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)
	ListCommittedOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)
	DescribeProducers(ctx context.Context, topics kadm.TopicsSet) (kadm.DescribedProducersTopics, error)
	ListTransactions(ctx context.Context, producerIDs []int64, filterStates []string) (kadm.ListedTransactions, error)
}

// Producer is the owner of a transactional id, as its coordinator reports it.
type Producer struct {
	ID    int64
	Epoch int16
}

// Marker is the transaction marker found in a partition's log.
type Marker int

// The results of a search for a marker.
const (
	NoMarker Marker = iota
	CommitMarker
	AbortMarker
)

// EpochAdmin detects a truncated log by its leader epochs.
type EpochAdmin interface {
	// EpochEnds returns the end offset of the given leader epoch, by partition of a
	// topic. A partition is missing if the broker does not know the epoch.
	EpochEnds(ctx context.Context, topic string, epochs map[int32]int32) (map[int32]int64, error)
}

// TransactionAdmin finds out how hanging transactions ended, and completes them.
type TransactionAdmin interface {
	// TakeOver makes the broker abort the open transaction of a transactional id and
	// fence its owner. It returns the new owner.
	TakeOver(ctx context.Context, id string, timeout time.Duration) (Producer, error)
	// EpochPerTransaction reports whether each transaction has its own producer epoch
	// (transaction.version 2, KIP-890).
	EpochPerTransaction(ctx context.Context) (bool, error)
	// Marker returns the transaction marker with a given producer id and epoch in a
	// partition.
	Marker(ctx context.Context, topic string, partition int32, of Producer) (Marker, error)
	// OffsetMetadata returns the metadata of a group's committed offsets.
	OffsetMetadata(ctx context.Context, group, topic string) ([]string, error)
	// EndTransaction completes the open transactions in partitions, and the pending
	// offsets of a group if one is named. It does so in a new transaction of the same
	// transactional id.
	EndTransaction(ctx context.Context, id string, as Producer, open kadm.TopicsSet, group string, commit bool) error
}
