// Package kafka is the seam between the engine and the Kafka client: the interfaces of a
// worker's connections, which the simulation implements too, and their implementation
// with kgo, including its memory for fetched batches, compression and headers.
package kafka
