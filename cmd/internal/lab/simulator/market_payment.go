package simulator

import "time"

const day = 24 * time.Hour

// pay pays the order in one of the ways there are.
func (t *instance) pay(s shop, at time.Duration) {
	amount := t.amount()
	switch n := t.rng.IntN(100); {
	case n < 62:
		t.card(s, at, amount)
	case n < 74:
		t.hold(s, at, amount)
	case n < 84: // refused, and often paid by another card
		p := t.invoiceOf(s.payments, at, amount)
		p.says(at, "NEW", "NEEDS_CONFIRMATION")
		p.says(at+time.Minute, "CANCELED", "REJECTED")
		if t.chance(0.6) {
			t.card(s, at+2*time.Minute, amount)
		}
	case n < 92:
		p := t.transferTo(s.payments, amount)
		p.says(at, "NEEDS_CONFIRMATION", "NEEDS_CONFIRMATION")
		p.says(at+time.Minute, "FINISHED", "PAYED")
	case n < 95: // never finished
		t.invoiceOf(s.payments, at, amount).says(at, "NEW", "PENDING")
	case n < 97 && !t.documented: // a conflict: finished, then refused
		p := t.invoiceOf(s.payments, at, amount)
		p.says(at, "FINISHED", "FINISHED")
		p.says(at+2*time.Minute, "CANCELED", "REJECTED")
	default: // two payments of one order
		t.card(s, at, amount)
		t.card(s, at+5*time.Minute, amount/2)
	}
}

// card is a payment that is captured; some of it may go back on later days.
func (t *instance) card(s shop, at time.Duration, amount int64) {
	p := t.invoiceOf(s.payments, at, amount)
	p.says(at, "NEW", "PENDING")
	p.says(at+20*time.Second, "PAID", "PAYED")
	p.says(at+50*time.Second, "FINISHED", "FINISHED")
	t.refunds(p, at+50*time.Second, amount)
}

// refunds sends the refunds of a captured payment: reversalAmount is their sum.
func (t *instance) refunds(p *invoice, at time.Duration, amount int64) {
	switch n := t.rng.IntN(100); {
	case n < 5: // all of it, the next days
		p.returns(at+t.within(2*day), amount, "REVERSED", "REVERSED")
	case n < 12: // a part
		p.returns(at+t.within(2*day), amount/4, "FINISHED", "FINISHED")
	case n < 16: // several parts on several days
		at += t.within(day)
		p.returns(at, amount/5, "FINISHED", "FINISHED")
		at += t.within(day)
		p.returns(at, amount/2, "FINISHED", "FINISHED")
		if t.chance(0.4) {
			p.returns(at+t.within(day), amount, "REVERSED", "REVERSED")
		}
	}
}

// hold is a payment that is held: captured later, given back, or forgotten.
func (t *instance) hold(s shop, at time.Duration, amount int64) {
	p := t.invoiceOf(s.payments, at, amount)
	p.says(at, "PAID", "HOLDED")
	at += time.Hour + t.within(8*time.Hour)
	switch {
	case t.chance(0.7):
		p.says(at, "FINISHED", "FINISHED")
		t.refunds(p, at, amount)
	case t.chance(0.6):
		p.returns(at, amount, "REVERSED", "REVERSED")
	}
}
