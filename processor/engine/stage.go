package engine

import (
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// Input is one record of a stage's input topic. Its slices belong to the engine and are
// valid until the transaction ends. A stage that keeps any of them beyond Apply must
// copy them; passing them to Put and Emit is allowed.
type Input struct {
	// Topic is the name of the input topic on the cluster, with prefix.
	Topic     string
	Partition int32
	Offset    int64
	// Timestamp is the record's timestamp, in milliseconds.
	Timestamp time.Time
	Key       []byte
	Value     []byte
	Headers   []raw.Header
}

// Event is the result of a stage's Decode. It may refer to the Input's slices.
type Event any

// Stage is a pure state machine: it computes the new state, the outputs and the next
// deadline from the old state and one record or one due timer. It does no I/O, reads no
// clock and starts no goroutine.
//
// Decode is called concurrently. Apply and Expire are called by one goroutine per
// partition, in the order of the partition's offsets. Their puts and outputs only take
// effect if they return nil: a *PermanentError sends the record to the dead-letter
// topic without any other effect, any other error aborts the transaction, which is
// retried.
type Stage interface {
	// Decode parses a record. The result must depend on the record alone.
	Decode(in *Input) (Event, error)
	// Apply updates the state with the event that Decode returned for in.
	Apply(tx Tx, in *Input, event Event) error
	// Expire handles the due timer of the entry under key, which still exists. It must
	// put the entry with a later deadline (or none) or delete it; otherwise the timer
	// would be due again, and the engine returns an error.
	Expire(tx Tx, key []byte) error
}

// Recycler is a Stage that reuses its events.
type Recycler interface {
	// Recycle takes back an event of Decode when its transaction has ended and nothing
	// refers to it any more. It may run concurrently with Decode. It is not called for
	// every event.
	Recycle(event Event)
}

// ClockReporter is a Stage that reports its watermark to the stages downstream. The
// engine calls ReportClock for each owned partition whose watermark has advanced by at
// least the configured interval since the last report, after all timers due at it have
// fired.
type ClockReporter interface {
	// ReportClock emits the records that carry the watermark of an input partition.
	ReportClock(tx Tx, partition int32, clock time.Time) error
}

// Tx is a stage's view of one partition's state during one record or timer. Reads see
// the pending writes of the transaction. It is only valid during the call that it is
// passed to, on that goroutine.
//
// State keys are arbitrary bytes, except that a first byte of 0x00 is reserved for the
// engine. The keys of one entity share a prefix, so that Scan finds them.
type Tx interface {
	// Partition is the input partition that the state belongs to.
	Partition() int32
	// Now is the partition's watermark: the highest time passed to AdvanceClock, but at
	// most the wall clock. In Expire it is at or after the deadline.
	Now() time.Time
	// WallClock is for processing times in outputs. No decision may depend on it.
	WallClock() time.Time
	// AdvanceClock advances the partition's watermark; an earlier time is ignored. A
	// stage of a raw topic passes received_at, a downstream stage the minimum of the
	// watermarks of its upstream partitions.
	AdvanceClock(to time.Time)
	// Get returns the entry under key, nil if there is none. The slice must not be
	// changed and is valid until the transaction ends.
	Get(key []byte) ([]byte, error)
	// Scan yields each entry whose key begins with prefix, in key order, until yield
	// returns false. Put and Delete are not allowed during a Scan. The slices are valid
	// until yield returns.
	Scan(prefix []byte, yield func(key, value []byte) bool) error
	// Put stores an entry. value may share memory with the result of Get for the same
	// key, but not for another key. deadline is the time of the entry's timer, which
	// calls Expire; zero means no timer. It replaces the previous deadline of the
	// entry.
	Put(key, value []byte, deadline time.Time)
	// Delete removes an entry and its timer; the changelog gets a tombstone.
	Delete(key []byte)
	// Emit produces a record in the transaction.
	Emit(out Output)
	// Buffer returns an empty slice with capacity n from the transaction's memory. The
	// stage appends a value to it and passes that to Put or Emit; afterwards, the
	// unused capacity belongs to the transaction again.
	Buffer(n int) []byte
}

// Output is a record that a stage emits.
type Output struct {
	// Topic is the name without prefix of a topic of package schemas.
	Topic string
	Key   []byte
	// Value is the payload; nil is a tombstone.
	Value []byte
	// Headers may be nil.
	Headers []raw.Header
	// Timestamp is the record's timestamp, in milliseconds; zero means the wall clock.
	Timestamp time.Time
	// ToPartition sends the record to Partition. Otherwise the hash of the key (the
	// Java client's murmur2) determines the partition.
	ToPartition bool
	Partition   int32
}
