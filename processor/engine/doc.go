// Package engine runs a stage over a topic so that input offsets, outputs and state are
// committed atomically. It is independent of any provider.
//
//	          ┌──────────────────────── transaction ───────────────────────────┐
//	input ──► │ poll ► decode, apply ► due timers ► Kafka transaction ► hot    │
//	          │         (overlay over hot and store)     outputs  changelog    │
//	          │                                          input offsets         │
//	          └────────────────────────────────────────────────────────────────┘
//	hot:      changes of committed transactions ──► store, the oldest first
//	restore:  changelog ──► store, from the stored checkpoint to the end
//
// Guarantee: for read-committed consumers, each input record has its effect on outputs
// and state exactly once, whatever crashes. The Kafka transaction commits first; the
// write-back cache and the store follow. A crash leaves the store behind the changelog,
// and the next owner replays the difference.
//
// The files in the order of the data flow: worker.go (event loop), session.go (poll),
// round.go (decode, apply), machine.go and scope.go (one record), overlay.go (write
// buffer of a transaction), transact.go (commit), internal/cache (write-back
// cache), writeback.go and internal/store (the state on disk), and for a new owner
// restoring.go, internal/restore and internal/hangingtxn. memory.go is the
// test driver: it runs the same machine without Kafka.
package engine
