// Package engine runs a stage over a topic so that inputs, outputs and state move
// together or not at all. It knows no provider.
//
//	          ┌──────────────────────────── round ─────────────────────────────┐
//	input ──► │ poll ► decode, apply ► due deadlines ► Kafka transaction ► hot   │
//	          │         (overlay over hot and store)     outputs  changelog      │
//	          │                                          input offsets           │
//	          └──────────────────────────────────────────────────────────────────┘
//	hot:      what committed rounds changed ──► store, the oldest first
//	restore:  changelog ──► store, from the stored position to the end
//
// Promise: read committed, every record of the input has its effect on outputs and
// state exactly once, whatever crashes. The Kafka transaction commits first; the state
// in memory and the store follow. A crash leaves the store older than the changelog, and
// the next owner replays the difference.
//
// The data's way through the files: worker.go (the loop), session.go (poll),
// round.go (decode, apply), machine.go and scope.go (one record), overlay.go (the
// round's view of the state), transact.go (commit), hot.go (committed state in memory),
// writeback.go and storewrite.go (what the store gets), storefilter.go (what it need not
// be asked for), and for a new owner restore.go and fence.go. memory.go runs the same machine without
// Kafka.
package engine
