// Package task runs a stage over the records and timers of one transaction, in memory:
//
//	record ─► decode ─► apply ─► due timers ─► watermark report ─► audit hook
//	                      │  a Context for each partition implements stage.Tx
//	                      ▼
//	             write buffer over the committed entries, outputs, counts
//
// It knows neither Kafka nor a disk: the engine commits the outputs and the pending
// writes of a Context, and the test driver keeps them in memory. If the stage fails
// permanently for a record or a timer, its effects are rolled back and a dead letter
// takes their place.
package task
