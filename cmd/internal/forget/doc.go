// Package forget answers an erasure request: it finds what there is of an entity or a
// person, asks the stages to forget it, and says what stays until when.
//
//	id, pseudonym ─► trace ─► Plan: entities, journeys, what stays
//	Plan ─► raw.<provider>.v1: an erasure for each key ─► stages ─► tombstones ─► Done
//
// Promise: when it says that an entity is forgotten, its snapshot has ended and no
// journey tells of it; its state and the changelog go in the same transactions. Until
// then nothing is said to be done. Package erasure says how, and why beside a running
// processor: nothing is written into a changelog here.
package forget
