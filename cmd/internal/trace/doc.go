// Package trace finds one case in the topics by any id that a person has in hand,
// and tells it from the webhook to the journey.
//
//	id ─► as a key: its partition of enriched.*            ─┐
//	   ─► in decoded.*, duplicates, dead letters: a search  ├─► keys ─► journeys ─► members ─► Report
//	   ─► in raw.*: a search                               ─┘              every record of each
//
// Promise: what is told was committed, and stands in the topics at the places named;
// what was not found is said with where it was looked for.
//
// # Why there is no index
//
// Every topic is keyed by entity, so an id that is a key, or a key but for its
// provider, is looked for in one partition of a topic. An id that is no key is
// looked for in whole topics. Both read record batches as the broker stores them and
// look for the id's bytes before a single record is parsed; a batch without them,
// nearly every one, is dropped. It begins with the newest and ends with the first that
// has the id, unless all are wanted. That passes gigabytes of records in seconds, costs
// the pipeline nothing, and finds what was written before anybody thought of an
// index. Members found are then read from their own partitions, from when their
// first event was.
//
// Among 2.8 million records, on two cores that were busy with other things (load 8): a
// key 1.6 to 2.1 s, an event, request or task id 1.1 to 2.0 s, a phone 2.4 to
// 2.8 s, an id that is nowhere, and so is looked for in 1.3 GB, 2.2 to 2.8 s.
//
// # What it shows
//
// Ids, times, places, states. No bodies and no codes: those are restricted, and
// `tributary tail --bodies` shows them at the places named here. A phone is looked
// for by its pseudonyms, never by its digits.
package trace
