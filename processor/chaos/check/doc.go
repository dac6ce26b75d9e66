// Package check holds what a run left in Kafka against what went in. It knows
// nothing of the engine: it reads records, does the sums again in its own way, and
// says every sentence of the promise that does not hold.
//
//	input, output, dead letters ─┐
//	state (changelog, stores)  ──┼─► Run.Check ─► violations, none if all is well
//	committed offsets, accepted ─┘
//
// Promise: a nil answer means that every accepted record is in the input, that each
// record of the input had its effect once and in order, that deadlines fired once,
// that the state is the fold of the input, and that the committed offsets say so.
//
// What it checks is a run of the tally, a stage so plain that its sums can be done
// again here: see Fact for what goes in and Effect for what comes out.
package check
