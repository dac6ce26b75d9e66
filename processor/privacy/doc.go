// Package privacy is what phone numbers and free ids become before they leave the
// restricted topics: a phone a country and a pseudonym, an id itself or a pseudonym, equal
// wherever the number or the id is.
//
//	"+4915112345678"  ─► E.164 digits ─► country DE, HMAC-SHA-256 under the keys in force at received_at
//	"order-17"        ─► as it is
//	"a@example.com"   ─► hmac:<key id>:<HMAC-SHA-256 under the oldest key>
//
// A phone's key is chosen by received_at, so that a replay makes the same pseudonym; in
// an overlap of two keys both pseudonyms are carried. An id has one key, the oldest that
// is configured, so that no rotation parts what belongs together. Promise: no number, no
// text that does not look like an id by the source's rules, and nothing either can be
// computed from without the key, leaves this package.
package privacy
