// Package deadletter finds, shows and replays records that a stage could not handle.
//
//	deadletter.*.v1 ─► scan ─► filter ─┬─► list, stats
//	                                   ├─► show: body with secrets masked
//	                                   └─► replay ─► transaction ─┬─► the stage's input
//	                                                              └─► internal.replays.v1
//
// Promise: a dead letter is replayed once, whatever crashes and whoever else replays
// at the time. The replayed record and the note about it are written in one transaction.
// Every replay uses the same transactional id: initializing it aborts the open
// transaction of a previous replay and fences that producer. Only then are the notes
// read, so that no other replay can add one. The notes are thus complete, and they
// outlive the dead letters.
//
// A replayed record that fails again becomes a new dead letter, whose headers count the
// rounds: after a few of them it is not replayed any more.
//
// # The note
//
// Key: the dead letter as topic/partition/offset. Value: JSON, version 1:
//
//	{"version":1,"by":"…","at":<unix ms>,"round":1,"topic":"raw.…","partition":0}
package deadletter
