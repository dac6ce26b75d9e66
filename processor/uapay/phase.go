package uapay

import (
	"strings"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// phaseOf normalises one status word [D: Invoices payments show; C2A and A2C
// pages], in whatever case it is written. Words not documented are UNKNOWN.
func phaseOf(status string) avro.PaymentPhase {
	switch strings.ToUpper(status) {
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

// phaseAtRank returns the phase of a rank.
func phaseAtRank(r int) avro.PaymentPhase {
	order := [phases]avro.PaymentPhase{
		avro.PaymentPhaseUnknown, avro.PaymentPhaseNew, avro.PaymentPhasePending, avro.PaymentPhaseHeld,
		avro.PaymentPhaseRefused, avro.PaymentPhasePaid, avro.PaymentPhaseReturned,
	}
	return order[r]
}

// judge reads a callback's statuses.
//
// Its phase is the higher one of status and paymentStatus, or that of operationStatus if
// neither is known. An authorised hold is PAID together with HOLDED [SDK]: the money is
// not ours yet. refuses and charges depend on all three statuses, because an operation may
// be refused while its payment is not.
func (f *Fact) judge(status, paymentStatus, operationStatus string) {
	of, payment, operation := phaseOf(status), phaseOf(paymentStatus), phaseOf(operationStatus)
	is := func(p avro.PaymentPhase) bool { return of == p || payment == p || operation == p }
	held := is(avro.PaymentPhaseHeld)
	hold := func(word string, p avro.PaymentPhase) avro.PaymentPhase {
		if held && strings.EqualFold(word, "PAID") {
			return avro.PaymentPhaseHeld
		}
		return p
	}
	of, payment = hold(status, of), hold(paymentStatus, payment)
	phase := higher(of, payment)
	if phase == avro.PaymentPhaseUnknown {
		phase = operation
	}
	f.rank = rank(phase)
	f.refuses = is(avro.PaymentPhaseRefused)
	f.charges = of == avro.PaymentPhasePaid || payment == avro.PaymentPhasePaid || operation == avro.PaymentPhasePaid && !held
}
