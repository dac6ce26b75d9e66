// Package audit proves from the topics alone that nothing is lost and nothing is
// there twice.
//
//	raw.*  ═╗ every record once in   decoded.* │ duplicates.v1 │ deadletter.*
//	        ╚═ by raw topic, partition and offset: bitmaps; by request id and time of receipt
//	decoded.*                        each event of an entity once
//	groups, logs                     a committed offset is within its log, and past every record with an outcome
//	decoded.* facts of an entity     = number of facts that its snapshot has applied
//	internal.unibell.v1              = each Unibell fact emitted once, and applied
//	internal.journey.v1 members      = members and facts of the journey's snapshot
//	ledger.v1                        = the audit's own counts, and no skipped offsets
//
// It reads as any consumer would, read committed, and depends on nothing of the engine
// but the topics' formats.
//
// # The cut
//
// The pipeline may run meanwhile. The cut of a stage is its group's committed
// offsets, fetched stable: every record before them has had its effect, every one
// from there on counts as waiting. Only then are the ends of the outputs taken, and
// they are high watermarks: the output of a transaction that has committed such an
// offset is below them, though its markers may still be on their way. Reading committed
// up to there, the audit waits for the markers. Outputs of records past the cut
// are passed over, by the raw offset they name. Entities and journeys that the
// pipeline changed past the cut are compared as far as their snapshots name the
// record that changed them; the others are counted as in flight.
//
// # The span
//
// If no topic has lost a record to retention yet, everything is compared. Otherwise
// the span begins at now minus the shortest retention of the topics read, plus a margin:
// before that, one side may be deleted and the other not. An entity or journey that began
// before the span is compared with its facts in the span only: its snapshot may count
// more, never fewer.
//
// Two checks reach back before the span: offsets that the ledger reports as skipped
// (a record lost unread is usually older than the retention); and, if the span has
// outcomes of raw records from before it, earlier outcomes of the same records.
//
// # Memory
//
// Five bytes for a raw record, 12 and the map's overhead for a fact, 16 and that for an
// entity, a journey and a member; no record and no key is kept. The keys and records of
// a difference are found by reading the topics a second time.
package audit
