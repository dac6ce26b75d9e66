// Package erasure lets a stage forget an entity when it is told to: the answer to
// somebody's right to be forgotten.
//
//	tributary forget ─► raw.<provider>.v1: the entity's key, no value, kind erasure
//	                 ─► stage: state and changelog, tombstone in enriched.*
//	                 ─► internal.journey.v1: ERASURE ─► journeys without the member
//
// Promise: when the stage has passed the erasure, nothing of what came before it is
// left in the entity's state, its changelog, its snapshots and its journeys, in one
// transaction for each stage and exactly once. What comes after it makes the entity
// anew.
//
// # Why a record of the raw topic
//
// Only the owner of a partition may change its state, and only in order. A record of
// the stage's own input reaches that owner, whoever it is by then, in the one order
// that counts: the facts before it are forgotten, those after it are not. It goes
// through the same transaction as a fact, so no crash makes it half. And whoever
// rebuilds the state from the raw topic meets it in its place: the entity does not
// come back. No topic, no consumer and no rule of its own is needed.
//
// It is no fact and ends in no decoded record, duplicate or dead letter; ledger and
// audit pass it over.
//
// # What stays
//
// Raw records, dead letters, decoded facts, duplicates and what stages told each other
// stay until their topics' retention takes them: Kafka deletes no single record there.
// How often a delivery of an event was tried is remembered for the deduplication span,
// by the event's id alone.
package erasure
