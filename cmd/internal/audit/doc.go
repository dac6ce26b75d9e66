// Package audit proves from the topics alone that nothing is lost and nothing is
// there twice.
//
//	raw.*  ═╗ every record once in   decoded.* │ duplicates.v1 │ deadletter.*
//	        ╚═ by raw topic, partition and offset: bitmaps; by request id and time of receipt
//	decoded.*                        each event of an entity once
//	groups, logs                     a position is in its log, and behind what was handled
//	decoded.* facts of an entity     = facts its snapshot says it applied
//	internal.unibell.v1              = each Unibell fact told once, and applied
//	internal.journey.v1 members      = members and facts of the journey's snapshot
//	ledger.v1                        = what is counted here, and nothing was skipped
//
// It reads as any consumer would, read committed, and knows nothing of the engine
// but the topics' formats.
//
// # The cut
//
// The pipeline may run meanwhile. The cut of a stage is its group's committed
// offsets, fetched stable: every record before them has had its effect, every one
// behind them counts as waiting. Only then are the ends of the outputs taken, and
// they are high watermarks: what a transaction wrote that has committed such an
// offset is below them, though its markers may still be on their way. Read committed
// up to there, the audit waits for the markers. Outputs of records behind the cut
// are passed over, by the raw offset they name. Entities and journeys that the
// pipeline touched behind the cut are compared as far as their snapshots tell which
// record changed them; those that do not are counted as in flight.
//
// # The span
//
// Where no topic has lost a record to retention yet, everything is compared. Else
// the span begins the shortest retention of what is read ago, with a margin: before
// that, one side may be gone and the other not. An entity or journey that began
// before the span is held against what the span shows of it: its snapshot may say
// more, never less.
//
// Two things are looked for before the span, too: offsets that the ledger says were
// skipped, for what is lost unread is by nature older than what is kept; and, if the span
// has outcomes of older raw records, other outcomes of these.
//
// # Memory
//
// Five bytes for a raw record, 12 and the map's overhead for a fact, 16 and that for an
// entity, a journey and a member; no record and no key is kept. The names behind a
// difference are found by reading again.
package audit
