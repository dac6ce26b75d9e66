package model

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Movement holds the fields of a movement of money that the model claims. Its time is in unix
// milliseconds.
type Movement struct {
	Payment, Journey, Customer string
	Source, Kind, Currency     string
	Amount, At                 int64
	Order                      int

	// Undecided is never set: movements have no deadline.
	Undecided bool `json:"-"`
}

// Attempt holds the fields of a delivery attempt that the model claims. Times are in unix
// milliseconds, 0 for none.
type Attempt struct {
	Verification, Journey, Customer  string
	Source, Country, Channel, Result string
	NumberType, Carrier              string
	Fallback                         bool
	Started, Ended                   int64
	Cost                             string

	// Undecided is never set: attempts have no deadline.
	Undecided bool `json:"-"`
}

// Movements computes every movement of every payment. See Journeys for the times.
func (m *Model) Movements(sure, now time.Time) map[string]*Movement {
	out := map[string]*Movement{}
	for id, p := range m.payments {
		for name, v := range p.movements(&m.settings, now, sure) {
			v.Payment = id
			out[id+"/"+name] = v
		}
	}
	return out
}

// movements computes the movements of a payment by name: a hold, a payment, and a return for
// each total that a callback reports and that none before it has reached.
func (p *payment) movements(s *Settings, now, sure time.Time) map[string]*Movement {
	v := p.judge(s, now, sure)
	out := map[string]*Movement{}
	back := "RELEASED"
	if v.EverPaid {
		back = "REFUNDED"
		out["paid"] = &Movement{Kind: "PAID", Amount: v.Gross, At: v.PaidAt}
	}
	if v.heldAt > 0 {
		out["held"] = &Movement{Kind: "HELD", Amount: v.amount, At: v.heldAt}
	}
	first := map[int64]int64{} // the time at which a total was first reported
	whole := int64(0)
	for _, f := range p.facts {
		at := cmp.Or(f.at, f.received.UnixMilli())
		if f.reversal != nil && *f.reversal > 0 && (first[*f.reversal] == 0 || at < first[*f.reversal]) {
			first[*f.reversal] = at
		}
		if f.phase == phaseRefunded && (whole == 0 || at < whole) {
			whole = at
		}
	}
	totals := slices.SortedFunc(maps.Keys(first), func(a, b int64) int { return cmp.Or(cmp.Compare(first[a], first[b]), cmp.Compare(a, b)) })
	reached := int64(0)
	for _, total := range totals {
		if total > reached {
			out["back/"+strconv.FormatInt(total, 10)] = &Movement{Kind: back, Amount: reached - total, At: first[total]}
			reached = total
		}
	}
	if whole > 0 && reached == 0 {
		out["back"] = &Movement{Kind: back, Amount: -v.amount, At: whole}
	}
	places := []string{"held", "paid"}
	place := func(name string) int64 { // of movements of the same time
		if i := slices.Index(places, name); i >= 0 {
			return int64(i - len(places))
		}
		return -out[name].Amount
	}
	names := slices.SortedFunc(maps.Keys(out), func(a, b string) int {
		return cmp.Or(cmp.Compare(out[a].At, out[b].At), cmp.Compare(place(a), place(b)))
	})
	for i, name := range names {
		r := out[name]
		r.Order, r.Journey, r.Customer, r.Source, r.Currency = i+1, v.Journey, v.Customer, v.source, v.Currency
	}
	return out
}

// Attempts computes every attempt of every verification of LOX24.
func (m *Model) Attempts(sure, now time.Time) map[string]*Attempt {
	out := map[string]*Attempt{}
	for id, c := range m.codes {
		v := c.judge(m, now, sure)
		before := ""
		for _, a := range c.tries() {
			r := a.row()
			r.Verification, r.Journey, r.Customer, r.Source, r.Country = id, v.Journey, v.Customer, v.source, v.Country
			r.NumberType, r.Carrier = v.NumberType, v.Carrier
			r.Fallback = before != "" && a.channel != "" && !strings.EqualFold(a.channel, before)
			before = cmp.Or(a.channel, before)
			out[id+"/"+a.id] = r
		}
	}
	return out
}

