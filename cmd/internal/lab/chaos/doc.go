// Package chaos tests the promises on a real Kafka: it runs the program as real
// processes, kills, stops and impersonates them and fills their disks while webhooks
// arrive, and checks at the end that every record is accounted for.
//
//	seed ─► schedule of faults ──────────────┐ each bound to an event: records processed, a recovery
//	simulator ─► ingest ─► Kafka ─► 3 processors ─► topics ─► model, account, checker ─► result
//	checker ───► (every 200 with its receipt)
//
// There are three scenarios. The first has one node of Kafka with one replica. The second has
// three nodes with three replicas (min.insync.replicas 2) and kills the node that is about
// to write a transaction's markers. The third plays actions of administrators (a
// group deleted, offsets set back, topics recreated, partitions added) and faults of
// brokers (a log that lost its end), each in a scene of its own: the stage goes on, or
// refuses and is repaired as its message says, and each webhook that was answered 200 is a
// fact once.
//
// Promise: a run without findings has lost nothing and repeated nothing; the seed
// determines the faults, their victims and their order, and every action is in the log.
// The package shares no code with the engine, and reads only the topics, as any consumer
// could.
package chaos
