// Package sim simulates a Kafka cluster and its clients: transaction log,
// coordinators and clients in one thread and on one virtual clock, driven by a seed.
//
//	Plan (seed) ─► World: tasks of hosts, one at a time ─► Cluster: logs, transactions, group
//	                 │  faults, each bound to an event            ▲
//	                 └─► Session, Reader: the client's behaviour ─┘
//
// It models states that no embedded broker has: transactions that are prepared and not
// yet marked, a high watermark beyond the last stable offset, strict epoch fencing, stable
// offset fetches that do not answer, group generations, static members, responses that
// are lost after the request was applied.
//
// Promise: the same plan runs the same way, step by step, on any machine. The package
// does not import the engine: Session, Reader and World implement the interfaces of the
// engine's Kafka seam.
package sim
