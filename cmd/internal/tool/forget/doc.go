// Package forget answers an erasure request: it finds the records about an entity or a
// person, asks the stages to erase them, and lists the records that remain and until when.
//
//	id, pseudonym ─► trace ─► Plan: entities, journeys, remaining records
//	Plan ─► raw.<provider>.v1: an erasure for each key ─► stages ─► tombstones ─► Done
//
// Promise: when it reports an entity as forgotten, its snapshot is a tombstone and no
// journey's snapshot lists it; its state and the changelog entries are deleted in the same
// transactions. Until then nothing is reported as done. Package erasure describes how, and
// why this is safe beside a running processor: this package writes into no changelog.
package forget
