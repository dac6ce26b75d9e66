// Package processor turns raw records into the topics that people read: it builds the
// stages, gives each its topics, and runs them on the engine.
//
//	raw.lox24.v1 ──────► lox24 ────────────────────────────────┐
//	raw.uapay.v1 ──────► uapay ────────────────────────────────┤
//	raw.standard.v1 ───► standard ─────────────────────────────┤ internal.journey.v1
//	raw.unibell.v1 ────► unibell ─ internal.unibell.v1 ─► unibell-call ─────► journey ─► enriched.journeys.v1
//	raw.voximplant.v1 ─► voximplant
//	                       └─► decoded.*  duplicates  deadletter.*  enriched.{verifications,payments,accounts}.v1  ledger
//
// Promise: each authentic fact has its effect once, in every topic, whatever
// crashes and in whatever order and however often its provider sent it.
//
// # The life of a record
//
// A provider's call is in its raw topic, keyed by its entity, with the proof in headers.
// A worker of the provider's stage polls it and decodes it, in parallel with other
// records of the transaction. A record that can never be processed becomes a dead letter,
// unchanged, with its cause. The entity's state holds the ids of the facts it has seen: a
// repeat goes to duplicates, naming the first occurrence. A new fact goes to its decoded
// topic, typed and without private data; it is merged into the entity's state; and if the
// entity's snapshot changed, that goes to the enriched topic, and to the journeys of the
// entity's correlation ids as a member. So each raw record ends in exactly one of decoded,
// duplicates and deadletter, and the numbers must add up: package ledger counts them by
// the minute, tributary audit compares them record by record. All output, the state's
// changelog and the input offset are committed in one Kafka transaction.
//
// The journey stage reads members, keyed by correlation id, and joins them. Every
// partition of every upstream stage also reports its watermark to it: an event-time timer
// fires only when all of them are past its deadline.
//
// # Failure at each step
//
//   - Before the commit a failure has no effect: the transaction is aborted, the
//     committed offset is unchanged, and the records are processed again.
//   - After the commit and before the state is stored, the changelog is ahead of the
//     store, and the next owner of the partition replays the difference.
//   - If the result of a commit is unknown, the committed offset shows whether it
//     succeeded.
//   - A zombie, a process that lost its partitions but still runs, is fenced by the
//     group's generation and by its transactional id.
//
// The stages are pure functions without a clock, and the engine depends on no provider.
// Memory runs all stages without Kafka; the tests and the model check use it.
package processor
