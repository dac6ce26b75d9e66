// Package entity holds the steps that the stages of all providers share. A stage adds its
// decoder, its fact, its state and its snapshot.
//
//	raw record ─► Observe ─► new:    the decoded record, the state, a snapshot with NextRevision, Journeys.Emit
//	                      ├► repeat: duplicates.v1
//	                      └► stale:  a dead letter
//
// Promise: all stages recognise repeats and stale records by the same rule, name origins and
// causes in the same way, and never leave an entity as a member of a journey to which it no
// longer belongs.
package entity
