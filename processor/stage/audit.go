package stage

import "iter"

// Outcome is an applied input record with the outputs that it produced.
type Outcome struct {
	In *Input
	// Event is the result of Decode; nil if Decode failed.
	Event Event
	// Outputs are the emitted records. For a dead-lettered record, it is only the dead
	// letter.
	Outputs []Output
}

// Count is an increment of a counter: see Tx.
type Count struct {
	Name, Label string
	N           int64
}

// Auditor is a Stage with an audit hook: it records the outcome of each input record.
type Auditor interface {
	// Audit is called at the end of a transaction, once per partition that applied a
	// record or counted something. It gets the outcome of every record in offset order,
	// including dead-lettered ones, and all counts. Its puts and outputs belong to the
	// same transaction, so the audit is as exact as the state. An error never dead-
	// letters a record: the transaction is aborted and retried.
	Audit(tx Tx, outcomes iter.Seq[Outcome], counts []Count) error
}

// Starter is a Stage that sets up state in a partition before its first record.
type Starter interface {
	// Start is called when a partition without any applied record gets its first
	// watermark. Only a transaction that commits ends this: until then it is called again.
	Start(tx Tx) error
}
