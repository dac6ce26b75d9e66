package uapay

import (
	"math"
	"slices"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// sum is the aggregate of facts folded in order.
type sum struct {
	// last is the place of the last folded fact.
	last             place
	firstAt, lastAt  statecodec.Instant
	assurance        avro.Assurance
	p2p              bool
	refused, charged bool
	regression       bool
	changed          bool
	contradicts      bool
	texts            [textCount]string
	amounts          [amountCount]avro.Optional[int64]

	reversalMax         avro.Optional[int64]
	reversalSum         int64
	created, paid, held statecodec.Instant

	phases     [phases]reached
	operations []operation
	slots      []slot
	externals  []string
}

// reached holds whether a phase was reached and its earliest times: by the provider's
// time of the callback, by the time at which a callback was made or signed, and by receipt.
type reached struct {
	is           bool
	at, signedAt statecodec.Instant
	receivedAt   statecodec.Instant
}

// reset empties the sum and keeps its memory.
func (s *sum) reset() {
	*s = sum{operations: s.operations[:0], slots: s.slots[:0], externals: s.externals[:0]}
}

// copyFrom copies another sum, reusing the receiver's slices.
func (s *sum) copyFrom(from *sum) {
	s.reset()
	operations := append(s.operations, from.operations...) //nolint:gocritic // the sum's own memory
	slots := append(s.slots, from.slots...)                //nolint:gocritic // likewise
	externals := append(s.externals, from.externals...)    //nolint:gocritic // likewise
	*s = *from
	s.operations, s.slots, s.externals = operations, slots, externals
}

// fold adds a fact; it must come after all facts folded before.
func (s *sum) fold(f *Fact) {
	s.last = f.place()
	s.firstAt, s.lastAt = statecodec.Earlier(s.firstAt, f.At), statecodec.Later(s.lastAt, f.At)
	s.assurance = entity.Weaker(s.assurance, f.Assurance)
	s.p2p = s.p2p || f.P2P
	s.refused, s.charged, s.contradicts = s.refused || f.refuses, s.charged || f.charges, s.contradicts || f.contradicts
	s.foldAmounts(f)
	for i := range f.texts {
		if text := f.texts[i]; text != "" || i == textNamespace {
			s.texts[i] = text
		}
	}
	s.created = statecodec.Earlier(s.created, f.created)
	s.paid, s.held = statecodec.Earlier(s.paid, f.paid), statecodec.Earlier(s.held, f.held)
	s.foldPhase(f)
	if f.operation.id != "" {
		s.foldOperation(f)
	}
	for i := range f.slots {
		s.foldSlot(&f.slots[i])
	}
	if f.external != "" && !slices.Contains(s.externals, f.external) {
		s.externals = append(s.externals, f.external)
	}
}

// foldSlot replaces the id of a place by that of a newer callback.
func (s *sum) foldSlot(next *slot) {
	for i := range s.slots {
		if s.slots[i].name == next.name && s.slots[i].operation == next.operation {
			s.slots[i] = *next
			return
		}
	}
	s.slots = append(s.slots, *next)
}

// foldAmounts must run before the texts are replaced: it compares the currencies, because
// an amount in another currency is another amount.
func (s *sum) foldAmounts(f *Fact) {
	was, is := s.amounts[amountPaid], f.amounts[amountPaid]
	s.changed = s.changed || was.Set && is.Set && was.Value != is.Value ||
		s.texts[textCurrency] != "" && f.texts[textCurrency] != "" && s.texts[textCurrency] != f.texts[textCurrency]
	for i, amount := range f.amounts {
		if amount.Set {
			s.amounts[i] = amount
		}
	}
	if f.reversal.Set && (!s.reversalMax.Set || f.reversal.Value > s.reversalMax.Value) {
		s.reversalMax = f.reversal
	}
	s.reversalSum = saturated(s.reversalSum, f.reversal.Value)
}

// saturated adds; on overflow the result is the largest or smallest int64.
func saturated(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	default:
		return a + b
	}
}

// foldPhase adds the callback's phase. It is a regression if a callback with a higher phase
// was made or signed earlier. The time of this callback may be derived from its dates,
// because it cannot have been made before them.
func (s *sum) foldPhase(f *Fact) {
	for r := f.rank + 1; f.rank > 0 && r < phases; r++ {
		signed := s.phases[r].signedAt
		s.regression = s.regression || signed != 0 && signed.Before(f.At)
	}
	if f.rank == 0 {
		return
	}
	p := &s.phases[f.rank]
	p.is = true
	p.at, p.receivedAt = statecodec.Earlier(p.at, f.At), statecodec.Earlier(p.receivedAt, f.ReceivedAt)
	if !f.Dated {
		p.signedAt = statecodec.Earlier(p.signedAt, f.At)
	}
}

// foldOperation updates the operation from a newer callback.
func (s *sum) foldOperation(f *Fact) {
	o := &f.operation
	i := slices.IndexFunc(s.operations, func(have operation) bool { return have.id == o.id })
	if i < 0 {
		i = len(s.operations)
		s.operations = append(s.operations, operation{id: o.id})
	}
	have := &s.operations[i]
	if o.kind != "" {
		have.kind = o.kind
	}
	if o.external != "" {
		have.external = o.external
	}
	if o.status != "" {
		have.status, have.at = o.status, f.At
	}
}

// top returns the highest rank reached.
func (s *sum) top() int {
	for r := phases - 1; r > 0; r-- {
		if s.phases[r].is {
			return r
		}
	}
	return 0
}

func (s *sum) reached(p avro.PaymentPhase) *reached { return &s.phases[rank(p)] }

// captured reports whether the amount was ever paid, given back since or not. A hold that was
// given back without any paid status was released and never paid.
func (s *sum) captured() bool {
	return s.charged || s.paid != 0 || s.reached(avro.PaymentPhaseReturned).is && !s.reached(avro.PaymentPhaseHeld).is
}

// conflict reports whether the payment was both refused and paid.
func (s *sum) conflict() bool { return s.refused && s.captured() }

// taken returns the first receipt of a callback with phase held, paid or returned.
func (s *sum) taken() (at statecodec.Instant) {
	for _, p := range [...]avro.PaymentPhase{avro.PaymentPhaseHeld, avro.PaymentPhasePaid, avro.PaymentPhaseReturned} {
		at = statecodec.Earlier(at, s.reached(p).receivedAt)
	}
	return at
}

// heldAt returns the earliest holdDate, else the time of the first callback with phase held,
// else 0.
func (s *sum) heldAt() statecodec.Instant {
	if s.held != 0 {
		return s.held
	}
	return s.reached(avro.PaymentPhaseHeld).at
}
