// Package pumping detects artificially inflated traffic: codes ordered for ranges of
// numbers whose operator shares the income with the one who orders them. Nobody types
// these codes, or whoever does never pays.
//
//	Observation ─► Observe ─► counts of block, area, carrier and country ─┐
//	watermark ───► Evaluate ◄─────────────────────────────────────────────┘ ─► Claim: raised, updated, withdrawn
//
// A country is a subject of its own with a state of its own; nothing is compared between
// countries. Evaluate looks at each subject with recent codes. It searches for the time
// since which codes are typed less than before (the maximum of a log-likelihood ratio),
// and raises a claim if, since then,
//
//   - the conversion is far below the expected one: the upper limit of its Wilson
//     interval is less than Config.Ratio of it. The expected conversion is that of the
//     subject before, drawn towards its area's and its country's where there is little
//     history. A code counts as not typed only as far as typed codes are usually known by
//     then: see maturity;
//   - new numbers come faster than before, by Config.Volume at least;
//   - there are at least Config.MinCodes codes and Config.MinNumbers numbers.
//
// Codes that a claim explains no longer count for the subjects that contain its own, so that
// a pumped block does not accuse its country, and they belong to no subject's history.
//
// All state is entries of a stage.Tx under a prefix. It is bounded: minutes for half an
// hour, quarters of an hour for a day and sums of everything earlier, for at most
// Config.MaxBlocks blocks of a country. Every decision depends on event time and the
// watermark alone.
package pumping
