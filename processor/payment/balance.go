package payment

import (
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// balance is the money of a payment, in minor units of its currency, and the phase that
// follows from it.
type balance struct {
	phase Phase
	// everPaid is set if the amount was captured at any time, given back since or not.
	everPaid bool
	// gross is the captured amount and refunded the part of it given back; released is the
	// amount given back of a hold that was never captured.
	gross, refunded, released int64
	refund                    avro.Refund
	// givenAt is the time of the last return, 0 if nothing was given back.
	givenAt      statecodec.Instant
	inconsistent bool
}

// updateBalance derives the balance of an aggregate.
//
// A payment is refunded if all of a captured amount went back, and released if all of a hold
// did that was never captured; else it stays paid or held, whatever word the provider uses for
// a return. A return without an amount is one of the whole.
func (s *Stage) updateBalance(all *aggregate) {
	b := &all.balance
	top, amount := all.top(), all.amounts[AmountPaid]
	reversal, at := s.reversal(all)
	*b = balance{phase: top, everPaid: top >= PhasePaid && all.captured(), refund: avro.RefundNone}
	b.inconsistent = all.contradicts || reversal > amount.Value
	given, whole := reversal, amount.Set && reversal >= amount.Value || !amount.Set && top == PhaseRefunded
	if reversal == 0 {
		if top != PhaseRefunded {
			given, whole, at = 0, false, 0
		} else {
			given, whole, at = amount.Value, true, all.reached(PhaseRefunded).moment()
		}
	}
	b.givenAt = at
	switch {
	case b.everPaid:
		b.gross, b.refunded, b.phase = amount.Value, given, PhasePaid
		if whole {
			b.phase, b.refund = PhaseRefunded, avro.RefundFull
		} else if at != 0 {
			b.refund = avro.RefundPartial
		}
	case whole && (top == PhaseHeld || top == PhaseRefunded):
		b.released, b.phase = given, PhaseReleased
	default:
		b.released, b.phase = given, all.below(PhaseRefunded)
	}
}

// reversal returns the amount given back and the time of the last return, 0 if nothing was.
// Whether a callback reports the total or one return is a setting of the source.
func (s *Stage) reversal(all *aggregate) (amount int64, at statecodec.Instant) {
	if all.reversalMax.Value <= 0 {
		return 0, 0
	}
	if s.reportsEach(all) {
		return max(all.reversalSum, 0), all.reversalLastAt
	}
	return all.reversalMax.Value, all.reversalMaxAt
}

// outcomeAt returns when the payment came into its phase, 0 if that is unknown.
func (s *aggregate) outcomeAt() statecodec.Instant {
	switch s.balance.phase {
	case PhaseHeld:
		return s.heldAt()
	case PhasePaid:
		return s.paidAt()
	case PhaseRefunded, PhaseReleased:
		return s.balance.givenAt
	default:
		return s.reached(s.balance.phase).moment()
	}
}
