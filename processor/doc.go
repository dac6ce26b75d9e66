// Package processor turns raw records into what people read: it builds the stages,
// gives each its topics, and runs them on the engine.
//
//	raw.lox24.v1 ──────► lox24 ────────────────────────────────┐
//	raw.uapay.v1 ──────► uapay ────────────────────────────────┤ internal.journey.v1
//	raw.unibell.v1 ────► unibell ─ internal.unibell.v1 ─► unibell-call ─────► journey ─► enriched.journeys.v1
//	raw.voximplant.v1 ─► voximplant
//	                       └─► decoded.*  duplicates  deadletter.*  enriched.{verifications,payments,accounts}.v1  ledger
//
// Promise: each authentic fact has its effect once, in every topic, whatever
// crashes and in whatever order and however often its provider sent it.
//
// # The life of a record
//
// A provider's call lies in its raw topic, keyed by its entity, proof in headers.
// A worker of the provider's stage polls it and decodes it, beside other records
// of the round. What can never be handled becomes a dead letter, unchanged, with
// its cause. The entity's state knows the ids of the facts it has seen: a repeat
// goes to duplicates, naming the first. A new fact goes to its decoded topic,
// typed and without what is private; it is merged into the entity's state; and if
// the entity's snapshot changed, that goes to the enriched topic, and to the
// journeys of the entity's correlation ids as a member. So each raw record ends in
// exactly one of decoded, duplicates and deadletter, which is the account that can
// be checked: package ledger keeps it by the minute, tributary audit proves it by
// the record. All of it, with the state's changelog and the offset read, is one
// Kafka transaction.
//
// A journey's stage reads members, keyed by correlation id, and joins them. It is
// also told, by every partition of every stage in front, how far that one's clock
// is: only when all are past a deadline is something missing.
//
// # Failure at each step
//
//   - Before the commit, whatever happens, nothing has happened: the transaction is
//     aborted, the offset is where it was, and the round is done again.
//   - After the commit and before the state is stored, the changelog is ahead of the
//     store, and the next owner of the partition replays the difference.
//   - Where the end of a transaction is not known, the committed offset tells.
//   - A process that is gone but not dead is fenced by the group's generation and by
//     its transactional id.
//
// The stages are pure and have no clock, the engine knows no provider. Memory runs
// them all without Kafka, which is how the whole is tested and modelled.
package processor
