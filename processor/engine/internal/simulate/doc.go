// Package simulate runs the engine, with any stage, on the simulated cluster of package
// sim: processes with disks start, crash and stop in virtual time while records arrive and
// faults occur.
//
//	Schedule (seed) ─► Run: processes ─► engine ─► sim.Session ─► sim.Cluster ─► topics, stores
//	                    └─ faults: requests, crashes, disks, clocks, rebalances
//
// Promise: the same schedule with the same stage runs the same way, step by step.
package simulate
