// Package chaos proves the promise of the processor with whole clients: the engine
// and franz-go as they are, on an embedded broker, in virtual time. A seed
// decides the traffic and the faults.
//
//	seed ─► plan: traffic, faults ─► processes ─► wires ─► broker ─► topics ─► package check
//
// Promise: a run after whose faults a record is lost, emitted twice or applied to a
// wrong state, or a deadline is missing, fails with its seed, the smallest plan that
// still fails, and the trace that was observed.
//
// A fault is bound to an event and not to the scheduler: to the n-th request of a
// kind by a worker, or to the n-th time that a worker is at a step of a transaction.
// Goroutines interleave freely, so a seed does not replay exactly: a failing one is
// played again until it fails again.
//
// Everything here is in files of tests that need the tag synctests, without which
// the client's own mutexes make virtual time stand still:
//
//	go test -tags synctests ./processor/chaos -schedules 1000 -seed 1
//
// A plain go test runs a few hundred schedules that way.
package chaos
