// Package journey joins all verifications, payments and milestones of one correlation id
// into one snapshot with their common outcome.
//
//	internal.journey.v1 ─► member ─► journey (counts, sums, 50 members) ─► enriched.journeys.v1
//	                   watermark  ─► deadlines: verified, not paid · paid, not verified
//
// Promise: the snapshot is a function of the set of members and of the watermark, never of the
// order in which the members' records arrive.
//
// # Members
//
// Every record of a member has its whole state and its revision. The highest revision
// wins; a lower or equal one changes nothing. A removal removes the member unless a
// higher revision is known, and a later record of a removed member counts only if its
// revision is higher than the removal's. A journey without members ends: its snapshot is a
// tombstone.
//
// Members are ordered by first event, then id; one without a time comes first. The
// first 50 are listed in the snapshot and are in the journey's own state entry.
// Every further one has a state entry of its own, and the journey keeps counts and
// sums over them, updated by differences, and minima and maxima, which are recomputed from the
// entries only when the member that set one no longer does. So a record's cost does not
// grow with its journey.
//
// # Which member counts
//
//   - Milestones are the events that a further sender reported for the correlation id, by
//     type. They are listed and counted as facts; they never change the outcome, and await
//     nothing.
//   - Verified: the success with the earliest outcome_at, then the smallest id. Its
//     channels, country, provider, source and duration are the journey's; where none
//     succeeded, those of the first listed verification are, without duration and delivered
//     channel. Failed attempts, switches and cost are summed over all verifications.
//   - Customer: that of the verification that succeeded first, else of the first listed
//     verification that has one, else of the first listed payment that has one. The number
//     of distinct customers is over the listed members.
//   - Provider and source of payments: those of the payment captured first, else of the first
//     listed payment.
//   - Taken means held, paid, refunded or released. Each payment is one of pending (new, or of
//     an unknown phase, too), held, refused, paid, refunded and released: paid if something of
//     it is left, refunded if all of a captured amount went back, released if all of a hold
//     did that was never captured. gross_minor has everything that was ever captured,
//     refunded_minor the part of it that went back, net_minor the rest, and released_minor the
//     holds that went back without having been captured.
//   - Sums are of one currency; where members differ in it, sums and currency are null and
//     mixed_currencies is set. One that does not fit 64 bits is the largest there is and
//     flagged; none ever overflows.
//   - A payment of several operations belongs whole to the journey of each of their ids.
//   - Outcome, the first that holds: paid → COMPLETE, or PAID_NOT_VERIFIED after the
//     deadline, or IN_PROGRESS before it, or UNKNOWN where a verification's outcome
//     cannot be known; held → HELD; refunded → REFUNDED; verified and after the deadline →
//     VERIFIED_NOT_PAID, which is so wherever missing is PAYMENT; refused and nothing pending
//     → REFUSED; verified, or a payment or verification pending → IN_PROGRESS; then
//     VERIFICATION_EXPIRED, VERIFICATION_FAILED, UNKNOWN.
//   - verified_to_held_ms and verified_to_captured_ms end at the first hold and the first
//     capture of all payments; null if that came before the verification.
//
// # Deadlines
//
// Money is awaited from the first success on, a verification from the first money
// taken on, each for its span, counted from when that fact was received. When the
// watermark has reached the deadline, missing is set. The awaited fact clears it whenever it
// comes; whether it came late depends on when it was received, not on whether missing had
// been set. No verification is awaited where one has an outcome that cannot be known
// (Unibell without a status callback). The watermark is the earliest watermark of all upstream
// partitions.
package journey
