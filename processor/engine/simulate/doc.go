// Package simulate is a Kafka that never was: a transaction log, its coordinators
// and its clients in one thread and one virtual clock, in which a seed decides all.
//
//	Plan (seed) ─► World: tasks of hosts, one at a time ─► Cluster: logs, transactions, group
//	                 │  faults, each bound to an event            ▲
//	                 └─► Session, Reader: what a client makes of it ┘
//
// It has what no embedded broker has: transactions that are prepared and not yet
// marked, a high watermark and a last stable offset that differ, epochs with strict
// fencing, stable offset fetches that do not answer, group generations, static
// members, answers that are lost after the request was applied.
//
// Promise: the same plan runs the same way, step by step, whatever the machine does
// meanwhile. It knows nothing of the engine: Session, Reader and World have the
// methods that the engine asks of its seam.
package simulate
