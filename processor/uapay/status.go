package uapay

import (
	"strings"

	"github.com/tributary-hq/tributary/processor/payment"
)

// phaseOf normalises one status word [D: Invoices payments show; C2A and A2C
// pages], in whatever case it is written. Words not documented are UNKNOWN.
func phaseOf(status string) payment.Phase {
	switch strings.ToUpper(status) {
	case "NEW":
		return payment.PhaseNew
	case "OPEN", "PENDING", "NEEDS_CONFIRMATION", "WAITING_COMPLETE", "NEEDS_COMPLETE":
		return payment.PhasePending
	case "HOLDED":
		return payment.PhaseHeld
	case "REJECTED", "CANCELED", "CLOSED":
		return payment.PhaseRefused
	case "PAYED", "FINISHED", "PAID":
		return payment.PhasePaid
	case "REVERSED", "RETURNED":
		return payment.PhaseRefunded
	default:
		return payment.PhaseUnknown
	}
}

// setPhase fills in the fact's phase and whether it was refused or charged.
//
// The phase is the higher one of status and paymentStatus, or that of operationStatus if
// neither is known. An authorised hold is PAID together with HOLDED [SDK]: the money is
// not ours yet. Refused and Charged depend on all three statuses, because an operation may
// be refused while its payment is not.
func setPhase(f *payment.Fact, status, paymentStatus, operationStatus string) {
	of, pay, operation := phaseOf(status), phaseOf(paymentStatus), phaseOf(operationStatus)
	is := func(p payment.Phase) bool { return of == p || pay == p || operation == p }
	held := is(payment.PhaseHeld)
	hold := func(word string, p payment.Phase) payment.Phase {
		if held && strings.EqualFold(word, "PAID") {
			return payment.PhaseHeld
		}
		return p
	}
	of, pay = hold(status, of), hold(paymentStatus, pay)
	if f.Phase = max(of, pay); f.Phase == payment.PhaseUnknown {
		f.Phase = operation
	}
	f.Refused = is(payment.PhaseRefused)
	f.Charged = of == payment.PhasePaid || pay == payment.PhasePaid || operation == payment.PhasePaid && !held
}
