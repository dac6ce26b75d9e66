// Package erasure makes a stage delete an entity on request: it implements a person's
// right to be forgotten (GDPR, article 17).
//
//	tributary forget ─► raw.<provider>.v1: the entity's key, no value, kind erasure
//	                 ─► stage: state and changelog, tombstone in enriched.*
//	                 ─► internal.journey.v1: ERASURE ─► journeys without the member
//
// Promise: once the stage has processed the erasure, the entity's state, changelog,
// snapshots and journeys hold nothing of the records before it. Each stage does this in
// one transaction and exactly once. Records after the erasure create the entity anew.
//
// # Why a record of the raw topic
//
// Only the owner of a partition may change its state, and only in order. A record of
// the stage's own input reaches that owner, even after a rebalance, at a defined offset:
// the facts before it are deleted, those after it are not. It goes through the same
// transaction as a fact, so no crash leaves it half done. A rebuild of the state from the
// raw topic replays it at the same offset, so the entity does not come back. It needs no
// topic, consumer or rule of its own.
//
// An erasure is not a fact and produces no decoded record, duplicate or dead letter;
// ledger and audit skip it.
//
// # Data that stays
//
// Raw records, dead letters, decoded facts, duplicates and the records of internal topics
// stay until the retention of their topics: Kafka cannot delete a single record there. The
// number of attempts of an event's delivery is stored for the deduplication span, by the
// event's id alone.
package erasure
