package uapay

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/dedupe"
)

// MaxFacts is how many callbacks of a payment are kept apart. A payment has a
// handful; a bucket that is paid out for a year has more, and its earliest are
// folded into one.
const MaxFacts = 100

// Payment is the state of one payment. Make it with parsePayment.
type Payment struct {
	seen     dedupe.Seen
	facts    []Fact // sorted
	count    int64
	revision int64
	// lastReceived is the latest received_at of any callback, repeats included.
	lastReceived time.Time
	// overdue is what the last snapshot said of the hold.
	overdue bool
	told    []journeyID
	// shown is what is counted of the last snapshot.
	shown business.Payment
}

// journeyID is a correlation id in its namespace.
type journeyID struct{ namespace, id string }

// add puts a new fact in its place.
func (p *Payment) add(f *Fact) {
	p.count++
	i, _ := slices.BinarySearchFunc(p.facts, *f, func(a, b Fact) int { return compare(&a, &b) })
	p.facts = slices.Insert(p.facts, i, *f)
	if len(p.facts) > MaxFacts {
		p.facts[0].fold(&p.facts[1])
		// It is no callback any more: no repeat finds it, no status of one is its.
		p.facts[0].ID = [16]byte{}
		p.facts[0].Status, p.facts[0].PaymentStatus, p.facts[0].OperationStatus = "", "", ""
		p.facts = slices.Delete(p.facts, 1, 2)
	}
}

// repeat lets a repeat lower the times of its fact; it says whether it did.
func (p *Payment) repeat(f *Fact) bool {
	i := slices.IndexFunc(p.facts, func(have Fact) bool { return have.ID == f.ID })
	if i < 0 {
		return false
	}
	have := p.facts[i]
	if !f.At.Before(have.At) && !f.ReceivedAt.Before(have.ReceivedAt) {
		return false
	}
	p.facts = slices.Delete(p.facts, i, i+1)
	p.count--
	have.ReceivedAt = earlier(have.ReceivedAt, f.ReceivedAt)
	have.setTime(earlier(have.At, f.At))
	p.add(&have)
	return true
}

// setTime moves a callback's own times to an earlier one.
func (f *Fact) setTime(at time.Time) {
	f.At, f.FirstAt = at, at
	for r := range phases {
		if !f.phaseAt[r].IsZero() {
			f.phaseAt[r], f.phaseReceived[r] = at, f.ReceivedAt
		}
	}
	for i := range f.operations {
		f.operations[i].at = at
	}
}

// sum folds all facts in their order.
func (p *Payment) sum() Fact {
	var all Fact
	for i := range p.facts {
		all.fold(&p.facts[i])
	}
	return all
}
