package model

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/pseudonym"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Payment holds the fields of a payment's snapshot that the model claims. Times are in unix
// milliseconds, 0 for none.
type Payment struct {
	Journey, Customer              string
	Phase, Currency, Refund        string
	Gross, Refunded, Released, Net int64
	Paid, EverPaid                 bool
	Conflict, Regression           bool
	Inconsistent, Overdue          bool
	Created, PaidAt, LastRefunded  int64

	// Undecided is set if the deadline of a hold is too close to now.
	Undecided bool `json:"-"`
}

// money is the computed state of a payment.
type money struct {
	Payment

	source  string
	phase   int
	amount  int64
	changed bool
	heldAt  int64
	started int64
	taken   time.Time // first told held, paid or returned
}

// judge computes the payment's state from its facts.
func (p *payment) judge(s *Settings, now, sure time.Time) money {
	out := money{}
	amounts, currencies := map[int64]bool{}, map[string]bool{}
	var reversal, amount *int64
	var refused, charged bool
	reached := map[int]bool{}
	for _, f := range p.ordered() {
		reached[f.phase] = true
		refused, charged = refused || f.refused, charged || f.charged || f.paid > 0
		out.Inconsistent, out.source = out.Inconsistent || f.inconsistent, f.source
		if f.reversal != nil && (reversal == nil || *f.reversal > *reversal) {
			reversal = f.reversal
		}
		if f.amount != nil {
			amounts[*f.amount], amount = true, f.amount
		}
		if f.currency != "" {
			currencies[f.currency], out.Currency = true, f.currency
		}
		if (f.phase == phaseHeld || f.phase >= phasePaid) && (out.taken.IsZero() || f.received.Before(out.taken)) {
			out.taken = f.received
		}
		for _, g := range p.facts {
			out.Regression = out.Regression || f.phase != phaseUnknown && f.phase < g.phase && f.at > g.at && g.at > 0 && !g.guessed
		}
	}
	charged = charged || reached[phaseRefunded] && !reached[phaseHeld]
	out.Conflict, out.changed = refused && charged, len(amounts) > 1 || len(currencies) > 1
	out.Currency = cmp.Or(out.Currency, "UAH")
	out.sums(reached, charged, amount, reversal)
	p.times(&out, reversal)
	if out.phase == phaseHeld {
		deadline := p.heldSince().Add(s.Hold)
		out.Overdue = !deadline.After(sure)
		out.Undecided = !out.Overdue && !deadline.After(now)
	}
	ids := p.ids()
	out.Journey, out.Customer = journeyOf(ids), p.customer(s.Keys, ids)
	return out
}

// sums computes the amounts and the phase. charged is set if the amount was ever paid.
func (out *money) sums(reached map[int]bool, charged bool, amount, reversal *int64) {
	for phase := range reached {
		out.phase = max(out.phase, phase)
	}
	if amount != nil {
		out.amount = *amount
	}
	back := int64(0)
	whole := reached[phaseRefunded]
	if reversal != nil && *reversal > 0 {
		back = *reversal
		whole = amount != nil && back >= *amount || amount == nil && whole
	} else if whole {
		back = out.amount
	}
	out.Inconsistent = out.Inconsistent || reversal != nil && *reversal > out.amount
	out.EverPaid = out.phase >= phasePaid && charged
	out.Refund = "NONE"
	switch {
	case out.EverPaid:
		out.phase, out.Gross, out.Refunded = phasePaid, out.amount, back
		if whole {
			out.phase, out.Refund = phaseRefunded, "FULL"
		} else if back > 0 {
			out.Refund = "PARTIAL"
		}
	case out.phase == phaseRefunded && !whole:
		out.phase, out.Released = phaseHeld, back
		if reached[phaseRefused] {
			out.phase = phaseRefused
		}
	case out.phase == phaseHeld && whole:
		out.phase, out.Released = phaseRefunded, back
	default:
		out.Released = back
	}
	out.Net, out.Paid = out.Gross-out.Refunded, out.EverPaid && !whole
	out.Phase = []string{"UNKNOWN", "NEW", "PENDING", "HELD", "REFUSED", "PAID", "REFUNDED"}[out.phase]
	if out.phase == phaseRefunded && !out.EverPaid {
		out.Phase = "RELEASED"
	}
}

