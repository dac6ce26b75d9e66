// Package verification keeps what is known of one verification: the attempts to
// deliver a code, how it ended, what it cost and how long it took. LOX24 and
// Unibell tell it in different words; here they mean the same.
//
//	provider's event ─► Fact ─► Entity.Apply ─► Keeper.Settle ─► enriched.verifications.v1
//	                            (merge)                       └► internal.journey.v1
//
// Promise: an Entity is a function of the set of facts applied to it, never of
// their order, and applying a fact again changes nothing but the count.
//
// # Merging
//
// Every field has a total order, and the greatest value stays:
//
//   - A fact's age is its provider's time, then its event id. A field that is
//     simply said has the value of the newest fact that says it; null says nothing.
//   - A status: unknown < new < in progress < end, then the later time, then
//     success > failed > error. Attempts are keyed by the provider's id of them, so
//     the history of any later event fills in what its own event never told.
//   - The outcome: pending < expired < a real one; of real ones that of the newest
//     fact counts, then success > failed > error. It was reached when the first fact
//     that tells it says so.
//   - Times first and last, and the weakest assurance, are minima and maxima.
//
// # Deadline
//
// An outcome is awaited from when the first fact was received, for the sum of the
// strategy's timeouts and a grace, and for a least time. All of it is counted in
// received_at, as the partition's clock is: an outage before ingest, or a provider's
// clock that is wrong, makes nothing expire. When the clock has reached the
// deadline, absence becomes an event: expired. A real outcome withdraws the claim
// whenever it comes. It is late if no fact that tells a real outcome was received by
// the deadline, whether or not the expiry had been told before.
package verification
