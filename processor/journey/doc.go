// Package journey joins what belongs together: all verifications and payments of
// one correlation id become one snapshot that says what became of them.
//
//	internal.journey.v1 ─► member ─► journey (counts, sums, 50 members) ─► enriched.journeys.v1
//	                       clock  ─► deadlines: verified, not paid · paid, not verified
//
// Promise: the snapshot is a function of the set of members and of how far the
// clock is, never of the order in which members were told.
//
// # Members
//
// A member is told whole each time, with its revision. The highest revision wins;
// a lower or equal one changes nothing. A removal takes the member away unless a
// higher revision is known, and what is told of a removed member later counts only
// if its revision is higher than the removal's. A journey left by its last member
// ends: its snapshot is a tombstone.
//
// Members are ordered by first event, then id; one without a time comes first. The
// first 50 are listed in the snapshot and stand in the journey's own state entry.
// Every further one has a state entry of its own, and the journey keeps counts and
// sums over them, changed by differences, and extremes, which are looked for again
// among the entries only when the member that set one gives it up. So a record's
// cost does not grow with its journey.
//
// # Which member counts
//
//   - Verified: the success with the earliest outcome_at, then the smallest id. Its
//     channel and duration are the journey's. Fallbacks and cost are summed over all
//     verifications.
//   - Taken means held, paid or returned. Each payment is one of pending (new, or of an
//     unknown phase, too), held, refused, paid and returned: paid if something of it is
//     kept, returned if it was given back whole, which is told by the amounts. A hold that
//     was released is returned and was never paid. paid_amount_minor has everything that
//     was ever paid, refunded_amount_minor the part of it that went back, and
//     released_amount_minor the holds that went back without having been paid.
//   - Sums are of one currency; where members differ in it, sums are 0, currency null. One
//     that does not fit 64 bits is the largest there is and flagged; none ever overflows.
//   - A payment of several operations belongs whole to the journey of each of their ids.
//   - Outcome, the first that holds: paid → COMPLETE, or PAID_NOT_VERIFIED after the
//     deadline, or IN_PROGRESS before it, or UNKNOWN where a verification's outcome
//     cannot be told; held → HELD; returned → REFUNDED; refused and nothing pending →
//     REFUSED; verified → VERIFIED_NOT_PAID after the deadline, or IN_PROGRESS; a
//     payment or verification pending → IN_PROGRESS; then VERIFICATION_EXPIRED,
//     VERIFICATION_FAILED, UNKNOWN.
//
// # Deadlines
//
// Money is awaited from the first success on, a verification from the first money
// taken on, each for its span, counted from when that fact was received. When the
// clock has reached the deadline the claim is made: missing. A fact withdraws it,
// whenever it comes; whether it came late is decided by when it was received, not
// by whether the claim had been made. No verification is awaited where one has an
// outcome that cannot be told (Unibell without a status callback). The clock is
// the earliest of those that all upstream partitions have told.
package journey
