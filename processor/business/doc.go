// Package business counts what the company asks: whom codes reached, on which
// channel, in which country and at what cost, and what became of the money.
//
//	an entity before and after a fact ─► Labels.Move… ─► engine.Counter ─► commit ─► Metrics ─► tributary_business_*
//
// An entity is counted under its newest outcome. When that changes, it is counted
// anew and withdrawn from where it was, for a counter cannot fall:
//
//	tributary_business_verifications_total            entered an outcome
//	tributary_business_verifications_withdrawn_total  left it again
//
// What is in force is the one less the other. Promise: over the life of a process
// that difference is what the last snapshots say of the facts it committed,
// whatever their order and however often they were sent; nothing is counted that
// was not committed, and nothing twice.
//
// The labels are bounded by construction: every one that can be is made beforehand.
// Countries are those of the settings and "other"; ids, phones and texts of a
// provider are never among them.
package business
