package check

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// The kinds of facts, which are the records of the tally's input.
const (
	// Count adds one to the record's key.
	Count = "count"
	// Due adds one, and sets a deadline of its own that fires After milliseconds
	// after the record's timestamp.
	Due = "due"
	// Withdraw takes back the deadline that the fact Of set.
	Withdraw = "withdraw"
	// Forget removes everything that is known of the key.
	Forget = "forget"
	// Poison can never be handled and belongs in the dead letters.
	Poison = "poison"
)

// Fact is the value of a record of the tally's input; the record's key is whose
// fact it is. A key stays in one partition.
type Fact struct {
	// ID names the fact; a second record with the same key and ID is a repeat. It
	// has no blank.
	ID   string
	Kind string
	// After is a Due fact's, in milliseconds.
	After int64
	// Of is the ID of the fact whose deadline a Withdraw takes back, "-" for none.
	Of string
}

// Encode writes a fact as it stands in a record's value.
func (f Fact) Encode() []byte {
	of := f.Of
	if of == "" {
		of = "-"
	}
	return []byte(f.ID + " " + f.Kind + " " + strconv.FormatInt(f.After, 10) + " " + of)
}

// ParseFact reads a record's value.
func ParseFact(value []byte) (Fact, error) {
	words := strings.Split(string(value), " ")
	if len(words) != 4 {
		return Fact{}, fmt.Errorf("a fact of %d words, want 4", len(words))
	}
	after, err := strconv.ParseInt(words[2], 10, 64)
	if err != nil {
		return Fact{}, fmt.Errorf("a fact's deadline: %w", err)
	}
	return Fact{ID: words[0], Kind: words[1], After: after, Of: words[3]}, nil
}

// The kinds of effects.
const (
	// Counted answers Count and Due: N and Chain are the key's from then on.
	Counted = "counted"
	// Repeated answers a fact whose ID the key already knows; N is 0.
	Repeated = "repeated"
	// Withdrawn and Missed answer Withdraw: there was such a deadline, or none.
	Withdrawn = "withdrawn"
	Missed    = "missed"
	// Forgotten answers Forget; N is the count before.
	Forgotten = "forgotten"
	// Fired is a deadline's; Source is the record that had set it, N the deadline in
	// unix ms.
	Fired = "fired"
	// Watermark reports that the stage has passed on the watermark of Source.Partition; N is the
	// watermark in unix ms, key and ID are empty.
	Watermark = "watermark"
)

// Source is a record of the input.
type Source struct {
	Partition int32
	Offset    int64
}

// String implements fmt.Stringer.
func (s Source) String() string { return fmt.Sprintf("%d/%d", s.Partition, s.Offset) }

// Effect is the value of a record of the tally's output, under the fact's key.
// Each record of the input has one, but for poison; each deadline has one.
type Effect struct {
	Kind   string
	ID     string
	Source Source
	N      int64
	Chain  uint64
}

// Encode writes an effect as it stands in a record's value.
func (e Effect) Encode() []byte {
	return fmt.Appendf(nil, "%s %s %d %d %d %d", e.Kind, e.ID, e.Source.Partition, e.Source.Offset, e.N, e.Chain)
}

// ParseEffect reads a record's value.
func ParseEffect(value []byte) (e Effect, err error) {
	n, err := fmt.Sscanf(string(value), "%s %s %d %d %d %d", &e.Kind, &e.ID, &e.Source.Partition, &e.Source.Offset, &e.N, &e.Chain)
	if err != nil {
		return e, fmt.Errorf("an effect of %d words: %w", n, err)
	}
	return e, nil
}

// Chain returns a key's chain after one more fact: a sum over the counted IDs and their
// order.
func Chain(before uint64, id string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d %s", before, id) // a hash never fails
	return h.Sum64()
}

// The keys of the tally's state. The payloads are text:
//
//	EntityKey    n chain
//	SeenKey      partition offset  of the first record with the id
//	DeadlineKey  partition offset deadline  of the record that set the deadline
//
// DeadlineKey's entry alone has a deadline, the same in unix ms.

// EntityKey is the state key of a key's count.
func EntityKey(key string) string { return key + "/e" }

// SeenKey is the state key of a fact that the key knows.
func SeenKey(key, id string) string { return key + "/i/" + id }

// DeadlineKey is the state key of a fact's deadline.
func DeadlineKey(key, id string) string { return key + "/d/" + id }
