// Package voximplant is the stage that builds accounts from Voximplant's callbacks.
//
//	raw.voximplant.v1 ─► callback ─► registers ─► decoded.voximplant.account-callback.v1
//	                                          └─► enriched.accounts.v1
//
// Promise: an account's snapshot is a function of the set of distinct callbacks and
// of the earliest received_at of each; never of the order of arrival.
//
// # Order
//
// A callback has no time. callback_id is "the callback ID (sequence)" [D], so of several
// callbacks on the same field the one with the highest id counts
// [assumption: the sequence rises within an account]. Event times are received_at.
//
// # Identity of a callback
//
// (account_id, callback_id): all that the hash proves. A repeat's content is
// therefore ignored, and cannot change the content of the first. A repeat whose id was
// dropped is detected by its number: a callback whose id is not stored, and whose number is not above the
// highest id of long ago is stale, never counted twice (dedupe.Sequence).
//
// # State
//
// Each field is a last-writer-wins register: the id of the newest callback that set it, the
// earliest received_at of that callback, and the value. A list has a register for each of
// its items and keeps the MaxItems with the newest callbacks; a newer callback replaces an
// item whole, so that the stored list does not depend on the order either.
package voximplant
