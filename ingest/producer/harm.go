package producer

// Harm is a way to break the producer on purpose. The tests show with it that they
// would see the fault. Only a build with the tag tributary_break can do harm: see Do
// there. In any other build asking for one is a constant false, and what hangs on it
// is not compiled.
type Harm string

// The harms, each with what the producer then does wrong.
const (
	// HarmAnswerEarly returns receipts before the brokers have acknowledged the records.
	HarmAnswerEarly Harm = "answer-early"
	// HarmIgnoreFailedProduce returns receipts although a record was not written.
	HarmIgnoreFailedProduce Harm = "ignore-failed-produce"
)

// Harms returns all of them.
func Harms() []Harm { return []Harm{HarmAnswerEarly, HarmIgnoreFailedProduce} }
