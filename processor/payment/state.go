package payment

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// MaxFacts is the greatest number of callbacks in a payment's own state entry. A payment
// has a handful; a bucket that is paid out for a year has more. Its earliest callbacks then
// have entries of their own, and the payment keeps their aggregate.
const MaxFacts = 100

// Entity is the state of one payment. Make it with parse.
type Entity struct {
	window dedupe.Window
	facts  []Fact // sorted; the latest facts of the payment
	// folded is the number of earlier facts with entries of their own, rest their aggregate.
	folded   int64
	rest     aggregate
	count    int64
	revision int64
	// lastReceived is the latest received_at of any callback, repeats included.
	lastReceived statecodec.Instant
	// overdue is hold_overdue of the last snapshot.
	overdue  bool
	journeys entity.Journeys
	// rows are the movements emitted.
	rows entity.Rows
	// regressed and conflicting are the flags of the last snapshot, as counted for the
	// scorecard of the provider.
	regressed, conflicting bool
	// shown is the last snapshot as counted in the business metrics.
	shown business.Payment

	// The fields below are reusable memory: room for the lists of the facts, all for the
	// aggregate of the facts.
	room      room
	all       aggregate
	snapshot  avro.PaymentSnapshot
	movements []movement
	row       avro.Movement
}

// add inserts a new fact in order.
func (p *Entity) add(e *entries, f *Fact) error {
	p.count++
	at := f.rank()
	if p.folded > 0 && at.compare(&p.rest.last) < 0 {
		e.put(f)
		return p.refold(e)
	}
	i := len(p.facts)
	for i > 0 && compare(&p.facts[i-1], f) >= 0 {
		i--
	}
	p.facts = slices.Insert(p.facts, i, *f)
	if len(p.facts) > MaxFacts {
		e.put(&p.facts[0])
		p.rest.fold(&p.facts[0])
		p.folded++
		p.facts = slices.Delete(p.facts, 0, 1)
	}
	return nil
}

// refold recomputes rest from the facts' entries after one was added or removed.
func (p *Entity) refold(e *entries) error {
	facts, err := e.all()
	if err != nil {
		return err
	}
	p.folded = int64(len(facts))
	p.rest.reset()
	for i := range facts {
		p.rest.fold(&facts[i])
	}
	return nil
}

// repeat lowers the times of a fact to those of its repeat; it reports whether they changed.
func (p *Entity) repeat(e *entries, f *Fact) (changed bool, err error) {
	if i := slices.IndexFunc(p.facts, func(have Fact) bool { return have.ID == f.ID }); i >= 0 {
		have := p.facts[i]
		if !have.earlier(f) {
			return false, nil
		}
		p.facts = slices.Delete(p.facts, i, i+1)
		p.count--
		return true, p.add(e, &have)
	}
	if p.folded == 0 {
		return false, nil
	}
	have, err := e.get(f.ID)
	if err != nil || have == nil || !have.earlier(f) {
		return false, err
	}
	e.tx.Delete(e.key(f.ID[:]))
	if err := p.refold(e); err != nil {
		return false, err
	}
	p.count--
	return true, p.add(e, have)
}

// aggregate folds all facts in order. The result is valid until the next call.
func (p *Entity) aggregate() *aggregate {
	p.all.copyFrom(&p.rest)
	for i := range p.facts {
		p.all.fold(&p.facts[i])
	}
	return &p.all
}

// room is reusable memory for the lists of facts; those lists are never appended to.
type room struct{ slots []Correlation }

// reset empties the room for the next payment.
func (r *room) reset() { r.slots = r.slots[:0] }

// part returns n elements of the room; slices returned before stay valid.
func part[T any](room *[]T, n int) []T {
	from := len(*room)
	if from+n > cap(*room) {
		const some = 8
		*room, from = make([]T, 0, max(some, n, 2*cap(*room))), 0
	}
	*room = (*room)[:from+n]
	return (*room)[from : from+n : from+n]
}
