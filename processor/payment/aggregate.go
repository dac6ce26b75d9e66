package payment

import (
	"math"
	"slices"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// aggregate is the result of facts folded in order.
type aggregate struct {
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
	operations []Operation
	slots      []Correlation
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
func (s *aggregate) reset() {
	*s = aggregate{operations: s.operations[:0], slots: s.slots[:0], externals: s.externals[:0]}
}

// copyFrom copies another sum, reusing the receiver's slices.
func (s *aggregate) copyFrom(from *aggregate) {
	s.reset()
	operations := append(s.operations, from.operations...) //nolint:gocritic // the sum's own memory
	slots := append(s.slots, from.slots...)                //nolint:gocritic // likewise
	externals := append(s.externals, from.externals...)    //nolint:gocritic // likewise
	*s = *from
	s.operations, s.slots, s.externals = operations, slots, externals
}

// fold adds a fact; it must come after all facts folded before.
func (s *aggregate) fold(f *Fact) {
	s.last = f.place()
	s.firstAt, s.lastAt = statecodec.Earlier(s.firstAt, f.At), statecodec.Later(s.lastAt, f.At)
	s.assurance = entity.Weaker(s.assurance, f.Assurance)
	s.p2p = s.p2p || f.P2P
	s.refused, s.charged, s.contradicts = s.refused || f.Refused, s.charged || f.Charged, s.contradicts || f.Contradicts
	s.foldAmounts(f)
	for i := range f.Texts {
		if text := f.Texts[i]; text != "" || i == TextNamespace {
			s.texts[i] = text
		}
	}
	s.created = statecodec.Earlier(s.created, f.CreatedAt)
	s.paid, s.held = statecodec.Earlier(s.paid, f.PaidAt), statecodec.Earlier(s.held, f.HeldAt)
	s.foldPhase(f)
	if f.Operation.ID != "" {
		s.foldOperation(f)
	}
	for i := range f.Correlations {
		s.foldSlot(&f.Correlations[i])
	}
	if f.ExternalID != "" && !slices.Contains(s.externals, f.ExternalID) {
		s.externals = append(s.externals, f.ExternalID)
	}
}

// foldSlot replaces the id of a place by that of a newer callback.
func (s *aggregate) foldSlot(next *Correlation) {
	for i := range s.slots {
		if s.slots[i].Slot == next.Slot && s.slots[i].Operation == next.Operation {
			s.slots[i] = *next
			return
		}
	}
	s.slots = append(s.slots, *next)
}

// foldAmounts must run before the texts are replaced: it compares the currencies, because
// an amount in another currency is another amount.
func (s *aggregate) foldAmounts(f *Fact) {
	was, is := s.amounts[AmountPaid], f.Amounts[AmountPaid]
	s.changed = s.changed || was.Set && is.Set && was.Value != is.Value ||
		s.texts[TextCurrency] != "" && f.Texts[TextCurrency] != "" && s.texts[TextCurrency] != f.Texts[TextCurrency]
	for i, amount := range f.Amounts {
		if amount.Set {
			s.amounts[i] = amount
		}
	}
	if f.Reversal.Set && (!s.reversalMax.Set || f.Reversal.Value > s.reversalMax.Value) {
		s.reversalMax = f.Reversal
	}
	s.reversalSum = saturated(s.reversalSum, f.Reversal.Value)
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
func (s *aggregate) foldPhase(f *Fact) {
	for p := f.Phase + 1; f.Phase > PhaseUnknown && p < phases; p++ {
		signed := s.phases[p].signedAt
		s.regression = s.regression || signed != 0 && signed.Before(f.At)
	}
	if f.Phase == PhaseUnknown {
		return
	}
	p := &s.phases[f.Phase]
	p.is = true
	p.at, p.receivedAt = statecodec.Earlier(p.at, f.At), statecodec.Earlier(p.receivedAt, f.ReceivedAt)
	if !f.Dated {
		p.signedAt = statecodec.Earlier(p.signedAt, f.At)
	}
}

// foldOperation updates the operation from a newer callback.
func (s *aggregate) foldOperation(f *Fact) {
	o := &f.Operation
	i := slices.IndexFunc(s.operations, func(have Operation) bool { return have.ID == o.ID })
	if i < 0 {
		i = len(s.operations)
		s.operations = append(s.operations, Operation{ID: o.ID})
	}
	have := &s.operations[i]
	if o.Kind != "" {
		have.Kind = o.Kind
	}
	if o.ExternalID != "" {
		have.ExternalID = o.ExternalID
	}
	if o.Status != "" {
		have.Status, have.At = o.Status, f.At
	}
}

// top returns the greatest phase reached.
func (s *aggregate) top() Phase {
	for p := Phase(phases - 1); p > PhaseUnknown; p-- {
		if s.phases[p].is {
			return p
		}
	}
	return PhaseUnknown
}

func (s *aggregate) reached(p Phase) *reached { return &s.phases[p] }

// captured reports whether the amount was ever paid, given back since or not. A hold that was
// given back without any paid status was released and never paid.
func (s *aggregate) captured() bool {
	return s.charged || s.paid != 0 || s.reached(PhaseRefunded).is && !s.reached(PhaseHeld).is
}

// conflict reports whether the payment was both refused and paid.
func (s *aggregate) conflict() bool { return s.refused && s.captured() }

// taken returns the first receipt of a callback with phase held, paid or returned.
func (s *aggregate) taken() (at statecodec.Instant) {
	for _, p := range [...]Phase{PhaseHeld, PhasePaid, PhaseRefunded} {
		at = statecodec.Earlier(at, s.reached(p).receivedAt)
	}
	return at
}

// heldAt returns the earliest time at which the provider held the amount, else the time of the first callback with phase held,
// else 0.
func (s *aggregate) heldAt() statecodec.Instant {
	if s.held != 0 {
		return s.held
	}
	return s.reached(PhaseHeld).at
}
