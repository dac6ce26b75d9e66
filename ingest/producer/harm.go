package producer

// Harm is a failpoint of the producer: a fault that tests inject to show that they
// would detect it. Only a build with the tag tributary_break can enable one, with Do.
// In any other build the method by returns a constant false, so the compiler removes
// the branches that depend on it.
type Harm string

// The failpoints, and how the producer misbehaves with each.
const (
	// HarmAnswerEarly returns receipts before the brokers have acknowledged the records.
	HarmAnswerEarly Harm = "answer-early"
	// HarmIgnoreFailedProduce returns receipts although a record was not written.
	HarmIgnoreFailedProduce Harm = "ignore-failed-produce"
)

// Harms returns all failpoints.
func Harms() []Harm { return []Harm{HarmAnswerEarly, HarmIgnoreFailedProduce} }
