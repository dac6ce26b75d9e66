// Package schemas is the contract of Tributary: the topic table, the .avsc
// files of every Avro topic, the raw records' headers and the wire formats.
// Ingest and the processor meet only here.
//
//	ingest ──► schemas ◄── processor
//
// It imports nothing of ours and no Kafka client.
package schemas
