// Package reset makes a stage rebuild its state from its input, for example after a bug
// in how it merges facts, or after the loss of its changelog.
//
//	NewPlan: group, input, changelog, ledger ─► Plan: topics deleted, records read again, records lost
//	Apply:   changelog deleted ─► recreated, each partition beginning with a Rebuild ─► group deleted
//	processors start: a recreated topic ─► their local stores are not used ─► input from its start
//
// Promise: wherever a reset fails, no processor continues with partial state. While the
// changelog is missing, none starts. While it is new and the group still has its committed
// offsets, the engine refuses to start and names the reset, which can be run again. Only
// then is the group deleted, which Kafka refuses while it has members.
//
// Facts are not emitted twice, not even if a stage is reset that has not caught up with an
// earlier reset: see engine.Rebuild. On request, facts are emitted for records that have no
// outcome, because of a bug in the release that handled them.
package reset
