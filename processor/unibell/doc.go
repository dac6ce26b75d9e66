// Package unibell is the stage of what goes to and from Unibell: our callers'
// requests, the provider's answers, and its status callbacks.
//
//	raw.unibell.v1 ─► decode ─► dedupe ─► decoded.unibell.call.v1
//	                              │├► duplicates.v1
//	                              └► internal.unibell.v1 ─► stage unibell-call
//
// A fact whose reference is known goes to that reference. A status known only by
// the provider's request id goes to the request id; a fact that knows both tells
// the request id of its reference, so that the two meet.
//
// Facts are told apart by reference or request id, phase, and status. Each placed call
// is a fact, also under one reference: a request and its answer are told apart by the id
// that ingest gave the caller's request, a status by the provider's request id where it
// names one.
//
// Facts are remembered for as long as their verification is kept. A status that comes
// again later is stale by its statusDateTime, or by the call's createdDateTime where it
// has none.
//
// Assumptions, for the provider documents none of it for calls: a status callback
// is JSON or a form with the fields of its SMS callback; what its words mean is
// the source's setting; a time without a zone is UTC.
package unibell
