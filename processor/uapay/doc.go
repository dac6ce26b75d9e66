// Package uapay is the stage that turns UAPAY's callbacks into payments. It is the decoder;
// package payment keeps the state.
//
//	raw.uapay.v1 ─► claims ─► payment.Event ─► payment.Stage ─► decoded.uapay.payment.v1
//	                                                        └► enriched.payments.v1, internal.journey.v1
//
// # Identity of a callback
//
// UAPAY sends no event id. Two callbacks are the same if they have the same
// paymentId, operationId and claims, except iat and postbackTime, which are times of the
// delivery [inference: the documentation does not say whether a retry is
// signed anew]. A callback that differs in anything else is another one.
//
// # Phase
//
//	new      NEW
//	pending  OPEN PENDING NEEDS_CONFIRMATION WAITING_COMPLETE NEEDS_COMPLETE
//	held     HOLDED, and PAID beside it
//	refused  REJECTED CANCELED CLOSED
//	paid     PAYED FINISHED PAID
//	refunded REVERSED RETURNED
//
// Case does not matter. Unknown words are kept and shown and change no phase.
// operationStatus counts only if the callback has no other known status; for a conflict (paid
// and refused) all three count.
//
// # Forms
//
// A claim is read in every form that has one meaning. One that has none is left empty and
// counted (package tolerance), unless the payment depends on it: amount and reversal,
// statuses, the operation's id, and the time of a callback that has no other.
package uapay
