// Package ingest takes the providers' webhooks and puts each, byte for byte, into
// its raw topic.
//
//	HTTP request ─► source ─► limits ─► proof ─► key ─► produce (acks=all) ─► 200
//
// Its promise: 200 means that every in-sync replica has the record. Anything else
// means: send again, or you are not who you say. It looks into a body only as far
// as proof and key need; what a body means is the processor's to judge.
//
// Whether Kafka takes records is known without a webhook, too: it is asked while none
// comes. Health, metric and log tell it.
//
// The proof and key of each provider are pure functions in a folder of their own;
// this package is the HTTP service around them.
package ingest
