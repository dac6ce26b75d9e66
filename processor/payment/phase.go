package payment

import "github.com/tributary-hq/tributary/schemas/avro"

// Phase is the phase of a payment. A later phase is greater.
type Phase uint8

// The phases. A payment has the greatest that any fact reports.
const (
	PhaseUnknown Phase = iota
	PhaseNew
	PhasePending
	PhaseHeld
	PhaseRefused
	PhasePaid
	PhaseRefunded

	// phases is the number of phases that a fact can report.
	phases = iota
)

// PhaseReleased is the phase of a hold that was given back whole and never captured. No fact
// reports it: it follows from the amounts, or from a return without a capture.
const PhaseReleased Phase = phases

// Avro returns the phase as records show it.
func (p Phase) Avro() avro.PaymentPhase {
	order := [phases + 1]avro.PaymentPhase{
		avro.PaymentPhaseUnknown, avro.PaymentPhaseNew, avro.PaymentPhasePending, avro.PaymentPhaseHeld,
		avro.PaymentPhaseRefused, avro.PaymentPhasePaid, avro.PaymentPhaseRefunded,
		avro.PaymentPhaseReleased,
	}
	return order[p]
}

// phaseOf is the inverse of Avro.
func phaseOf(phase avro.PaymentPhase) Phase {
	for p := PhaseNew; p <= PhaseReleased; p++ {
		if p.Avro() == phase {
			return p
		}
	}
	return PhaseUnknown
}
