package ingest

// Harm is a way to break ingest on purpose. The tests show with it that they would
// see the fault. Only a build with the tag tributary_break can do harm: see HarmDeps
// there. In any other build asking for one is a constant false, and what hangs on it
// is not compiled.
type Harm string

// The harms, each with what ingest then does wrong.
const (
	// HarmAnswerEarly answers 200 before the brokers have acknowledged the records.
	HarmAnswerEarly Harm = "answer-early"
	// HarmIgnoreFailedProduce answers 200 although a record was not written.
	HarmIgnoreFailedProduce Harm = "ignore-failed-produce"
)

// Harms returns all of them.
func Harms() []Harm { return []Harm{HarmAnswerEarly, HarmIgnoreFailedProduce} }
