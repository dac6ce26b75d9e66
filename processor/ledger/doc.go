// Package ledger keeps account of what became of every raw record, minute by
// minute and source by source, in the transaction that made it so.
//
//	records of a round ─► stage ─► outputs ─┬─► book (state) ─► minute over ─► ledger.v1
//	                                        └─► counts of the committed round ─► metrics
//
// Promise: accepted + replayed = decoded + duplicates + dead letters + unaccounted,
// in every entry; the entries of a partition follow each other without overlap, and
// none is there twice, whatever crashes. For the book is a state entry of the stage:
// what an aborted round wrote into it has not happened.
//
// # The minute
//
// A record belongs to the minute of the highest received_at met so far in its
// partition, its own included. So a minute is over for good when the partition's
// clock has passed it, an entry is final, and the entries tile the offsets; after a
// time without a processor the backlog is booked where it was received, not where
// it was caught up with. An idle partition's clock follows the wall clock, hence the
// last minute is closed without another record. A minute in which nothing happened
// has no entry.
//
// # What is unaccounted
//
// A record that made none or several of a decoded fact, a duplicate and a dead
// letter: the stage has a fault. An offset that was never met is skipped: retention
// has taken the record before it was read, or somebody else writes to the topic. The
// marker behind replayed records is none of these, but what a replay that was cut off
// leaves is: its aborted records and their marker.
package ledger
