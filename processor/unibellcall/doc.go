// Package unibellcall is the stage that keeps the verification of a Unibell call.
//
//	internal.unibell.v1 ─► fact of a reference ─► verification ─► enriched.verifications.v1 ─► journey
//	                    ─► fact of a request id ─► held until bound ─► internal.unibell.v1, by reference
//	                    ─► binding of a request id to its reference
//	                    ─► watermark of stage unibell
//
// A status that has only the provider's request id is held at that id. The binding, which
// the provider's answer or any fact with both ids produces, releases it; the two may arrive
// in either order. A status without a binding within the holding time is shown as a
// verification of its own, under the request's key; a later binding ends that verification
// and moves the facts to the one of the reference. No fact is lost, and the final state is
// the same in any order. A request id bound twice keeps its first reference: the provider
// gives each id once.
//
// How a call's facts are interpreted:
//
//   - A request is an attempt on the only channel, a call; the phone verified is its
//     sourceAddr, which the subscriber calls from. [S] 000
//   - An answer that refuses is failure at once. Without an answer it is unknown whether
//     the call was placed, unless the provider was never reached (connection refused,
//     name not found): that is an error at once.
//   - An outcome is awaited for the lifetime of a code, from the request on (or the first
//     fact), if the source has a status callback. Otherwise it cannot be known: UNKNOWN.
//   - A fact's time is the provider's statusDateTime, else received_at.
package unibellcall
