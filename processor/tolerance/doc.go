// Package tolerance counts the faults in a record that a stage tolerates: a field that it
// left empty, a decimal that it rounded, a name that it does not know.
//
//	decoder ─► Faults ─► Count, once the fact is new ─► commit ─► Metrics, and one log line a name
//
// One field in another form, or one new word of a provider, must not keep a fact out of
// the topics, but it must be visible to operators. Promise: only committed records are
// counted; the field names are constants of the decoders; names that a provider chose are
// limited in form, length and number.
package tolerance
