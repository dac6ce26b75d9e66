// Package hangingtxn recovers hanging transactions (KIP-664).
//
// A broker that dies during a transaction can complete it without having written all
// markers (KAFKA-20734). The partitions without a marker then have an open transaction
// that never ends, which blocks their last stable offset. The worker that finds one takes
// over its transactional id and writes the missing markers with a new transaction on just
// these partitions, which ends as the hanging one had ended. Commit evidence decides that:
// a marker in another partition, or the metadata of a committed offset.
package hangingtxn
