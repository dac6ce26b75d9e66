// Package unibellcall is the stage that keeps the verification of a Unibell call.
//
//	internal.unibell.v1 ─► fact of a reference ─► verification ─► enriched.verifications.v1 ─► journey
//	                    ─► fact of a request id ─► held until bound ─► internal.unibell.v1, by reference
//	                    ─► binding of a request id to its reference
//	                    ─► clock of stage unibell
//
// A status that is known only by the provider's request id is held at that id. The
// binding, told by the provider's answer or any fact that knows both ids, releases
// it, whichever comes first. What is not bound within the holding time is shown as
// a verification of its own, under the request's key; a binding that comes after
// all ends that one and moves the facts where they belong. Nothing is lost, and
// the end is the same in any order. A request id bound twice keeps its first
// reference: the provider gives each id once.
//
// What a call's facts mean:
//
//   - A request is an attempt on the one channel there is; the phone verified is its
//     sourceAddr, which the subscriber calls from. [S] 000
//   - An answer that refuses is failure at once. An answer that never came leaves the
//     call in doubt, but for a provider that was never reached (connection refused,
//     name not found): an error at once.
//   - An outcome is awaited for the time a code lives, from the request on (the first
//     fact there is), where the source has a status callback. Elsewhere it cannot be known: UNKNOWN.
//   - A fact's time is the provider's statusDateTime, else received_at.
package unibellcall
