// Package tolerance counts what a stage went on without: a field that it left empty, a
// decimal that it rounded, a name that it does not know.
//
//	decoder ─► Notes ─► Count, once the fact is new ─► commit ─► Metrics, and one log line a name
//
// One field in another form, or one new word of a provider, must not keep a fact out of
// the topics; that it came must not go unseen either. Promise: only what was committed
// is counted; field names are the decoders' own; names that a provider chose are bounded
// in form, length and number.
package tolerance
