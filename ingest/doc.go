// Package ingest receives the providers' webhooks and writes each, byte for byte, to
// its raw topic.
//
//	HTTP request ─► source ─► limits ─► proof ─► key ─► produce (acks=all) ─► 200
//
// Its promise: 200 means that every in-sync replica has the record. Any other status
// means that the sender should send again or that the request was not proven. It parses
// a body only as far as proof and key need; the processor interprets the rest.
//
// A probe asks Kafka whether it would take records while no webhook arrives, so an outage
// is detected without traffic. The health endpoint, a metric and the log report it.
//
// The proof and key of each provider are pure functions in a folder of their own;
// this package is the HTTP service around them.
package ingest
