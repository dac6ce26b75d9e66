// Package tracing creates a worker's spans, named after OpenTelemetry's semantic
// conventions:
//
//	process orders        consumer, one transaction; linked with its records' contexts
//	├── end transaction         client, the commit or abort
//	└── restore totals           internal, a resync with the broker
//	restore totals               internal, of newly assigned partitions
//
//	send orders           producer, by the sender, in the trace of a request
//	└── apply orders      consumer, one record; its outputs carry its context on
//	    └── apply totals
//
// A record has its own span only if its parent was sampled. Spans contain topics,
// partitions, offsets and counts, but never a key or a value of a header or a body, and
// only the kind of an error.
package tracing
