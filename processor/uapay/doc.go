// Package uapay is the stage that makes payments of UAPAY's callbacks.
//
//	raw.uapay.v1 ─► claims ─► Fact ─► set of facts ─► decoded.uapay.payment.v1
//	                                              └─► enriched.payments.v1, internal.journey.v1
//
// Promise: a payment's snapshot is a function of the set of distinct callbacks, of
// the earliest iat, postbackTime and receipt of each, and of the clock; never of the
// order of arrival, however many callbacks there are and however often they are repeated.
//
// # What is one callback
//
// UAPAY sends no event id. Two callbacks are the same if they have the same
// paymentId, operationId and claims but for iat and postbackTime, which say when a
// delivery was made [inference: the documentation does not say whether a retry is
// signed anew]. A callback that differs in anything else is another one. A payment
// remembers its callbacks for as long as it is kept, for a token that is signed anew
// does not show its age.
//
// # The set
//
// The callbacks are kept as facts and folded in the order of the provider's time,
// then of their phase, then of their id. A callback without postbackTime and iat has
// its place by the latest of its own dates, never by its receipt. The last MaxFacts
// stand in the payment's entry; earlier ones have entries of their own, and what they
// amount to is kept. It is made anew from them when one comes late, or a repeat shows
// that one was earlier.
//
// # Phase
//
//	new      NEW
//	pending  OPEN PENDING NEEDS_CONFIRMATION WAITING_COMPLETE NEEDS_COMPLETE
//	held     HOLDED, and PAID beside it
//	refused  REJECTED CANCELED CLOSED
//	paid     PAYED FINISHED PAID
//	returned REVERSED RETURNED
//
// Case does not matter. Each is above those before it, and a payment has the highest it
// was ever told. Unknown words are kept and shown and raise nothing. operationStatus
// counts only where the callback has no other status that is known; for a conflict, paid
// and refused, all three count. What was held and comes back without any word of a payment
// was never paid: the hold was released.
//
// # Forms
//
// A claim is read in every form that has one meaning. One that has none is left empty and
// counted (package tolerance), unless the payment depends on it: amount and reversal,
// statuses, the operation's id, and the time of a callback that has no other.
//
// # Journeys
//
// A payment belongs to the correlation ids of all its operations, each operation's newest
// in each place, and to those of its invoice.
package uapay
