package claims

import (
	"fmt"
	"math"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Comparison is the result of comparing claims.
type Comparison struct {
	Equal, Undecided int
	Differences      []Difference
}

// Difference is a figure with different values in the facts and in the claim.
type Difference struct{ Key, Field, Facts, Claim string }

func (out *Comparison) differ(key, field, facts, claim string) {
	out.Differences = append(out.Differences, Difference{Key: key, Field: field, Facts: facts, Claim: claim})
}

// expected is a figure of a claim. Its interval is compared if it is not zero.
type expected struct {
	name             string
	value, low, high float64
	// share is by how much of itself the value may differ, within by how much at all: figures are rounded.
	share, within float64
}

// rounding is the share by which figures of three digits may differ.
const rounding = 0.00501

// evidence compares figures of a claim.
func (out *Comparison) evidence(key string, s *avro.Signal, want []expected) {
	have := map[string]*avro.SignalEvidence{}
	for i := range s.Evidence {
		have[s.Evidence[i].Name] = &s.Evidence[i]
	}
	before := len(out.Differences)
	for _, w := range want {
		e := have[w.name]
		if e == nil {
			out.differ(key, w.name, fmt.Sprint(w.value), "absent")
			continue
		}
		const interval = 0.02 // the claims' quantile of Student's t is 1 % off
		if !near(w.value, e.Value.Value, w.share) && math.Abs(w.value-e.Value.Value) > w.within {
			out.differ(key, w.name, fmt.Sprint(w.value), fmt.Sprint(e.Value.Value))
		}
		if w.low != w.high && (!near(w.low-w.value, e.Low.Value-e.Value.Value, interval) && !near(w.low, e.Low.Value, interval) ||
			!near(w.high-w.value, e.High.Value-e.Value.Value, interval) && !near(w.high, e.High.Value, interval)) {
			out.differ(key, w.name+" interval", fmt.Sprint(w.low, " to ", w.high), fmt.Sprint(e.Low.Value, " to ", e.High.Value))
		}
	}
	if len(out.Differences) == before {
		out.Equal++
	}
}

// near reports whether two figures differ by no more than a share.
func near(a, b, share float64) bool {
	return a == b || math.Abs(a-b) <= share*math.Max(math.Abs(a), math.Abs(b))
}
