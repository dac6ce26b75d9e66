package model

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// event holds the fields of a LOX24 event that affect the result.
type event struct {
	received time.Time
	created  int64
	status   int
	channel  string
	cost     *int64
	attempts []attempt
}

type attempt struct {
	id        string
	status    int
	processed int64
}

// code is a LOX24 verification.
type code struct {
	correlations map[string]correlation
	events       []event
	timeouts     time.Duration
}

// codeEvents are the names of the events that belong to a verification.
func codeEvents() []string {
	return []string{
		"verify_code.success", "verify_code.failed", "verify_code.channel.updated", "verify_code.channel.sent", "verify_code.channel.success",
		"verify_code.channel.failed",
	}
}

type loxEvent struct {
	ID         string `json:"id"`
	APIVersion string `json:"api_version"`
	Name       string `json:"name"`
	CreatedAt  int64  `json:"created_at"`
	Data       struct {
		ID               string           `json:"id"`
		Strategy         []map[string]any `json:"routing_strategy"`
		Status           int              `json:"status"`
		DeliveredChannel string           `json:"delivered_channel"`
		Cost             *int64           `json:"cost"`
		Payload          *string          `json:"payload"`
		History          []loxAttempt     `json:"history"`
		Channel          *loxAttempt      `json:"channel"`
	} `json:"data"`
}

type loxAttempt struct {
	ID          string `json:"id"`
	Status      int    `json:"status"`
	ProcessedAt int64  `json:"processed_at"`
}

// lox24 adds an event of LOX24.
func (m *Model) lox24(e *raw.Envelope, body []byte) verdict {
	var v loxEvent
	if json.Unmarshal(body, &v) != nil || v.APIVersion != "2022-05-25" {
		return dead
	}
	if !m.known("lox24", v.ID) && m.stale(e, time.Unix(v.CreatedAt, 0)) {
		return dead
	}
	if m.again("lox24", v.ID) {
		return duplicate
	}
	if !slices.Contains(codeEvents(), v.Name) {
		return decoded // of an SMS, or of a name that nobody knows: no verification's
	}
	c := m.codes["lox24:"+v.Data.ID]
	if c == nil {
		c = &code{correlations: map[string]correlation{}}
		m.codes["lox24:"+v.Data.ID] = c
	}
	m.correlate(c.correlations, e, v.CreatedAt*1000, map[string]*string{"payload": v.Data.Payload})
	c.timeouts = 0
	for _, step := range v.Data.Strategy {
		if seconds, ok := step["timeout_sec"].(float64); ok {
			c.timeouts += time.Duration(seconds) * time.Second
		}
	}
	fact := event{received: e.ReceivedAt, created: v.CreatedAt, status: v.Data.Status, channel: v.Data.DeliveredChannel, cost: v.Data.Cost}
	for _, h := range v.Data.History {
		fact.attempts = append(fact.attempts, attempt{h.ID, h.Status, h.ProcessedAt})
	}
	if h := v.Data.Channel; h != nil {
		fact.attempts = append(fact.attempts, attempt{h.ID, h.Status, h.ProcessedAt})
	}
	c.events = append(c.events, fact)
	return decoded
}

// The statuses of LOX24.
const (
	loxSuccess = 10
	loxFailed  = 20
	loxError   = 100
)

// rank orders final statuses with the same time: success, failed, error.
func rank(status int) int {
	switch status {
	case loxSuccess:
		return 3
	case loxFailed:
		return 2
	case loxError:
		return 1
	}
	return 0
}

// judge computes the verification's state from its events.
func (c *code) judge(s *Settings, now, sure time.Time) verification {
	out := verification{outcome: "PENDING"}
	var end, newest *event
	first := c.events[0].received
	for i := range c.events {
		e := &c.events[i]
		if e.received.Before(first) {
			first = e.received
		}
		if e.cost != nil && (newest == nil || e.created > newest.created || e.created == newest.created && *e.cost > *newest.cost) {
			newest = e
		}
		if rank(e.status) > 0 && (end == nil || e.created > end.created || e.created == end.created && rank(e.status) > rank(end.status)) {
			end = e
		}
	}
	if newest != nil {
		out.cost = *newest.cost
	}
	out.fallbacks = c.fallbacks()
	if end == nil {
		out.expire(first.Add(max(c.timeouts+s.Grace, s.Least)), now, sure)
		return out
	}
	out.outcome = map[int]string{loxSuccess: "SUCCESS", loxFailed: "FAILED", loxError: "ERROR"}[end.status]
	out.channel, out.at, out.received = end.channel, end.created, end.received
	for i := range c.events {
		if e := &c.events[i]; e.status == end.status {
			out.at = min(out.at, e.created)
			if e.received.Before(out.received) {
				out.received = e.received
			}
		}
	}
	return out
}

// fallbacks counts the attempts that ended without success.
func (c *code) fallbacks() int {
	attempts := map[string]attempt{}
	for i := range c.events {
		for _, a := range c.events[i].attempts {
			if known, ok := attempts[a.id]; !ok || a.after(known) {
				attempts[a.id] = a
			}
		}
	}
	n := 0
	for _, a := range attempts {
		if a.status == loxFailed || a.status == loxError {
			n++
		}
	}
	return n
}

// after reports whether an attempt's report supersedes another: a final status beats
// one that is not final, and a later final status an earlier one.
func (a attempt) after(b attempt) bool {
	switch {
	case rank(a.status) > 0 && rank(b.status) > 0:
		return a.processed > b.processed || a.processed == b.processed && rank(a.status) > rank(b.status)
	case rank(a.status) > 0:
		return true
	case rank(b.status) > 0:
		return false
	}
	return a.status > b.status
}
