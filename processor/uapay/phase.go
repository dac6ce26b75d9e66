package uapay

import "github.com/tributary-hq/tributary/schemas/avro"

// phaseOf normalises one status word [D: Invoices payments show; C2A and A2C
// pages]. Words not documented are UNKNOWN.
func phaseOf(status string) avro.PaymentPhase {
	switch status {
	case "NEW":
		return avro.PaymentPhaseNew
	case "OPEN", "PENDING", "NEEDS_CONFIRMATION", "WAITING_COMPLETE", "NEEDS_COMPLETE":
		return avro.PaymentPhasePending
	case "HOLDED":
		return avro.PaymentPhaseHeld
	case "REJECTED", "CANCELED", "CLOSED":
		return avro.PaymentPhaseRefused
	case "PAYED", "FINISHED", "PAID":
		return avro.PaymentPhasePaid
	case "REVERSED", "RETURNED":
		return avro.PaymentPhaseReturned
	default:
		return avro.PaymentPhaseUnknown
	}
}

// rank orders the phases; unknown is below all.
func rank(p avro.PaymentPhase) int {
	switch p {
	case avro.PaymentPhaseNew:
		return 1
	case avro.PaymentPhasePending:
		return 2
	case avro.PaymentPhaseHeld:
		return 3
	case avro.PaymentPhaseRefused:
		return 4
	case avro.PaymentPhasePaid:
		return 5
	case avro.PaymentPhaseReturned:
		return 6
	default:
		return 0
	}
}

func higher(a, b avro.PaymentPhase) avro.PaymentPhase {
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// phase is what one callback's statuses amount to. An authorised hold is PAID with
// HOLDED beside it [SDK]: the money is not ours yet.
func (f *Fact) phase() avro.PaymentPhase {
	status, payment := phaseOf(f.Status), phaseOf(f.PaymentStatus)
	if payment == avro.PaymentPhaseHeld && f.Status == "PAID" {
		return payment
	}
	if p := higher(status, payment); p != avro.PaymentPhaseUnknown {
		return p
	}
	return phaseOf(f.OperationStatus)
}

// refuses says whether any of the callback's statuses is a refusal.
func (f *Fact) refuses() bool {
	return phaseOf(f.Status) == avro.PaymentPhaseRefused || phaseOf(f.PaymentStatus) == avro.PaymentPhaseRefused
}
