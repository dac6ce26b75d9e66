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
// without another record.
//
// # The heartbeat
//
// Each minute has an entry, a minute without records too: its from_offset and to_offset
// are equal. So a quiet partition has new entries and a broken one has none. Ingest is
// not seen here: a partition is also quiet while no webhook reaches ingest.
//
//	SELECT provider, partition FROM ledger GROUP BY ALL HAVING max(minute) < now() - INTERVAL 5 MINUTE  -- broken
//	SELECT * FROM ledger WHERE from_offset = to_offset                                                 -- quiet
//	SELECT * FROM ledger WHERE processed_at - minute > INTERVAL 5 MINUTE                               -- was behind
//
// Entries are a function of the records: a replay emits the same ones, whatever process
// closes a minute and when. Three things differ. processed_at is the time of the replay.
// The entries before the first record of a partition begin with the first look at it
// (Start). If the watermark jumps by more than a day, because no record came or no
// processor ran, only the last day has entries of minutes without records.
//
// The clock of the processor closes minutes of idle partitions, engine.watermark_idle_timeout behind.
// A record whose received_at is earlier than that, from an ingest with a slower clock or
// after a long wait for Kafka, is counted in the open minute; no minute is reopened.
//
// # Unaccounted records and skipped offsets
//
// A record is unaccounted if it produced none, or more than one, of a decoded fact, a
// duplicate and a dead letter; that is a fault of the stage. An offset is skipped if it
// was never read: retention deleted the record before it was read, or somebody else
// writes to the topic. The transaction marker behind replayed records is not counted as
// skipped; the aborted records of an interrupted replay and their marker are.
package ledger
