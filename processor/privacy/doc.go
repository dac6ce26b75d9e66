// Package privacy is what a phone number becomes before it leaves the restricted
// topics: a country and a pseudonym that is equal wherever the number is.
//
//	"+4915112345678" ─► E.164 digits ─► country DE, HMAC-SHA-256 under the key in force at received_at
//
// The key is chosen by received_at, so that a replay makes the same pseudonym; in
// an overlap of two keys both pseudonyms are carried. Promise: no number, and
// nothing a number can be computed from without the key, leaves this package.
package privacy
