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
// partition of a topic is read. For any other id, whole topics are searched: the newest
// records first, up to the first that has the id, unless all are wanted. A batch is decoded
// only if its bytes contain the id: see scan.Search. That costs the pipeline nothing, and finds records older
// than any index would be. Through the client, which decodes every record, an id that is nowhere among 400,000
// records took 1.7 to 2.1 s instead of 0.6 s (BenchmarkTrace/absent on two cores), and a case among a million
// is to be found within 3 s. The members found are then read from their own partitions, beginning at the time
// of their first event.
//
// BenchmarkTrace measures it with 200,000 records on the embedded broker, or with any number on a real one;
// BenchmarkCase of the console the same through its pages.
//
// # Contents of a report
//
// Ids, times, positions, states. No bodies and no codes: those are restricted, and
// `tributary tail --bodies` shows them at the positions named here. A phone is searched
// for by its pseudonyms, never by its digits.
package trace
