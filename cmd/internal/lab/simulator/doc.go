// Package simulator plays the providers: it generates scenarios, turns them
// into webhooks in the providers' formats, with valid signatures, and sends them over
// HTTP the way the providers do, with repeats, disorder, delays and retries, and
// forgeries among them.
//
//	seed ─► scenarios ─► Plan: webhooks in the order they are sent ─► Run: HTTP ─► Ledger
//
// Promise: the same seed and start make the same webhooks, byte for byte; an authentic
// webhook is retried until it is accepted or the run ends; and the ledger has the final
// answer to every webhook. A plan is a stream: its memory grows with the scenarios in
// progress, not with the length of the run.
package simulator

import (
	"math/rand/v2"
	"time"
)

// webhook is one event of a provider, before it is sent.
type webhook struct {
	provider string
	source   string
	// path is below the ingest's address.
	path string
	// header is the proof, if it is in a header; an empty name means none.
	headerName, headerValue string
	// sign returns further headers with the proof of a body that is sent now.
	sign func(body []byte, now time.Time) map[string]string
	// forge makes a copy of the webhook a forgery and returns its kind; nil: see instance.forge.
	forge func(t *instance, w *webhook) (how string)
	form  bool
	relay bool
	// items is the number of records it produces: the callbacks of a batch, or the
	// request and the answer of a relayed call.
	items int
	// forgedItems is how many of them are not authentic.
	forgedItems int
	// at is the time of the first delivery, from the beginning of the scenario.
	at time.Duration
	// render returns the body of a delivery: attempt counts from 1, sent is the
	// provider's time.
	render func(attempt int, sent time.Time) []byte
}

// proof returns the headers that prove a body that is sent now.
func (w *webhook) proof(body []byte, now time.Time) map[string]string {
	if w.sign != nil {
		return w.sign(body, now)
	}
	if w.headerName == "" {
		return nil
	}
	return map[string]string{w.headerName: w.headerValue}
}

// instance is a scenario that is being planned: its random numbers, ids and webhooks.
type instance struct {
	rng      *rand.Rand
	accounts Accounts
	start    time.Time
	order    string
	// begins is the begin of the scenario since the start of the run; outages are those
	// of the plan.
	begins  time.Duration
	outages []Incident
	// documented is set if the providers send documented events only.
	documented bool
	// callbacks counts Voximplant's.
	callbacks int64
	webhooks  []*webhook
}

func (t *instance) time(at time.Duration) time.Time { return t.start.Add(at) }

func (t *instance) add(w *webhook) { t.webhooks = append(t.webhooks, w) }

// uuid makes a version 4 UUID from the scenario's random numbers.
func (t *instance) uuid() string {
	const digits = "0123456789abcdef"
	b := make([]byte, 0, 36)
	for i := range 32 {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			b = append(b, '-')
		}
		switch i {
		case 12:
			b = append(b, '4')
		case 16:
			b = append(b, digits[8+t.rng.IntN(4)])
		default:
			b = append(b, digits[t.rng.IntN(16)])
		}
	}
	return string(b)
}

func (t *instance) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789"[t.rng.IntN(10)]
	}
	return string(b)
}