// least returns the smallest number above 0 of the facts, 0 if there is none.
func (p *payment) least(of func(f *fact) int64) (least int64) {
	for _, f := range p.facts {
		if n := of(f); n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}

// times computes when the payment was made, held, paid and last refunded: by the provider's
// dates, else by the time of a callback, else by its receipt.
func (p *payment) times(out *money, reversal *int64) {
	moment := func(f *fact) int64 { return cmp.Or(f.at, f.received.UnixMilli()) }
	// A phase is dated by a callback that has a time of its own, if there is one.
	in := func(phase int) int64 {
		at := p.least(func(f *fact) int64 { return f.at * truth(f.phase == phase) })
		return cmp.Or(at, p.least(func(f *fact) int64 { return f.received.UnixMilli() * truth(f.phase == phase) }))
	}
	dates := func(f *fact) int64 {
		return (&payment{facts: map[string]*fact{"at": {at: f.at}, "paid": {at: f.paid}, "held": {at: f.held}}}).least(func(f *fact) int64 { return f.at })
	}
	out.started = p.least(func(f *fact) int64 { return f.at })
	out.Created = cmp.Or(p.least(func(f *fact) int64 { return f.created }), p.least(dates), p.least(func(f *fact) int64 { return f.received.UnixMilli() }))
	out.heldAt = cmp.Or(p.least(func(f *fact) int64 { return f.held }), in(phaseHeld))
	if !out.EverPaid {
		return
	}
	out.PaidAt = cmp.Or(p.least(func(f *fact) int64 { return f.paid }), in(phasePaid), in(phaseRefunded))
	switch {
	case out.Refund == "NONE":
	case reversal != nil && *reversal > 0:
		out.LastRefunded = p.least(func(f *fact) int64 { return moment(f) * truth(f.reversal != nil && *f.reversal == *reversal) })
	default:
		out.LastRefunded = in(phaseRefunded)
	}
}

func truth(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// customer returns the customer of the first journey that is a phone: under the key of the
// first callback received of those in a row that have the id.
func (p *payment) customer(keys []pseudonym.Key, ids []string) string {
	for _, id := range slices.Sorted(slices.Values(ids)) {
		var first *fact
		for _, f := range p.ordered() {
			if f.phones[id] != "" && (first == nil || f.received.Before(first.received)) {
				first = f
			}
		}
		if first != nil {
			return pseudonym.Customer(pseudonym.KeyAt(keys, first.received), first.phones[id])
		}
	}
	return ""
}

// Payments computes every payment. See Journeys for the times.
func (m *Model) Payments(sure, now time.Time) map[string]*Payment {
	out := map[string]*Payment{}
	for id, p := range m.payments {
		v := p.judge(&m.settings, now, sure)
		out[id] = &v.Payment
	}
	return out
}

// PaymentOf reads the same fields from the processor's snapshot.
func PaymentOf(s *avro.PaymentSnapshot) *Payment {
	ms := func(at avro.Optional[time.Time]) int64 {
		if !at.Set {
			return 0
		}
		return at.Value.UnixMilli()
	}
	return &Payment{
		Journey: s.JourneyID.Value, Customer: s.CustomerID.Value, Phase: string(s.Phase), Currency: s.Currency, Refund: string(s.Refund),
		Gross: s.GrossMinor, Refunded: s.RefundedMinor, Released: s.ReleasedMinor, Net: s.NetMinor, Paid: s.Paid, EverPaid: s.EverPaid,
		Conflict: s.Conflict, Regression: s.Regression, Inconsistent: s.AmountInconsistent, Overdue: s.HoldOverdue,
		Created: s.CreatedAt.UnixMilli(), PaidAt: ms(s.PaidAt), LastRefunded: ms(s.LastRefundedAt),
	}
}
