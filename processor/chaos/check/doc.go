// Package check compares the content of Kafka after a run with its input. It shares no
// code with the engine: it reads records, recomputes the sums and reports every violated
// guarantee.
//
//	input, output, dead letters ─┐
//	state (changelog, stores)  ──┼─► Run.Check ─► violations, none if all is well
//	committed offsets, accepted ─┘
//
// Promise: a nil result means that every accepted record is in the input, that each input
// record had its effect once and in order, that timers fired once, that the state is the
// fold of the input, and that the committed offsets agree.
//
// The run uses the tally, a stage simple enough to recompute here: see Fact for its input
// and Effect for its output.
package check
