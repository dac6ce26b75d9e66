// Package unibell is the stage of all messages to and from Unibell: our callers'
// requests, the provider's answers, and its status callbacks.
//
//	raw.unibell.v1 ─► decode ─► dedupe ─► decoded.unibell.call.v1
//	                              │├► duplicates.v1
//	                              └► internal.unibell.v1 ─► stage unibell-call
//
// A fact with a reference is keyed by the reference. A status that has only the
// provider's request id is keyed by the request id; a fact with both ids also sends a
// binding of the request id to the reference, so that the next stage can join the two.
//
// Facts are identified by reference or request id, phase, and status. Each placed call
// is a fact, even if several have one reference: a request and its answer are identified by
// the id that ingest gave the caller's request, a status by the provider's request id if it
// has one.
//
// Ids of facts are stored for as long as their verification is kept. A status that comes
// again later is stale by its statusDateTime, or by the call's createdDateTime if it
// has none.
//
// Assumptions, for the provider documents none of it for calls: a status callback
// is JSON or a form with the fields of its SMS callback; the meaning of its words is
// the source's setting; a time without a zone is UTC.
package unibell
