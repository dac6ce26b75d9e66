package producer

// Mutation is a failpoint of the producer: a fault that tests inject to show that they
// would detect it. Only a build with the tag tributary_break can enable one, with Do.
// In any other build the method by returns a constant false, so the compiler removes
// the branches that depend on it.
type Mutation string

// The failpoints, and how the producer misbehaves with each.
const (
	// AnswerEarly returns receipts before the brokers have acknowledged the records.
	AnswerEarly Mutation = "answer-early"
	// IgnoreFailedProduce returns receipts although a record was not written.
	IgnoreFailedProduce Mutation = "ignore-failed-produce"
)

// Mutations returns all failpoints.
func Mutations() []Mutation { return []Mutation{AnswerEarly, IgnoreFailedProduce} }
