// Package chaos proves the promises on a real Kafka: the program as real processes,
// which are killed, stopped, starved of disk and impersonated while webhooks come,
// and at the end an account that must add up to the record.
//
//	seed ─► schedule of faults ──────────────┐ each bound to an event: records processed, a recovery
//	simulator ─► ingest ─► Kafka ─► 3 processors ─► topics ─► model, account, witness ─► verdict
//	witness ───► (every 200 with its receipt)
//
// There are two acts: one node of Kafka with one replica, and three nodes with three
// replicas of which two must be in sync, where the node is killed that is about to
// write a transaction's markers.
//
// Promise: a run that ends well has lost nothing and repeated nothing; the seed
// decides what strikes whom in which order, and everything done is in the log. It
// shares no code with the engine, and reads what a consumer could read.
package chaos
