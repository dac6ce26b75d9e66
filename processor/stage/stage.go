// Package stage is the interface between a stage and the engine that runs it. A stage is a
// pure function of its state and one record or one due timer; package engine runs
// it exactly once, and package enginetest runs it without Kafka.
//
//	            ┌─────────────── stage ────────────────┐
//	record  ──► │ Decode ─► Apply ──┐                  │
//	timer   ──► │ OnTimer ──────────┴─► Tx: Get, Put,  │ ──► outputs, state, timers
//	            │                           Emit, …    │
//	            └──────────────────────────────────────┘
//
// The package imports nothing of this module, so that a stage does not depend on the
// engine.
package stage

import "time"

// Header is a header of a record.
type Header struct {
	Key   string
	Value []byte
}

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
	Headers   []Header
}

// Event is the result of a stage's Decode. It may refer to the Input's slices.
type Event any

// Stage is a pure state machine: it computes the new state, the outputs and the next
// timer from the old state and one record or one due timer. It does no I/O, reads no
// clock and starts no goroutine.
//
// Decode is called concurrently. Apply and OnTimer are called by one goroutine per
// partition, in the order of the partition's offsets. Their puts and outputs only take
// effect if they return nil: a *PermanentError sends the record to the dead-letter
// topic without any other effect, any other error aborts the transaction, which is
// retried.
type Stage interface {
	// Decode parses a record. The result must depend on the record alone.
	Decode(in *Input) (Event, error)
	// Apply updates the state with the event that Decode returned for in.
	Apply(tx Tx, in *Input, event Event) error
	// OnTimer handles the due timer of the entry under key, which still exists. It must
	// put the entry with a later timer (or none) or delete it; otherwise the timer would
	// be due again, and the engine returns an error.
	OnTimer(tx Tx, key []byte) error
}

// Recycler is a Stage that reuses its events.
type Recycler interface {
	// Recycle takes back an event of Decode when its transaction has ended and nothing
	// refers to it any more. It may run concurrently with Decode. It is not called for
	// every event.
	Recycle(event Event)
}

// WatermarkReporter is a Stage that reports its watermark to the stages downstream. The
// engine calls ReportWatermark for each owned partition whose watermark has advanced by
// at least the configured interval since the last report, after all timers due at it
// have fired.
type WatermarkReporter interface {
	// ReportWatermark emits the records that carry the watermark of an input partition.
	ReportWatermark(tx Tx, partition int32, watermark time.Time) error
}

// Times are the event time and the ingestion time of a fact; a zero time is unknown.
type Times struct {
	// Origin is the label of the fact in the latency metrics, such as the system that
	// sent it.
	Origin string
	// Event is the event time by the origin's clock, Ingested the ingestion time.
	Event, Ingested time.Time
}

// Timed is an Event with an event time and an ingestion time.
type Timed interface{ Times() Times }
