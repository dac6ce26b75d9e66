// Package uapay is the stage that turns UAPAY's callbacks into payments.
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
// paymentId, operationId and claims, except iat and postbackTime, which are times of the
// delivery [inference: the documentation does not say whether a retry is
// signed anew]. A callback that differs in anything else is another one. A payment
// remembers its callbacks for as long as it is kept, because a token that is signed anew
// does not show its age.
//
// # The set
//
// The callbacks are kept as facts and folded in the order of the provider's time,
// then of their phase, then of their id. A callback without postbackTime and iat has
// its place by the latest of its own dates, never by its receipt. The last MaxFacts
// are in the payment's entry; earlier ones have entries of their own, and the payment keeps
// their sum. It is recomputed when one of them arrives late, or a repeat lowers the time of
// one.
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
// Case does not matter. Each phase is above those before it, and a payment has the highest
// that any callback reported. Unknown words are kept and shown and change no phase.
// operationStatus counts only if the callback has no other known status; for a conflict (paid
// and refused) all three count. A hold that is given back without any paid status was
// released: that is no refund, and nothing was paid.
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
