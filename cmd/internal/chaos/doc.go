// Package chaos proves the promises on a real Kafka: the program as real processes,
// which are killed, stopped, starved of disk and impersonated while webhooks come,
// and at the end an account that must add up to the record.
//
//	seed ─► schedule of faults ──────────────┐ each bound to an event: records processed, a recovery
//	simulator ─► ingest ─► Kafka ─► 3 processors ─► topics ─► model, account, witness ─► verdict
//	witness ───► (every 200 with its receipt)
//
// There are three acts: one node of Kafka with one replica; three nodes with three
// replicas of which two must be in sync, where the node is killed that is about to
// write a transaction's markers; and what administrators do (a group deleted, offsets set
// back, topics made anew, partitions added) or brokers do to them (a log that lost its
// end), each in a scene of its own: the stage goes on, or refuses and is repaired as it
// says, and each webhook that was answered 200 is a fact once.
//
// Promise: a run that ends well has lost nothing and repeated nothing; the seed
// decides what strikes whom in which order, and everything done is in the log. It
// shares no code with the engine, and reads what a consumer could read.
package chaos
