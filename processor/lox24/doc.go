// Package lox24 is the stage of LOX24's webhooks.
//
//	raw.lox24.v1 ─► decode ─► dedupe ─► verification ─► enriched.verifications.v1 ─► journey
//	                  │         └► duplicates.v1
//	                  └► decoded.lox24.verify-code.v1, decoded.lox24.sms.v1, decoded.lox24.unknown-event.v1
//
// Events are identified by the envelope's id: the retries of a delivery keep it
// (an inference: LOX24 does not say so). verify_code events make a verification;
// sms events are only decoded and deduplicated; of an event with an unknown name only
// the names of its fields are emitted. A body in another api_version is a dead letter: it
// may be a verification's, and can be replayed with a release that knows the version. The
// decoder skips the one-time code, so no value of this package ever holds it. A field with
// an ambiguous or malformed value is left empty if nothing depends on it.
//
// An event that was created, by its own time, more than the deduplication span before it
// was received, and whose id is not stored, is stale: it is unknown whether it was counted
// before.
package lox24
