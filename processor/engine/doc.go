// Package engine runs a stage over a topic so that input offsets, outputs and state are
// committed atomically. It is independent of any provider.
//
//	          ┌──────────────────────── transaction ───────────────────────────┐
//	input ──► │ poll ► decode, apply ► due timers ► Kafka transaction ► cache  │
//	          │         (write buffer over cache)     outputs  changelog        │
//	          │                                          input offsets         │
//	          └────────────────────────────────────────────────────────────────┘
//	cache:    changes of committed transactions ──► store, the oldest first
//	restore:  changelog ──► store, from the stored checkpoint to the end
//
// Guarantee: for read-committed consumers, each input record has its effect on outputs
// and state exactly once, whatever crashes. The Kafka transaction commits first; the
// write-back cache and the store follow. A crash leaves the store behind the changelog,
// and the next owner replays the difference.
//
// The files in the order of the data flow: worker.go (event loop), session.go (poll),
// batch.go (one batch), internal/task (one transaction in memory: decode, apply, timers,
// write buffer), transact.go (commit), internal/cache (write-back cache), writeback.go and
// internal/store (the state on disk), and for a new owner restoring.go, internal/restore
// and internal/hangingtxn. Package enginetest has the test driver, which
// runs the same task without Kafka.
package engine
