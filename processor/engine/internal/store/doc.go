// Package store keeps the state of all partitions that a process owns or replicates, in
// one Pebble database, and each partition's changelog checkpoint. A Partition reads
// through its write-back cache.
package store
