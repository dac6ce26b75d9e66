// Package runway claims until when an account works: how long its balance lasts at the
// present burn, and which of the things that it needs expire.
//
//	callbacks ─► Observation: balance at a time ─► slots ─► stretches without a payment ─► burn per hour
//	account   ─► Status: frozen, card, agreement, caller ids, certificates ─► days
//	                                                          └──────► ACCOUNT_RUNWAY signals
//
// The balance is known only when the provider sends a callback. The burn is the money spent
// over the time in which none came in: a stretch between two callbacks with a payment, or
// with a higher balance at its end, is left out, its time too, and so is a stretch with more
// than five times the usual burn, because a subscription's charge says nothing about the
// calls. The interval is that of a ratio estimator over the stretches.
//
// The state of an account is bounded and a function of the set of its callbacks: of each
// half-hour the callbacks with the lowest and the highest number count, and of the last
// seven days at most 48 half-hours.
package runway
