// Package ledger counts how every raw record ended, by minute and by source, in the
// transaction that processed it.
//
//	records of a transaction ─► stage ─► outputs ─┬─► account (state) ─► end of minute ─► ledger.v1
//	                                              └─► counts of the commit ─► metrics
//
// Promise: accepted + replayed = decoded + duplicates + dead letters + unaccounted, in
// every entry. The entries of a partition follow each other without overlap, and each
// appears exactly once, because the open minute is a state entry of the stage: it is
// committed or aborted with the transaction.
//
// # The minute
//
// A record belongs to the minute of the highest received_at seen so far in its
// partition, its own included. A minute is complete once the partition's watermark has
// passed it; its entry is then final, and the entries cover the offsets without a gap.
// After an outage the backlog is counted in the minutes in which it was received. The
// watermark of an idle partition follows the wall clock, so the last minute is closed
// without another record. A minute without records has no entry.
//
// # Unaccounted records and skipped offsets
//
// A record is unaccounted if it produced none, or more than one, of a decoded fact, a
// duplicate and a dead letter; that is a fault of the stage. An offset is skipped if it
// was never read: retention deleted the record before it was read, or somebody else
// writes to the topic. The transaction marker behind replayed records is not counted as
// skipped; the aborted records of an interrupted replay and their marker are.
package ledger
