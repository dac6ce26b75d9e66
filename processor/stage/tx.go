package stage

import "time"

// Tx is a stage's view of one partition's state during one record or timer. Reads see
// the pending writes of the transaction. It is only valid during the call that it is
// passed to, on that goroutine.
//
// State keys are arbitrary bytes, except that a first byte of 0x00 is reserved for the
// engine. The keys of one entity share a prefix, so that Scan finds them.
type Tx interface { //nolint:interfacebloat // a stage calls it; the engine and its test driver implement it
	// Partition is the input partition that the state belongs to.
	Partition() int32
	// Watermark is the partition's watermark: the highest time passed to
	// AdvanceWatermark, but at most the wall clock. In OnTimer it is at or after the
	// timer's time.
	Watermark() time.Time
	// WallClock is for processing times in outputs. No decision may depend on it.
	WallClock() time.Time
	// AdvanceWatermark advances the partition's watermark; an earlier time is ignored. A
	// stage whose input has event times passes them, a downstream stage the minimum of
	// the watermarks of its upstream partitions.
	AdvanceWatermark(to time.Time)
	// FirstRevision is the number after which the revisions of a new entity begin: 0, or
	// in a partition whose state is rebuilt from old records, an upper bound of all
	// revisions emitted before.
	FirstRevision() int64
	// Get returns the entry under key, nil if there is none. The slice must not be
	// changed and is valid until the transaction ends.
	Get(key []byte) ([]byte, error)
	// Scan yields each entry whose key begins with prefix, in key order, until yield
	// returns false. Put and Delete are not allowed during a Scan. The slices are valid
	// until yield returns.
	Scan(prefix []byte, yield func(key, value []byte) bool) error
	// Put stores an entry. value may share memory with the result of Get for the same
	// key, but not for another key. timer is the event time at which OnTimer is called
	// for the entry; zero means no timer. It replaces the entry's previous timer.
	Put(key, value []byte, timer time.Time)
	// Delete removes an entry and its timer; the changelog gets a tombstone.
	Delete(key []byte)
	// Emit produces a record in the transaction.
	Emit(out Output)
	// Buffer returns an empty slice with capacity n from the transaction's memory. The
	// stage appends a value to it and passes that to Put or Emit; afterwards, the
	// unused capacity belongs to the transaction again.
	Buffer(n int) []byte
	// Count adds n to the counter that the name and its label identify. It reaches the
	// metrics only if the transaction commits; an increment of a failed call of the
	// stage is dropped.
	Count(name, label string, n int64)
}

// Output is a record that a stage emits.
type Output struct {
	// Topic is the name, without prefix, of one of the stage's outputs.
	Topic string
	Key   []byte
	// Entity is the entity that the value is a revision of, if the topic has several to a
	// key; nil means the entity of the key. It is not written.
	Entity []byte
	// Value is the payload; nil is a tombstone.
	Value []byte
	// Headers may be nil.
	Headers []Header
	// Timestamp is the record's timestamp, in milliseconds; zero means the wall clock.
	Timestamp time.Time
	// ToPartition sends the record to Partition. Otherwise the hash of the key (the
	// Java client's murmur2) determines the partition.
	ToPartition bool
	Partition   int32
}
