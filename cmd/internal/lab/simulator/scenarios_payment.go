package simulator

import "time"

// amount makes a price in kopecks.
func (t *instance) amount() int64 { return 10_000 + 100*t.rng.Int64N(1000) }

// paid is a payment that succeeds without incidents.
func (t *instance) paid(at time.Duration) {
	p := t.invoice(at, t.amount())
	p.says(at, "NEW", "PENDING")
	p.says(at+20*time.Second, "PAID", "PAYED")
	p.says(at+50*time.Second, "FINISHED", "FINISHED")
}

// paymentScenarios are payments that are held, refused, refunded or released.
func paymentScenarios() []scenario {
	return []scenario{
		{"held, then completed", 4, func(t *instance) {
			t.verified()
			p := t.invoice(2*time.Minute, t.amount())
			p.says(2*time.Minute, "PAID", "HOLDED")
			p.says(9*time.Minute, "FINISHED", "FINISHED")
		}},
		{"held, never completed", 2, func(t *instance) {
			t.verified()
			t.invoice(2*time.Minute, t.amount()).says(2*time.Minute, "PAID", "HOLDED")
		}},
		{"partial, then full refund", 2, func(t *instance) {
			t.verified()
			amount := t.amount()
			p := t.invoice(2*time.Minute, amount)
			p.says(2*time.Minute, "FINISHED", "FINISHED")
			p.returns(6*time.Minute, amount/4, "FINISHED", "FINISHED")
			p.returns(12*time.Minute, amount, "REVERSED", "REVERSED")
		}},
		{"payment refused", 4, func(t *instance) {
			t.verified()
			p := t.invoice(2*time.Minute, t.amount())
			p.says(2*time.Minute, "NEW", "NEEDS_CONFIRMATION")
			p.says(3*time.Minute, "CANCELED", "REJECTED")
		}},
		{"two part refunds, the rest is kept", 2, func(t *instance) {
			t.verified()
			amount := t.amount()
			p := t.invoice(2*time.Minute, amount)
			p.says(2*time.Minute, "FINISHED", "FINISHED")
			p.returns(6*time.Minute, amount/4, "FINISHED", "FINISHED")
			p.returns(12*time.Minute, amount/2, "FINISHED", "FINISHED")
		}},
		{"held, then released", 1, func(t *instance) {
			t.verified()
			amount := t.amount()
			p := t.invoice(2*time.Minute, amount)
			p.says(2*time.Minute, "PAID", "HOLDED")
			p.returns(8*time.Minute, amount, "REVERSED", "REVERSED")
		}},
		{"refused, then paid by another payment", 2, func(t *instance) {
			t.verified()
			p := t.invoice(2*time.Minute, t.amount())
			p.says(2*time.Minute, "CANCELED", "REJECTED")
			t.paid(4 * time.Minute)
		}},
	}
}

// conflictScenarios are payments with contradicting callbacks, and other forms of payments.
func conflictScenarios() []scenario {
	return []scenario{
		{"status goes backwards", 2, func(t *instance) {
			t.verified()
			p := t.invoice(2*time.Minute, t.amount())
			p.says(2*time.Minute, "FINISHED", "FINISHED")
			p.says(4*time.Minute, "NEW", "PENDING")
		}},
		{"paid and refused", 1, func(t *instance) {
			t.verified()
			p := t.invoice(2*time.Minute, t.amount())
			p.says(2*time.Minute, "FINISHED", "FINISHED")
			p.says(4*time.Minute, "CANCELED", "REJECTED")
		}},
		{"amount changes", 1, func(t *instance) {
			t.verified()
			p := t.invoice(2*time.Minute, t.amount())
			p.says(2*time.Minute, "NEW", "PENDING")
			p.claims.Amount += 500
			p.says(3*time.Minute, "FINISHED", "FINISHED")
		}},
		{"paid by card to card transfer", 4, func(t *instance) {
			t.verified()
			p := t.transfer(t.amount())
			p.says(2*time.Minute, "NEEDS_CONFIRMATION", "NEEDS_CONFIRMATION")
			p.says(3*time.Minute, "FINISHED", "PAYED")
		}},
		{"stale token of three months ago", 1, func(t *instance) {
			now := t.start
			t.start = now.AddDate(0, -3, 0)
			t.invoice(0, t.amount()).says(0, "FINISHED", "FINISHED")
			t.start = now
		}},
	}
}
