// Package deadletter finds, shows and replays records that a stage could not handle.
//
//	deadletter.*.v1 ─► scan ─► filter ─┬─► list, stats
//	                                   ├─► show: body with secrets masked
//	                                   └─► replay ─► transaction ─┬─► the stage's input
//	                                                              └─► internal.replays.v1
//
// Promise: a dead letter is replayed once, whatever crashes and whoever else replays
// at the time. The record that is sent again and the note that it was are written in
// one transaction; a replay reads the notes after it has become the owner of the one
// transactional id, which ends whatever its predecessor left open and refuses it from
// then on. So the notes are all there is to know, and they outlive the dead letters.
//
// A replayed record that is buried again is a dead letter of its own, whose headers
// count the rounds: after a few of them it is left alone.
//
// # The note
//
// Key: the dead letter as topic/partition/offset. Value: JSON, version 1:
//
//	{"version":1,"by":"…","at":<unix ms>,"round":1,"topic":"raw.…","partition":0}
package deadletter
