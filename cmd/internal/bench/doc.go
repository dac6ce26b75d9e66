// Package bench measures ingest and processor as they are run: as processes of their
// own, started from the program that measures, on any brokers or on the embedded one.
//
//	seed ─► simulator's webhooks ─► ingest ─► raw topics ─► processor ─► topics ─► check
//	           (the load)          child or     (filled)     child      (read committed)
//	                               in-process
//	child ─► /proc, /metrics ─► Figures ─► median, quartiles, ratios ─► table, JSON
//	profiles, peers, sizes ─► variants in turn ─┘
//
// Promise: a fast wrong answer is no answer. What a run left in the topics is audited,
// and its journeys are compared with the naive model, before its figures count.
// Nothing of a real pipeline is touched: topics, groups and transactional ids have a
// prefix of their own, which must be unused, and they are removed afterwards.
//
// What the load costs is not in the figures: CPU is that of the child process alone,
// and of the broker where its process id is known.
package bench
