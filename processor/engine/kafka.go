package engine

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// cluster makes a worker's connections. It stands between the round's logic and
// the client, so that the same logic runs against a simulated log.
type cluster interface {
	// join makes the worker a member of its group and the owner of its transactional
	// id. The group's answers come through the worker's on… methods.
	join(ctx context.Context, w *worker) (session, admin, error)
	// read makes a reader of the worker's changelog outside of any group.
	read(w *worker, from map[int32]kgo.Offset) (reader, error)
}

// reader reads partitions of a changelog from given offsets on, read committed,
// markers included.
type reader interface {
	PollFetches(ctx context.Context) kgo.Fetches
	Close()
}

// session is a worker's place in its group, and its transactions.
type session interface {
	pauser
	// ProducerID makes the session the owner of its transactional id, or returns what it
	// is.
	ProducerID(ctx context.Context) (int64, int16, error)
	PollRecords(ctx context.Context, n int) kgo.Fetches
	Begin() error
	Produce(ctx context.Context, r *kgo.Record, promise func(*kgo.Record, error))
	Flush(ctx context.Context) error
	// End commits or aborts; offsets may add to the input offsets of a commit. That
	// it says false does not mean that nothing was committed.
	End(ctx context.Context, commit kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (committed bool, err error)
	// CommittedOffsets are the client's own notes of them.
	CommittedOffsets() map[string]map[int32]kgo.EpochOffset
	Close()
}

// pauser stops and resumes the fetching of partitions.
type pauser interface {
	PauseFetchPartitions(partitions map[string][]int32) map[string][]int32
	ResumeFetchPartitions(partitions map[string][]int32)
}

// admin answers questions about topics, groups and transactions.
type admin interface {
	settler
	epochs
	FetchOffsets(ctx context.Context, group string) (kadm.OffsetResponses, error)
	ListTopics(ctx context.Context, topics ...string) (kadm.TopicDetails, error)
	ListStartOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)
	ListEndOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)
	ListCommittedOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)
	DescribeProducers(ctx context.Context, topics kadm.TopicsSet) (kadm.DescribedProducersTopics, error)
	ListTransactions(ctx context.Context, producerIDs []int64, filterStates []string) (kadm.ListedTransactions, error)
	// Orphans returns the partitions of a topic that no member of a stable group has,
	// and the first of the members' instance ids.
	Orphans(ctx context.Context, group, topic string) (partitions []int32, first string, err error)
	// LeaveAs takes the member with an instance id out of a group.
	LeaveAs(ctx context.Context, group, instance string) error
}

// epochs tells what of a log is still what was read.
type epochs interface {
	// EpochEnds returns, by partition of a topic, where what was written up to a leader
	// epoch ends; a partition is missing where the broker does not know.
	EpochEnds(ctx context.Context, topic string, epochs map[int32]int32) (map[int32]int64, error)
}

// settler finds out how transactions ended, and ends them.
type settler interface {
	// TakeOver makes the broker abort what is open under a transactional id and
	// refuse its owner from then on; it returns the new one.
	TakeOver(ctx context.Context, id string, timeout time.Duration) (producer, error)
	// EpochPerTransaction says that each transaction of a producer id has an epoch of
	// its own.
	EpochPerTransaction(ctx context.Context) (bool, error)
	// Marker returns the marker that a producer's epoch has left in a partition.
	Marker(ctx context.Context, topic string, partition int32, of producer) (marker, error)
	// OffsetNotes returns the metadata of a group's committed offsets.
	OffsetNotes(ctx context.Context, group, topic string) ([]string, error)
	// EndAs ends, as a transaction of its own, what is open on partitions and, if a group
	// is named, its offsets that wait.
	EndAs(ctx context.Context, id string, as producer, open kadm.TopicsSet, group string, commit bool) error
}

// turns is how a worker waits, and does a thing beside itself.
type turns interface {
	// beside returns what runs functions and waits for their end.
	beside() besides
	// pause waits, or returns early with the context's cause.
	pause(ctx context.Context, d time.Duration) error
	// await waits for done, or returns early with the context's cause.
	await(ctx context.Context, done <-chan struct{}) error
}

// besides is what of sync.WaitGroup a worker uses.
type besides interface {
	Go(f func())
	Wait()
}

// goroutines are the turns of a real process.
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

	end context.CancelFunc // of all the client does
}

// closeWait is how long a session's end waits for the group: one that is about to
// join would wait until every member has joined, or was not heard of.
const closeWait = 2 * time.Second

// Close leaves the client, in any case soon.
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
	return s.Client().ProducerID(ctx) //nolint:wrapcheck // the caller says whose
}

func (s kgoSession) Flush(ctx context.Context) error {
	return s.Client().Flush(ctx) //nolint:wrapcheck // the caller says what was flushed
}

func (s kgoSession) End(ctx context.Context, commit kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (bool, error) {
	if offsets != nil {
		ctx = kgo.PreTxnCommitFnContext(ctx, offsets)
	}
	return s.GroupTransactSession.End(ctx, commit) //nolint:wrapcheck // the caller says what was ended
}

func (s kgoSession) CommittedOffsets() map[string]map[int32]kgo.EpochOffset {
	return s.Client().CommittedOffsets()
}

// kgoAdmin is the admin of the real client.
type kgoAdmin struct {
	*kadm.Client
	client *kgo.Client
	opts   []kgo.Opt // of clients beside it
}
