package model

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/field"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// The phases of a payment, in order of precedence.
const (
	phaseUnknown = iota
	phaseNew
	phasePending
	phaseHeld
	phaseRefused
	phasePaid
	phaseRefunded
)

// fact holds the fields of a UAPAY callback that affect the result.
type fact struct {
	id     string
	source string
	phase  int
	// at is the provider's time in ms, 0 if there is none. If the callback has no time
	// of its own, at is guessed from its dates.
	at       int64
	guessed  bool
	received time.Time
	// created, paid and held are its dates, ms.
	created, paid, held int64
	// refused and charged are set if any of the three statuses means that.
	refused, charged bool
	amount           *int64
	reversal         *int64
	currency         string
	inconsistent     bool
	operation        string
	correlations     map[string]correlation
	// phones are the digits of correlation ids that are phones, by the journey.
	phones map[string]string
}

// payment is a payment of UAPAY.
type payment struct{ facts map[string]*fact } // by fingerprint

// uapay adds a callback of UAPAY.
func (m *Model) uapay(e *raw.Envelope, body []byte) outcome {
	text, err := tokenOf(body)
	if err != nil {
		return dead
	}
	id, err := fingerprint(text)
	if err != nil {
		return dead
	}
	f, paymentID, newest, ok := m.fact(e, text)
	if !ok {
		return dead
	}
	f.id = id
	p := m.payments["uapay:"+paymentID]
	if p != nil {
		if known := p.facts[id]; known != nil {
			known.earlier(f)
			return duplicate
		}
	}
	if newest > 0 && m.stale(e, time.UnixMilli(newest)) {
		return dead
	}
	if p == nil {
		p = &payment{facts: map[string]*fact{}}
		m.payments["uapay:"+paymentID] = p
	}
	p.facts[id] = f
	return decoded
}

// fact parses a callback; newest is the later of its creation and signing times.
func (m *Model) fact(e *raw.Envelope, text []byte) (f *fact, paymentID string, newest int64, ok bool) {
	c, ok := field.Read(text)
	if !ok {
		return nil, "", 0, false
	}
	postback, iat := c.Time("postbackTime"), c.Time("iat")
	f = &fact{
		source: e.Source, at: cmp.Or(postback, iat), received: e.ReceivedAt, operation: c.Text("operationId"),
		created: c.Time("createDate"), paid: c.Time("payDate"), held: c.Time("holdDate"),
	}
	if f.at == 0 {
		f.at, f.guessed = max(f.created, f.paid, f.held), true
	}
	f.statuses(c.Text("status"), c.Text("paymentStatus"), c.Text("operationStatus"))
	invoice, transfer := c.Integer("amount"), c.Integer("paymentAmount")
	f.amount, f.reversal, f.currency = invoice, c.Integer("reversalAmount"), field.Currency(c.Any("currency"))
	if transfer != nil && (f.operation != "" || invoice == nil) {
		f.amount = transfer
	}
	f.inconsistent = invoice != nil && transfer != nil && *invoice != *transfer
	for _, n := range []*int64{invoice, transfer, f.reversal, c.Integer("paymentPendingAmount"), c.Integer("paymentCommission")} {
		f.inconsistent = f.inconsistent || n != nil && *n < 0
	}
	lost := c.Lost["reversalAmount"] || c.Lost["status"] || c.Lost["paymentStatus"] || c.Lost["operationStatus"] || c.Lost["operationId"] ||
		f.amount == nil && (c.Lost["amount"] || c.Lost["paymentAmount"]) || f.guessed && (c.Lost["iat"] || c.Lost["postbackTime"])
	f.correlations = map[string]correlation{}
	fields := map[string]*string{}
	for _, name := range []string{"externalId", "operationExternalId", "extraInfo"} {
		if text := c.Text(name); text != "" {
			fields[name] = &text
		} else if name == "extraInfo" {
			if text := c.JSON(name); text != "" {
				fields[name] = &text
			}
		}
	}
	m.correlate(f.correlations, e, f.at, fields)
	f.phones = m.phones(e, fields)
	paymentID = c.Text("paymentId")
	return f, paymentID, max(postback, iat), !lost && paymentID != ""
}

// earlier merges the times of a repeat: the earlier one wins, and a time of the
// callback's own replaces a guess.
func (f *fact) earlier(repeat *fact) {
	if repeat.received.Before(f.received) {
		f.received = repeat.received
	}
	if f.guessed != repeat.guessed {
		if f.guessed {
			f.at, f.guessed = repeat.at, false
		}
		return
	}
	f.at = min(f.at, repeat.at)
}

// statuses derives the phase and flags from the three statuses, ignoring their case.
func (f *fact) statuses(status, paymentStatus, operationStatus string) {
	phases := map[string]int{
		"NEW": phaseNew, "OPEN": phasePending, "PENDING": phasePending, "NEEDS_CONFIRMATION": phasePending,
		"WAITING_COMPLETE": phasePending, "NEEDS_COMPLETE": phasePending, "HOLDED": phaseHeld,
		"REJECTED": phaseRefused, "CANCELED": phaseRefused, "CLOSED": phaseRefused,
		"PAYED": phasePaid, "FINISHED": phasePaid, "PAID": phasePaid, "REVERSED": phaseRefunded, "RETURNED": phaseRefunded,
	}
	words := []string{strings.ToUpper(status), strings.ToUpper(paymentStatus), strings.ToUpper(operationStatus)}
	hold := slices.Contains(words, "HOLDED")
	for i, word := range words {
		phase := phases[word]
		f.refused = f.refused || phase == phaseRefused
		operation := i == 2
		if word == "PAID" && hold && !operation {
			phase = phaseHeld
		}
		f.charged = f.charged || phase == phasePaid && (!operation || !hold)
		if !operation || f.phase == phaseUnknown {
			f.phase = max(f.phase, phase)
		}
	}
}

// ordered returns the facts by the provider's time, then by phase.
func (p *payment) ordered() []*fact {
	return slices.SortedFunc(maps.Values(p.facts), func(a, b *fact) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.phase, b.phase), cmp.Compare(a.id, b.id))
	})
}

// ids returns the payment's correlation ids: the newest of each place, where every
// operation has places of its own.
func (p *payment) ids() []string {
	places := map[string]correlation{}
	for _, f := range p.ordered() {
		for place, c := range f.correlations {
			places[place+" of "+f.operation] = c
		}
	}
	return distinct(places)
}

// heldSince returns the start of a hold: its holdDate, else the provider's time, else
// the time of receipt.
func (p *payment) heldSince() time.Time {
	var date, told int64
	var received time.Time
	for _, f := range p.facts {
		if f.held > 0 && (date == 0 || f.held < date) {
			date = f.held
		}
		if f.phase != phaseHeld {
			continue
		}
		if f.at > 0 && (told == 0 || f.at < told) {
			told = f.at
		}
		if received.IsZero() || f.received.Before(received) {
			received = f.received
		}
	}
	if at := cmp.Or(date, told); at > 0 {
		return time.UnixMilli(at)
	}
	return received
}
