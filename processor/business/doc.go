// Package business counts business outcomes: verified users by channel and country, the
// cost of codes, and payments by phase.
//
//	an entity before and after a fact ─► Labels.Move… ─► Tx.Count ─► commit ─► Metrics ─► tributary_business_*
//
// An entity is counted under its newest outcome. When the outcome changes, the entity is
// counted under the new one and added to the withdrawals of the old one, because a
// counter cannot decrease:
//
//	tributary_business_verifications_total            entered an outcome
//	tributary_business_verifications_withdrawn_total  left it again
//
// The current number is the difference of both. Promise: over the life of a process that
// difference equals the last snapshots of the facts it committed, in any order and with
// any repetition; only committed facts are counted, each once.
//
// The label sets are bounded: all are created beforehand. Countries are those of the
// settings and "other"; ids, phones and provider texts are never labels.
package business
