// Package trace finds one case in the topics by any id that a person has at hand, and
// shows it from the webhook to the journey.
//
//	id ─► as a key: its partition of enriched.*            ─┐
//	   ─► in decoded.*, duplicates, dead letters: a search  ├─► keys ─► journeys ─► members ─► Report
//	   ─► in raw.*: a search                               ─┘              every record of each
//
// Promise: everything shown was committed and can be read at the positions named; for an
// id that was not found, the report lists the topics and times searched.
//
// # Why there is no index
//
// Every topic is keyed by entity. If an id is a key, or a key without its provider, one
// partition of a topic is read. For any other id, whole topics are. Both read record
// batches as the broker stores them and search for the id's bytes before a single record
// is parsed; a batch without them, nearly every one, is dropped. The search begins with
// the newest records and ends with the first that has the id, unless all are wanted. It
// reads gigabytes of records in seconds, costs the pipeline nothing, and finds records
// older than any index would be. The members found are then read from their own
// partitions, beginning at the time of their first event.
//
// Measured with 2.8 million records, on two cores busy with other work (load 8): a
// key 1.6 to 2.1 s, an event, request or task id 1.1 to 2.0 s, a phone 2.4 to
// 2.8 s, an id that does not exist, so that all 1.3 GB are searched, 2.2 to 2.8 s.
//
// # Contents of a report
//
// Ids, times, positions, states. No bodies and no codes: those are restricted, and
// `tributary tail --bodies` shows them at the positions named here. A phone is searched
// for by its pseudonyms, never by its digits.
package trace
