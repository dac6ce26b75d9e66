package uapay

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
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
	lastReceived statecodec.Instant
	// overdue is what the last snapshot said of the hold.
	overdue bool
	told    []journeyID
	// shown is what is counted of the last snapshot.
	shown business.Payment

	// room is memory for lists of the facts, now for the journeys, all for the sum of the
	// facts, snapshot for the next one and input for what a journey is told.
	room     room
	now      []journeyID
	all      Fact
	snapshot avro.PaymentSnapshot
	input    avro.JourneyInput
}

// journeyID is a correlation id in its namespace.
type journeyID struct{ namespace, id string }

// add puts a new fact in its place.
func (p *Payment) add(f *Fact) {
	p.count++
	i := len(p.facts)
	for i > 0 && compare(&p.facts[i-1], f) >= 0 {
		i--
	}
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
	i := 0
	for i < len(p.facts) && p.facts[i].ID != f.ID {
		i++
	}
	if i == len(p.facts) {
		return false
	}
	have := p.facts[i]
	if !f.At.Before(have.At) && !f.ReceivedAt.Before(have.ReceivedAt) {
		return false
	}
	p.facts = slices.Delete(p.facts, i, i+1)
	p.count--
	have.ReceivedAt = statecodec.Earlier(have.ReceivedAt, f.ReceivedAt)
	have.setTime(statecodec.Earlier(have.At, f.At))
	p.add(&have)
	return true
}

// setTime moves a callback's own times to an earlier one.
func (f *Fact) setTime(at statecodec.Instant) {
	f.At, f.FirstAt = at, at
	for r := range phases {
		if f.phaseAt[r] != 0 {
			f.phaseAt[r], f.phaseReceived[r] = at, f.ReceivedAt
		}
	}
	for i := range f.operations {
		f.operations[i].at = at
	}
}

// sum folds all facts in their order. What it returns is good until the next sum.
func (p *Payment) sum() *Fact {
	all := &p.all
	operations, slots, externals := all.operations[:0], all.slots[:0], all.externals[:0]
	*all = Fact{}
	all.operations, all.slots, all.externals = operations, slots, externals
	for i := range p.facts {
		all.fold(&p.facts[i])
	}
	return all
}

// room is memory for lists of facts, of which none is ever appended to in place.
type room struct {
	operations []operation
	slots      []slot
	externals  []string
}

// reset empties the room for another payment.
func (r *room) reset() {
	r.operations, r.slots, r.externals = r.operations[:0], r.slots[:0], r.externals[:0]
}

// part returns a list of n out of a room's; what was returned before stays where it is.
func part[T any](room *[]T, n int) []T {
	from := len(*room)
	if from+n > cap(*room) {
		const some = 8
		*room, from = make([]T, 0, max(some, n, 2*cap(*room))), 0
	}
	*room = (*room)[:from+n]
	return (*room)[from : from+n : from+n]
}