// try is an attempt with all that was reported of it.
type try struct {
	attempt

	place   int
	started int64 // seconds
}

// tries returns the attempts in the order of the routing strategy, then of time.
func (c *code) tries() []*try {
	all := map[string]*try{}
	events := slices.SortedFunc(slices.Values(c.events), func(a, b event) int { return cmp.Or(cmp.Compare(a.created, b.created), strings.Compare(a.id, b.id)) })
	for i := range events {
		for _, a := range events[i].attempts {
			t := all[a.id]
			if t == nil {
				t = &try{attempt: a}
				all[a.id] = t
			}
			channel, cost := cmp.Or(a.channel, t.channel), t.cost
			if a.cost != nil {
				cost = a.cost
			}
			if a.after(t.attempt) {
				t.attempt = a
			}
			t.channel, t.cost = channel, cost
			if rank(a.status) == 0 && a.processed > 0 && (t.started == 0 || a.processed < t.started) {
				t.started = a.processed
			}
		}
	}
	for _, t := range all {
		if t.place = slices.Index(c.strategy, t.channel); t.place < 0 {
			t.place = len(c.strategy)
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b *try) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.processed, b.processed), cmp.Compare(a.id, b.id))
	})
}

func (t *try) row() *Attempt {
	const second = 1000
	r := &Attempt{Channel: channelName(t.channel), Started: t.started * second, Result: "UNKNOWN"}
	if name := map[int]string{0: "NEW", 5: "IN_PROGRESS", loxSuccess: "SUCCESS", loxFailed: "FAILED", loxError: "ERROR"}[t.status]; name != "" {
		r.Result = name
	}
	if rank(t.status) > 0 {
		r.Ended = t.processed * second
	}
	if t.cost != nil {
		r.Cost = strconv.FormatInt(*t.cost, 10)
	}
	return r
}

// MovementOf reads the same fields from the processor's row.
func MovementOf(m *avro.Movement) *Movement {
	return &Movement{
		Payment: m.PaymentID, Journey: m.JourneyID.Value, Customer: m.CustomerID.Value, Source: m.Source, Kind: string(m.Kind), Currency: m.Currency,
		Amount: m.AmountMinor, At: m.MovementAt.UnixMilli(), Order: int(m.MovementOrder),
	}
}

// AttemptOf reads the same fields from the processor's row.
func AttemptOf(a *avro.DeliveryAttempt) *Attempt {
	out := &Attempt{
		Verification: a.VerificationID, Journey: a.JourneyID.Value, Customer: a.CustomerID.Value, Source: a.Source, Country: a.Country.Value,
		Channel: string(a.Channel), Result: string(a.Status), Fallback: a.IsFallback,
		NumberType: string(a.NumberType.Value), Carrier: a.Carrier.Value,
	}
	if a.StartedAt.Set {
		out.Started = a.StartedAt.Value.UnixMilli()
	}
	if a.EndedAt.Set {
		out.Ended = a.EndedAt.Value.UnixMilli()
	}
	if a.CostMinor.Set {
		out.Cost = strconv.FormatInt(a.CostMinor.Value, 10)
	}
	return out
}

func (e *entities) movement(r *kgo.Record) error {
	delete(e.movements, string(r.Key))
	if r.Value == nil {
		return nil
	}
	var m avro.Movement
	err := decode(r.Value, m.DecodeAvro)
	e.movements[string(r.Key)] = MovementOf(&m)
	return err
}

// attempt reads a row of LOX24: those of Unibell have keys that may be pseudonyms.
func (e *entities) attempt(r *kgo.Record) error {
	delete(e.attempts, string(r.Key))
	if r.Value == nil {
		return nil
	}
	var a avro.DeliveryAttempt
	err := decode(r.Value, a.DecodeAvro)
	if a.Provider == raw.ProviderLOX24 {
		e.attempts[string(r.Key)] = AttemptOf(&a)
	}
	return err
}
