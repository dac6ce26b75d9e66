package model

import (
	"encoding/json"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// The phases of a payment, in their order.
const (
	phaseUnknown = iota
	phaseNew
	phasePending
	phaseHeld
	phaseRefused
	phasePaid
	phaseReturned
)

// fact is what a callback of UAPAY says that matters here.
type fact struct {
	phase    int
	at       int64 // provider's time, ms
	received time.Time
	amount   *int64
	reversal *int64
}

// payment is a payment of UAPAY.
type payment struct {
	correlations map[string]correlation
	facts        map[string]*fact // by fingerprint
}

//nolint:tagliatelle // the provider's names
type uapayClaims struct {
	PaymentID           string  `json:"paymentId"`
	OperationID         string  `json:"operationId"`
	Status              string  `json:"status"`
	PaymentStatus       string  `json:"paymentStatus"`
	OperationStatus     string  `json:"operationStatus"`
	Amount              *int64  `json:"amount"`
	PaymentAmount       *int64  `json:"paymentAmount"`
	ReversalAmount      *int64  `json:"reversalAmount"`
	ExternalID          *string `json:"externalId"`
	OperationExternalID *string `json:"operationExternalId"`
	ExtraInfo           *string `json:"extraInfo"`
	PostbackTime        int64   `json:"postbackTime"`
	IAT                 int64   `json:"iat"`
}

// uapay takes a callback of UAPAY.
func (m *Model) uapay(e *raw.Envelope, body []byte) verdict {
	text, err := claims(body)
	if err != nil {
		return dead
	}
	var c uapayClaims
	id, err := fingerprint(text)
	if err != nil || json.Unmarshal(text, &c) != nil || c.PaymentID == "" {
		return dead
	}
	at := c.IAT * 1000
	if c.PostbackTime > 0 {
		at = c.PostbackTime
	}
	p := m.payments["uapay:"+c.PaymentID]
	if p != nil {
		if known := p.facts[id]; known != nil {
			known.at = min(known.at, at)
			return duplicate
		}
	}
	if m.stale(e, time.UnixMilli(at)) {
		return dead
	}
	if p == nil {
		p = &payment{correlations: map[string]correlation{}, facts: map[string]*fact{}}
		m.payments["uapay:"+c.PaymentID] = p
	}
	f := &fact{phase: phaseOf(&c), at: at, received: e.ReceivedAt, amount: c.Amount, reversal: c.ReversalAmount}
	if c.PaymentAmount != nil {
		f.amount = c.PaymentAmount
	}
	p.facts[id] = f
	m.correlate(p.correlations, e, at, map[string]*string{
		"externalId": c.ExternalID, "operationExternalId": c.OperationExternalID, "extraInfo": c.ExtraInfo,
	})
	return decoded
}

// phaseOf is the highest phase that one of the statuses means.
func phaseOf(c *uapayClaims) int {
	phases := map[string]int{
		"NEW": phaseNew, "OPEN": phasePending, "PENDING": phasePending, "NEEDS_CONFIRMATION": phasePending,
		"WAITING_COMPLETE": phasePending, "NEEDS_COMPLETE": phasePending, "HOLDED": phaseHeld,
		"REJECTED": phaseRefused, "CANCELED": phaseRefused, "CLOSED": phaseRefused,
		"PAYED": phasePaid, "FINISHED": phasePaid, "PAID": phasePaid, "REVERSED": phaseReturned, "RETURNED": phaseReturned,
	}
	held := c.Status == "HOLDED" || c.PaymentStatus == "HOLDED" || c.OperationStatus == "HOLDED"
	highest := phaseUnknown
	for _, status := range []string{c.Status, c.PaymentStatus, c.OperationStatus} {
		phase := phases[status]
		if status == "PAID" && held {
			phase = phaseHeld
		}
		highest = max(highest, phase)
	}
	return highest
}

// money is what a payment comes to.
type money struct {
	phase                                        int
	amount, returned                             int64
	taken                                        time.Time // first told held, paid or returned
	conflict, regression, changed, overdue, open bool
}

// judge says what the facts come to.
func (p *payment) judge(s *Settings, now, sure time.Time) money {
	var out money
	var newest, held *fact
	amounts := map[int64]bool{}
	refused, paid := false, false
	for _, f := range p.facts {
		out.phase = max(out.phase, f.phase)
		refused = refused || f.phase == phaseRefused
		paid = paid || f.phase == phasePaid
		if f.reversal != nil {
			out.returned = max(out.returned, *f.reversal)
		}
		if f.amount != nil {
			amounts[*f.amount] = true
			if newest == nil || f.at > newest.at {
				newest = f
			}
		}
		if f.phase == phaseHeld && (held == nil || f.received.Before(held.received)) {
			held = f
		}
		if (f.phase == phaseHeld || f.phase >= phasePaid) && (out.taken.IsZero() || f.received.Before(out.taken)) {
			out.taken = f.received
		}
		for _, g := range p.facts {
			out.regression = out.regression || f.phase != phaseUnknown && f.phase < g.phase && f.at > g.at
		}
	}
	if newest != nil {
		out.amount = *newest.amount
	}
	out.conflict, out.changed = refused && paid, len(amounts) > 1
	if out.phase == phaseReturned && out.returned == 0 {
		out.returned = out.amount
	}
	if out.phase == phaseHeld {
		deadline := held.received.Add(s.Hold)
		out.overdue = !deadline.After(sure)
		out.open = !out.overdue && !deadline.After(now)
	}
	return out
}
