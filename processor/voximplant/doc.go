// Package voximplant is the stage that makes accounts of Voximplant's callbacks.
//
//	raw.voximplant.v1 ─► callback ─► registers ─► decoded.voximplant.account-callback.v1
//	                                          └─► enriched.accounts.v1
//
// Promise: an account's snapshot is a function of the set of distinct callbacks and
// of the earliest received_at of each; never of the order of arrival.
//
// # Order
//
// A callback has no time. callback_id is "the callback ID (sequence)" [D], so of
// what several callbacks say of one thing the one with the highest id counts
// [assumption: the sequence rises within an account]. Event times are received_at.
//
// # What is one callback
//
// (account_id, callback_id): all that the hash proves. A repeat's content is
// therefore not looked at, and cannot change what the first one said. One whose id is
// forgotten by then is told by its number: what is not remembered and not above the ids
// of long ago is stale, never counted twice (dedupe.Sequence).
//
// # State
//
// Each thing told is a register: the id of the callback that told it last, when
// that was received first, and the value. A list is a register for each of its
// items, of which the MaxItems told last are kept; a later callback replaces an
// item whole, so that what is kept does not hang on the order either.
package voximplant
