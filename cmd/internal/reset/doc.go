// Package reset lets a stage make its state again from its input, as after a fault in
// how it merges facts, or a changelog that is lost.
//
//	Prepare: group, input, changelog, ledger ─► Plan: what is deleted, what is read again, what is lost
//	Carry:   changelog deleted ─► made anew, each partition beginning with a Rebuild ─► group deleted
//	processors start: another topic of the same name ─► their stores are not trusted ─► input from its start
//
// Promise: whatever it dies of, no processor goes on with half a state. While the
// changelog is missing none starts; while it is new and the group stands where it was,
// the engine refuses and names the reset, which can be run again. Only then the group
// goes, which Kafka refuses while it has members.
//
// Facts are not told twice, also where a stage is reset that has not caught up with an
// earlier reset: see engine.Rebuild. Those of records that ended in nothing, for a
// fault of the release that handled them, are told then if that is asked for.
package reset
