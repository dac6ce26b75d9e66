// Package uapay is the stage that makes payments of UAPAY's callbacks.
//
//	raw.uapay.v1 ─► claims ─► Fact ─► set of facts ─► decoded.uapay.payment.v1
//	                                              └─► enriched.payments.v1, internal.journey.v1
//
// Promise: a payment's snapshot is a function of the set of distinct callbacks, of
// the earliest iat and postbackTime seen of each, and of the clock; never of the
// order of arrival.
//
// # What is one callback
//
// UAPAY sends no event id. Two callbacks are the same if they have the same
// paymentId, operationId and claims but for iat and postbackTime, which say when a
// delivery was made [inference: the documentation does not say whether a retry is
// signed anew]. A callback that differs in anything else is another one.
//
// # The set
//
// The callbacks are kept as facts and folded in the order of the provider's time,
// then of their phase, then of their id. Beyond MaxFacts the earliest are folded
// for good: from then on a repeat of one of those no longer lowers its time.
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
// Each is above those before it, and a payment has the highest it was ever told.
// Unknown words are kept and shown and raise nothing. operationStatus counts only
// where the callback has no other status that is known.
package uapay
