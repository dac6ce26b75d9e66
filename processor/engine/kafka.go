package engine

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// cluster creates a worker's connections. It is the seam between the engine and the
// Kafka client: tests run the same engine against a simulated log.
type cluster interface {
	// join makes the worker a member of its group and the owner of its transactional
	// id. The group's callbacks call the worker's on… methods.
	join(ctx context.Context, w *worker) (session, admin, error)
	// read creates a reader of the worker's changelog that is not in a group.
	read(w *worker, from map[int32]kgo.Offset) (reader, error)
}

// reader reads changelog partitions from given offsets, read committed and including
// control records.
type reader interface {
	PollFetches(ctx context.Context) kgo.Fetches
	Close()
}

// session is a worker's group membership and transactional producer.
type session interface {
	pauser
	// ProducerID returns the producer id and epoch of the transactional id. The first
	// call initializes them, which fences an earlier owner.
	ProducerID(ctx context.Context) (int64, int16, error)
	PollRecords(ctx context.Context, n int) kgo.Fetches
	Begin() error
	Produce(ctx context.Context, r *kgo.Record, promise func(*kgo.Record, error))
	Flush(ctx context.Context) error
	// End commits or aborts the transaction; offsets may edit the input offsets of a
	// commit. committed is also false if the outcome is unknown: it does not prove an
	// abort.
	End(ctx context.Context, commit kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (committed bool, err error)
	// CommittedOffsets returns the committed offsets that the client has cached.
	CommittedOffsets() map[string]map[int32]kgo.EpochOffset
	Close()
}

// pauser pauses and resumes the fetching of partitions.
type pauser interface {
	PauseFetchPartitions(partitions map[string][]int32) map[string][]int32
	ResumeFetchPartitions(partitions map[string][]int32)
}

// groupAdmin reads and changes the members and offsets of a consumer group.
type groupAdmin interface {
	FetchOffsets(ctx context.Context, group string) (kadm.OffsetResponses, error)
	// Orphans returns the partitions of a topic that no member of a stable group owns,
	// and the smallest instance id of the members.
	Orphans(ctx context.Context, group, topic string) (partitions []int32, first string, err error)
	// LeaveAs removes the member with an instance id from a group.
	LeaveAs(ctx context.Context, group, instance string) error
}

// admin describes topics, groups and transactions.
type admin interface {
	settler
	epochs
	groupAdmin
	ListTopics(ctx context.Context, topics ...string) (kadm.TopicDetails, error)
	ListStartOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)
	ListEndOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)
	ListCommittedOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)
	DescribeProducers(ctx context.Context, topics kadm.TopicsSet) (kadm.DescribedProducersTopics, error)
	ListTransactions(ctx context.Context, producerIDs []int64, filterStates []string) (kadm.ListedTransactions, error)
}

// epochs detects a truncated log by its leader epochs.
type epochs interface {
	// EpochEnds returns the end offset of the given leader epoch, by partition of a
	// topic. A partition is missing if the broker does not know the epoch.
	EpochEnds(ctx context.Context, topic string, epochs map[int32]int32) (map[int32]int64, error)
}

// settler finds out how hanging transactions ended, and completes them.
type settler interface {
	// TakeOver makes the broker abort the open transaction of a transactional id and
	// fence its owner. It returns the new owner.
	TakeOver(ctx context.Context, id string, timeout time.Duration) (producer, error)
	// EpochPerTransaction reports whether each transaction has its own producer epoch
	// (transaction.version 2, KIP-890).
	EpochPerTransaction(ctx context.Context) (bool, error)
	// Marker returns the transaction marker with a given producer id and epoch in a
	// partition.
	Marker(ctx context.Context, topic string, partition int32, of producer) (marker, error)
	// OffsetNotes returns the metadata of a group's committed offsets.
	OffsetNotes(ctx context.Context, group, topic string) ([]string, error)
	// EndAs completes the open transactions in partitions, and the pending offsets of a group if
	// one is named. It does so in a new transaction of the same transactional id.
	EndAs(ctx context.Context, id string, as producer, open kadm.TopicsSet, group string, commit bool) error
}

// turns is the scheduler: it spawns and waits. The simulation replaces it.
type turns interface {
	// beside returns a group of goroutines.
	beside() besides
	// pause sleeps, or returns early with the context's cause.
	pause(ctx context.Context, d time.Duration) error
	// await waits until done is closed, or returns early with the context's cause.
	await(ctx context.Context, done <-chan struct{}) error
}

// besides is the part of sync.WaitGroup that a worker uses.
type besides interface {
	Go(f func())
	Wait()
}

// goroutines is the scheduler of a real process.
type goroutines struct{}

func (goroutines) beside() besides { return new(sync.WaitGroup) }

func (goroutines) pause(ctx context.Context, d time.Duration) error {
	return pause(ctx, d)
}

func (goroutines) await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// kgoSession is the session of the real client.
type kgoSession struct {
	*kgo.GroupTransactSession

	end context.CancelFunc // cancels all requests of the client
}

// closeWait limits how long closing a session waits for the group. A member that is
// about to join would wait until all members have joined or timed out.
const closeWait = 2 * time.Second

// Close leaves the group and closes the client, at the latest after closeWait.
func (s kgoSession) Close() {
	timer := time.AfterFunc(closeWait, s.end)
	defer timer.Stop()
	s.GroupTransactSession.Close()
	s.end()
}

func (s kgoSession) PauseFetchPartitions(partitions map[string][]int32) map[string][]int32 {
	return s.Client().PauseFetchPartitions(partitions)
}

func (s kgoSession) ResumeFetchPartitions(partitions map[string][]int32) {
	s.Client().ResumeFetchPartitions(partitions)
}

func (s kgoSession) ProducerID(ctx context.Context) (int64, int16, error) {
	return s.Client().ProducerID(ctx) //nolint:wrapcheck // the caller adds the context
}

func (s kgoSession) Flush(ctx context.Context) error {
	return s.Client().Flush(ctx) //nolint:wrapcheck // the caller adds the context
}

func (s kgoSession) End(ctx context.Context, commit kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (bool, error) {
	if offsets != nil {
		ctx = kgo.PreTxnCommitFnContext(ctx, offsets)
	}
	return s.GroupTransactSession.End(ctx, commit) //nolint:wrapcheck // the caller adds the context
}

func (s kgoSession) CommittedOffsets() map[string]map[int32]kgo.EpochOffset {
	return s.Client().CommittedOffsets()
}

// kgoAdmin is the admin of the real client.
type kgoAdmin struct {
	*kadm.Client
	client *kgo.Client
	opts   []kgo.Opt // for further clients
}
