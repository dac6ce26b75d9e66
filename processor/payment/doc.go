// Package payment is the stage of a payment provider without its decoder: the state of one
// payment, its phases, amounts, deadline and snapshot.
//
//	provider's callback ─► Event ─► Stage.Apply ─► decoded.*, enriched.payments.v1
//	                               (set of facts) └► internal.journey.v1
//
// Promise: a payment's snapshot is a function of the set of distinct callbacks, of the
// earliest times and receipt of each, and of the watermark; never of the order of arrival,
// however many callbacks there are and however often they are repeated.
//
// # The set
//
// A payment remembers its callbacks for as long as it is kept, because a callback that is
// signed anew does not show its age. They are kept as facts and folded in the order of the
// provider's time, then of their phase, then of their id. A callback without a time of its
// own has its place by the latest of the dates in it, never by its receipt. The last
// MaxFacts are in the payment's entry; earlier ones have entries of their own, and the
// payment keeps their aggregate. It is recomputed when one of them arrives late, or a repeat
// lowers the time of one.
//
// # Phase
//
//	unknown < new < pending < held < refused < paid < returned
//
// A payment has the greatest phase that any callback reported. A conflict (paid and refused)
// is found whatever the phases are. A hold that is given back without any payment was
// released: that is no refund, and nothing was paid.
//
// # Journeys
//
// A payment belongs to the correlation ids of all its operations, each operation's newest
// in each place, and to those of its invoice.
package payment
