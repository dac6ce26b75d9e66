// Package verification keeps the state of one verification: the attempts to deliver a
// code, the outcome, the cost and the duration. LOX24 and Unibell report them in different
// terms; their stages translate both into a Fact.
//
//	provider's event ─► Fact ─► Entity.Apply ─► Repository.Save ─► enriched.verifications.v1, facts.attempts.v1
//	                            (merge)                       └► internal.journey.v1
//
// Promise: an Entity is a function of the set of facts applied to it, never of
// their order, and applying a fact again changes nothing but the count.
//
// # Merging
//
// Every field has a total order, and the greatest value stays:
//
//   - Facts are ordered by their provider's time, then by event id. A plain field is a
//     last-writer-wins register: it has the value of the newest fact that sets it; null
//     does not set it.
//   - A status: unknown < new < in progress < end, then the later time, then
//     success > failed > error. Attempts are keyed by the provider's attempt id, so the
//     history in a later event completes an attempt whose own event did not arrive.
//   - The outcome: pending < expired < a real one; among real ones that of the newest
//     fact counts, then success > failed > error. Its time is that of the first fact
//     that reports it.
//   - The key of the customer id is that of the fact with a phone that was received first.
//   - Times first and last, and the weakest assurance, are minima and maxima.
//
// # Channels
//
// The attempts in the order of the routing strategy are the way the code took: first and last
// channel, switches from one channel to another, and attempts that failed. A channel that
// delivered the code without a known attempt has its place in that order.
//
// # Attempts
//
// Each attempt of a snapshot is a row of facts.attempts.v1. It is emitted again only if it
// changed, the fields that it has from the verification included. An attempt that turns out to
// be a part of another one (a Unibell status whose call becomes known) is withdrawn by a
// tombstone, and so are all at the end of the verification.
//
// # Deadline
//
// An outcome is awaited from when the first fact was received, for the sum of the
// strategy's timeouts and a grace, and for a minimum time. All of these are measured in
// received_at, as the partition's watermark is, so that neither an outage before ingest nor
// a wrong clock of a provider makes anything expire. When the watermark reaches the
// deadline, the absence of an outcome becomes an event: expired. A real outcome replaces it
// whenever it arrives. The outcome is late if no fact that reports a real outcome was
// received by the deadline, whether or not the expiry was emitted before.
package verification
