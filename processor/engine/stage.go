package engine

import (
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// Input is one record of a stage's input topic. Its slices belong to the engine
// and are valid until the round ends; a stage that keeps any of them beyond
// Apply copies them (Put and Emit keep what they are given until the round ends,
// which is allowed).
type Input struct {
	// Topic is the input topic as it is named on the cluster.
	Topic     string
	Partition int32
	Offset    int64
	// Timestamp is the record's own, milliseconds.
	Timestamp time.Time
	Key       []byte
	Value     []byte
	Headers   []raw.Header
}

// Event is what a stage's Decode made of an Input. It may refer to the Input's
// slices.
type Event any

// Stage is a pure state machine: one record, or one due deadline, and the
// entity's state make the new state, outputs and the next deadline. It does no
// I/O, has no clock and starts nothing.
//
// Decode is called from several goroutines at once. Apply and Expire are called
// from one goroutine per partition, in the order of the partition's offsets.
// What they put and emit counts only if they return nil: an error that is a
// *PermanentError sends the record to the dead letters with no other effect, any
// other error aborts the round and is retried.
type Stage interface {
	// Decode parses a record. It is a function of the record alone.
	Decode(in *Input) (Event, error)
	// Apply folds the event that Decode made of in into the state.
	Apply(tx Tx, in *Input, event Event) error
	// Expire handles the due deadline of the entry under key. The entry is still
	// there. It must put the entry with a later deadline (or none) or delete it:
	// else the deadline is due again, which the engine refuses with an error.
	Expire(tx Tx, key []byte) error
}

// Recycler is a Stage that uses its events again. It may be called beside Decode.
type Recycler interface {
	// Recycle takes back an event of Decode when its round is over and nothing refers
	// to it any more. It is not called for every event.
	Recycle(event Event)
}

// ClockReporter is a Stage that tells the stages behind it how far its clock is.
// The engine calls ReportClock in a round of each owned partition whose clock
// has moved by at least the configured interval since the last report, once every
// deadline that is due by it has fired.
type ClockReporter interface {
	// ReportClock emits the records that carry the clock of an input partition.
	ReportClock(tx Tx, partition int32, clock time.Time) error
}

// Tx is a stage's view of one partition's state during one record or deadline:
// reads see the round's own writes first. It is valid during the call it was
// passed to, on that goroutine.
//
// State keys are the stage's own, any bytes but a first byte of 0x00, which is
// the engine's. Keys of one entity share a prefix, so that Scan finds them.
type Tx interface {
	// Partition is the input partition that the state belongs to.
	Partition() int32
	// Now is the partition's clock: the highest time given to AdvanceClock, never
	// beyond the wall clock; for a deadline at least the deadline.
	Now() time.Time
	// WallClock is for processing times in outputs only; no decision hangs on it.
	WallClock() time.Time
	// AdvanceClock moves the partition's clock forward; an earlier time is no-op.
	// A stage of a raw topic calls it with received_at, a stage behind others
	// with the earliest of their clocks.
	AdvanceClock(to time.Time)
	// Get returns the entry under key, nil if there is none. The slice is not to
	// be changed and is valid until the round ends.
	Get(key []byte) ([]byte, error)
	// Scan calls each entry whose key begins with prefix, in key order, until
	// yield returns false. Nothing may be put or deleted meanwhile. The slices
	// are valid until yield returns.
	Scan(prefix []byte, yield func(key, value []byte) bool) error
	// Put stores an entry; value may be part of what Get returned for the same key, not
	// for another. deadline is when Expire is to be called for it, zero
	// for never; it replaces the entry's earlier deadline.
	Put(key, value []byte, deadline time.Time)
	// Delete removes an entry and its deadline: a tombstone in the changelog.
	Delete(key []byte)
	// Emit produces a record in the round's transaction.
	Emit(out Output)
	// Buffer returns an empty slice with room for n bytes from the round's memory,
	// to append a value to that is then given to Put or Emit. What it has beyond that value
	// is then the round's again, and must not be used.
	Buffer(n int) []byte
}

// Output is a record a stage emits.
type Output struct {
	// Topic is the topic's name without prefix, one of package schemas.
	Topic string
	Key   []byte
	// Value nil is a tombstone.
	Value []byte
	// Headers may be nil.
	Headers []raw.Header
	// Timestamp is the record's, milliseconds; zero means the wall clock.
	Timestamp time.Time
	// ToPartition sends the record to Partition; otherwise the key's hash (the
	// Java client's murmur2) decides.
	ToPartition bool
	Partition   int32
}
