// Package payment is the stage of a payment provider without its decoder: the state of one
// payment, its phases, amounts, deadline and snapshot.
//
//	provider's callback ─► Event ─► Stage.Apply ─► decoded.*, enriched.payments.v1, facts.money.v1
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
// A payment has the greatest phase that any callback reported, until its amounts decide about
// a return: refunded only if all of the amount went back, else it stays paid, or held if it was
// never captured. A conflict (paid and refused) is found whatever the phases are. A hold that
// is given back without any payment was released: that is no refund, and nothing was paid.
//
// # Amounts
//
// gross is the captured amount, refunded the part of it that was given back, net always their
// difference; released is the part of a hold that was given back without a capture. The
// reversals of callbacks are totals (the greatest counts) or single returns (they are added
// up): a setting of the source. last_refunded_at is the first time at which the present total was reported.
//
// # Movements
//
// The rows of facts.money.v1 are derived from the same aggregate as the snapshot, so that they
// add up to its amounts: one HELD, one PAID, and one RELEASED or REFUNDED for each return.
// Where callbacks report the total given back so far, a return is the difference to the
// greatest total reported earlier, by the time of the first callback that reports it. It is
// named by its total: a total that arrives late takes its part of a later one, which keeps its
// name and gets a higher revision. A total that a greater one precedes is no movement, and its
// row is withdrawn by a tombstone.
//
// # Journeys
//
// A payment belongs to the correlation ids of all its operations, each operation's newest
// in each place, and to those of its invoice. Its journey_id is the first of them, sorted. An
// id that is a phone number is its customer, too, under the key in force when the first callback
// with that id was received.
package payment
