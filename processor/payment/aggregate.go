package payment

import (
	"cmp"
	"math"
	"slices"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// aggregate is the result of facts folded in order.
type aggregate struct {
	// last is the rank of the last folded fact.
	last             rank
	firstAt, lastAt  statecodec.Instant
	firstReceived    statecodec.Instant
	assurance        avro.Assurance
	p2p              bool
	refused, charged bool
	regression       bool
	changed          bool
	contradicts      bool
	texts            [textCount]string
	amounts          [amountCount]avro.Optional[int64]

	// reversalMax is the greatest reversal and reversalMaxAt the first time it was reported,
	// reversalSum the sum of all and reversalLastAt the last time one was reported.
	reversalMax         avro.Optional[int64]
	reversalMaxAt       statecodec.Instant
	reversalSum         int64
	reversalLastAt      statecodec.Instant
	created, paid, held statecodec.Instant

	phases     [phases]reached
	operations []Operation
	slots      []slot
	externals  []string
	// returns are the callbacks with an amount given back.
	returns []giveBack

	// balance is derived from the fields above.
	balance balance
}

// slot is a place of correlation ids with its newest id. customerAt is the receipt of the
// callback that its customer id is from.
type slot struct {
	Correlation

	customerAt statecodec.Instant
}

// reached holds whether a phase was reached and its earliest times: by the provider's
// time of the callback, by the time at which a callback was made or signed, and by receipt.
type reached struct {
	is           bool
	at, signedAt statecodec.Instant
	receivedAt   statecodec.Instant
}

// customer returns the customer id of the first journey that has one, empty if none has.
func (s *aggregate) customer(journeys []entity.JourneyID) string {
	for i := range journeys {
		for j := range s.slots {
			if c := &s.slots[j]; c.ID == journeys[i].ID && c.Customer != "" {
				return c.Customer
			}
		}
	}
	return ""
}

// moment is the earliest provider's time of the phase, else its first receipt.
func (r *reached) moment() statecodec.Instant { return cmp.Or(r.at, r.receivedAt) }

// reset empties the sum and keeps its memory.
func (s *aggregate) reset() {
	*s = aggregate{operations: s.operations[:0], slots: s.slots[:0], externals: s.externals[:0], returns: s.returns[:0]}
}

// copyFrom copies another sum, reusing the receiver's slices.
func (s *aggregate) copyFrom(from *aggregate) {
	s.reset()
	operations := append(s.operations, from.operations...) //nolint:gocritic // the sum's own memory
	slots := append(s.slots, from.slots...)                //nolint:gocritic // likewise
	externals := append(s.externals, from.externals...)    //nolint:gocritic // likewise
	returns := append(s.returns, from.returns...)          //nolint:gocritic // likewise
	*s = *from
	s.operations, s.slots, s.externals, s.returns = operations, slots, externals, returns
}

// fold adds a fact; it must come after all facts folded before.
func (s *aggregate) fold(f *Fact) {
	s.last = f.rank()
	s.firstAt, s.lastAt = statecodec.Earlier(s.firstAt, f.At), statecodec.Later(s.lastAt, f.At)
	s.firstReceived = statecodec.Earlier(s.firstReceived, f.ReceivedAt)
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
		s.foldSlot(&f.Correlations[i], f.ReceivedAt)
	}
	if f.ExternalID != "" && !slices.Contains(s.externals, f.ExternalID) {
		s.externals = append(s.externals, f.ExternalID)
	}
}

// foldSlot replaces the id of a place by that of a newer callback. While the id stays the
// same, so does the customer id of the callback that was received first.
func (s *aggregate) foldSlot(next *Correlation, received statecodec.Instant) {
	is := slot{Correlation: *next, customerAt: received}
	for i := range s.slots {
		have := &s.slots[i]
		if have.Slot != next.Slot || have.Operation != next.Operation {
			continue
		}
		if have.ID == next.ID && !received.Before(have.customerAt) {
			is.Customer, is.customerAt = have.Customer, have.customerAt
		}
		*have = is
		return
	}
	s.slots = append(s.slots, is)
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
	if !f.Reversal.Set {
		return
	}
	if f.Reversal.Value != 0 {
		s.returns = append(s.returns, giveBack{id: f.ID, amount: f.Reversal.Value, at: f.moment()})
	}
	switch {
	case !s.reversalMax.Set || f.Reversal.Value > s.reversalMax.Value:
		s.reversalMax, s.reversalMaxAt = f.Reversal, f.moment()
	case f.Reversal.Value == s.reversalMax.Value:
		s.reversalMaxAt = statecodec.Earlier(s.reversalMaxAt, f.moment())
	}
	if f.Reversal.Value > 0 {
		s.reversalLastAt = statecodec.Later(s.reversalLastAt, f.moment())
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

// top returns the greatest phase that any callback reported.
func (s *aggregate) top() Phase { return s.below(phases) }

// below returns the greatest phase reported that is less than another.
func (s *aggregate) below(than Phase) Phase {
	for p := than - 1; p > PhaseUnknown; p-- {
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

// createdAt returns when the payment was made: the provider's date, else the earliest of its
// times, else the first receipt.
func (s *aggregate) createdAt() statecodec.Instant {
	first := statecodec.Earlier(s.firstAt, statecodec.Earlier(s.paid, s.held))
	return cmp.Or(s.created, first, s.firstReceived)
}

// heldAt returns when the amount was held: the provider's earliest date, else the time of the
// first callback with phase held, else its receipt; 0 if it never was.
func (s *aggregate) heldAt() statecodec.Instant { return cmp.Or(s.held, s.reached(PhaseHeld).moment()) }

// paidAt returns when the amount was paid: the provider's earliest date, else the time of the
// first callback that reports it, else that of the first that reports a return.
func (s *aggregate) paidAt() statecodec.Instant {
	return cmp.Or(s.paid, s.reached(PhasePaid).moment(), s.reached(PhaseRefunded).moment())
}
