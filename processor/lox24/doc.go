// Package lox24 is the stage of LOX24's webhooks.
//
//	raw.lox24.v1 ─► decode ─► dedupe ─► verification ─► enriched.verifications.v1 ─► journey
//	                  │         └► duplicates.v1
//	                  └► decoded.lox24.verify-code.v1, decoded.lox24.sms.v1, decoded.lox24.unknown-event.v1
//
// Events are told apart by the envelope's id: the retries of a delivery keep it
// (an inference: LOX24 does not say so). verify_code events make a verification;
// sms events are decoded and deduplicated, no more; of events of unknown names only
// the names of their fields leave. A body in another api_version is a dead letter: it
// may be a verification's, and is replayed once a release knows the version. The
// one-time code is passed over while decoding, so no value of this package ever holds
// it. A field that has no one meaning, and on which nothing depends, is left empty.
//
// An event that its provider made more than the deduplication span before it was
// received, and that is not remembered, is stale: whether it was told before
// cannot be known any more.
package lox24
