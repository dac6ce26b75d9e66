// Package bench measures ingest and processor as separate processes, started from the
// program under test, on any Kafka cluster or on the embedded broker.
//
//	seed ─► simulator's webhooks ─► ingest ─► raw topics ─► processor ─► topics ─► check
//	           (the load)       subprocess or  (filled)   subprocess     (read committed)
//	                              in-process
//	subprocess ─► /proc, /metrics ─► Figures ─► median, quartiles, ratios ─► table, JSON
//	profiles, peers, sizes ─► alternating runs ─┘
//
// Promise: a fast wrong answer does not count. The output topics of a run are audited and
// its journeys are compared with the naive model before its figures are reported. A real
// pipeline is not touched: topics, groups and transactional ids have a prefix of their
// own, which must be unused, and they are removed afterwards.
//
// The figures exclude the cost of the load: CPU is that of the subprocess alone, and of
// the broker where its process id is known.
package bench
