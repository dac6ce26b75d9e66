// Package privacy replaces phone numbers and free ids before they leave the restricted
// topics: a phone becomes a country and a pseudonym, an id stays itself or becomes a
// pseudonym. The pseudonym is the same wherever the number or the id occurs.
//
//	"+4915112345678"  ─► E.164 digits ─► country DE, HMAC-SHA-256 under the keys in force at received_at
//	"order-17"        ─► as it is
//	"a@example.com"   ─► hmac:<key id>:<HMAC-SHA-256 under the oldest key>
//
// A phone's key is chosen by received_at, so that a replay makes the same pseudonym; in
// an overlap of two keys both pseudonyms are carried. An id has one key, the oldest that
// is configured, so that a key rotation does not separate records with the same id.
// Promise: no number leaves this package, no text that does not look like an id by the
// source's rules, and nothing from which either can be computed without the key.
package privacy
