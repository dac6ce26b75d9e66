package pumping

import "time"

// Observation is an increment of the counts of codes that were ordered in one minute for
// one block. Counts may be negative: a correction of earlier ones.
type Observation struct {
	// Minute is when the codes were ordered.
	Minute time.Time
	// Block is the full block "+38067123" (E.164 without the last four digits), Area its
	// calling code and national destination code "+38067". Both are empty if the number is
	// not valid. An empty Carrier is unknown.
	Block, Area, Carrier string
	// Provider, Source and Channel are those of the codes; an empty Channel is unknown.
	Provider, Source, Channel string
	// Codes were ordered, Verified of them were typed, Paid of the typed ones brought a
	// payment. Codes whose sender reports no outcome must not be counted.
	Codes, Verified, Paid int64
	Costs                 []Cost
	// CostUnknown is how many of the codes have no known cost.
	CostUnknown int64
	// Numbers are hashes of the numbers of the codes. A number may come repeatedly.
	Numbers []uint64
}

// Cost is an increment of the cost in one currency.
type Cost struct {
	Currency string
	Minor    int64
}

// Level is the kind of a claim's subject.
type Level byte

// The levels, in the order in which they are evaluated.
const (
	LevelBlock Level = iota + 1
	LevelArea
	LevelCarrier
	LevelCountry
)

// String implements fmt.Stringer.
func (l Level) String() string {
	return [...]string{"", "BLOCK", "AREA", "CARRIER", "COUNTRY"}[l]
}

// Reason is the measure that is far below the expected one.
type Reason byte

// The reasons.
const (
	// NotVerified means that codes are not typed.
	NotVerified Reason = iota + 1
	// NotPaid means that codes are typed and nobody pays.
	NotPaid
)

// Change is the kind of a change of a claim.
type Change byte

// The changes.
const (
	Raised Change = iota + 1
	Updated
	Withdrawn
)

// Claim is a claim about a subject, with its evidence.
type Claim struct {
	// ID identifies the claim within its country: claims are numbered as they are raised.
	ID      int64
	Change  Change
	Reason  Reason
	Level   Level
	Country string
	// Prefix begins the numbers concerned, by the k-rule: at least k distinct numbers with
	// it were seen. It is empty if that holds for no prefix, and for carriers and
	// countries. Open is the number of digits behind it.
	Prefix string
	Open   int
	// Area is the area concerned; empty if the prefix is shorter.
	Area    string
	Carrier string
	// Provider, Source and Channel are set if nearly all codes have them in common.
	Provider, Source, Channel string
	// Since is when it began, RaisedAt when it was raised, At the event time up to which
	// the evidence counts.
	Since, RaisedAt, At time.Time
	// The counts since then.
	Codes, Numbers, Verified, Paid int64
	Costs                          []Cost
	CostUnknown                    int64
	// Expected and Seen are rates: typed codes among codes whose outcome is known, or paid
	// ones among typed ones. Low and High are the 95 % interval of the seen one.
	Expected, Seen, Low, High float64
	// Confidence is 1 minus the probability to see so few if the rate were
	// Config.Ratio of the expected one.
	Confidence float64
}
