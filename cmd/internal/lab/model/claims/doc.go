// Package claims recomputes the claims of signals.v1 from the decoded facts, in the plainest way.
//
//	decoded.voximplant ─► Accounts: all callbacks ─► burn, runway  ─┐
//	codes of the model ─► Frontiers: all first channels ─► curve   ─┼─► Comparison
//	signals.v1 ─► Signals: order of the revisions, last claims ─────┘
//
// Promise: it shares no code with the detectors. It keeps every fact, sums nothing up in advance and
// has its own statistics, so that where both agree, two readings of processor/INSIGHTS.md agree.
//
// Not recomputed are texts, the confidence of a runway, which depends on when it was evaluated, and the
// bootstrap of a frontier.
package claims
