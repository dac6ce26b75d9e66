// Package enginetest tests stages without Kafka.
//
//	Driver ─► records and times ─► stage ─► outputs, state
//	Chaos  ─► Driver, then schedules of faults on a simulated cluster ─► the same outputs and state
//	Tx     ─► one entry in memory, outputs counted: for benchmarks
package enginetest
