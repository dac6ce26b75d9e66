package model

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/pseudonym"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// event holds the fields of a LOX24 event that affect the result.
type event struct {
	id       string
	received time.Time
	created  int64
	ordered  int64 // seconds
	status   int
	channel  string
	cost     *int64
	attempts []attempt
}

type attempt struct {
	id        string
	channel   string
	status    int
	processed int64
	cost      *int64
}

// code is a LOX24 verification.
type code struct {
	source       string
	correlations map[string]correlation
	events       []event
	phones       []phone
	strategy     []string
	// timeouts is the sum of the strategy's, timeout the first one.
	timeouts, timeout time.Duration
	currency          string
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
		Phone            string           `json:"phone"`
		CreatedAt        int64            `json:"created_at"`
		Strategy         []map[string]any `json:"routing_strategy"`
		Status           int              `json:"status"`
		DeliveredChannel string           `json:"delivered_channel"`
		Cost             *int64           `json:"cost"`
		Currency         string           `json:"currency"`
		Payload          *string          `json:"payload"`
		History          []loxAttempt     `json:"history"`
		Channel          *loxAttempt      `json:"channel"`
	} `json:"data"`
}

type loxAttempt struct {
	ID          string `json:"id"`
	Channel     string `json:"channel"`
	Status      int    `json:"status"`
	ProcessedAt int64  `json:"processed_at"`
	Cost        *int64 `json:"cost"`
}

// lox24 adds an event of LOX24.
func (m *Model) lox24(e *raw.Envelope, body []byte) outcome {
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
		c = &code{source: e.Source, correlations: map[string]correlation{}}
		m.codes["lox24:"+v.Data.ID] = c
	}
	m.correlate(c.correlations, e, v.CreatedAt*1000, map[string]*string{"payload": v.Data.Payload})
	if v.Data.Phone != "" {
		s := m.sources[e.Source]
		c.phones = append(c.phones, phone{pseudonym.Digits(&s, v.Data.Phone), v.CreatedAt * 1000, v.ID, e.ReceivedAt})
	}
	c.timeouts, c.timeout, c.strategy = 0, 0, nil
	if v.Data.Currency != "" {
		c.currency = v.Data.Currency
	}
	for i, step := range v.Data.Strategy {
		if channel, ok := step["channel"].(string); ok {
			c.strategy = append(c.strategy, channel)
		}
		if seconds, ok := step["timeout_sec"].(float64); ok {
			c.timeouts += time.Duration(seconds) * time.Second
			if i == 0 {
				c.timeout = c.timeouts
			}
		}
	}
	fact := event{id: v.ID, received: e.ReceivedAt, created: v.CreatedAt, ordered: v.Data.CreatedAt, status: v.Data.Status, channel: v.Data.DeliveredChannel, cost: v.Data.Cost}
	for _, h := range v.Data.History {
		fact.attempts = append(fact.attempts, attempt{h.ID, h.Channel, h.Status, h.ProcessedAt, nil})
	}
	if h := v.Data.Channel; h != nil {
		fact.attempts = append(fact.attempts, attempt{h.ID, h.Channel, h.Status, h.ProcessedAt, h.Cost})
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
func (c *code) judge(m *Model, now, sure time.Time) verification {
	s := &m.settings
	out := verification{provider: raw.ProviderLOX24, source: c.source, timed: true}
	out.Outcome, out.Journey = "PENDING", journeyOf(distinct(c.correlations))
	out.call(s.Keys, c.phones)
	c.times(&out)
	c.route(&out)
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
		out.Cost, out.priced = *newest.cost, true
	}
	if end == nil {
		out.expire(first.Add(max(c.timeouts+s.Grace, s.Least)), now, sure)
		return out
	}
	out.Outcome = map[int]string{loxSuccess: "SUCCESS", loxFailed: "FAILED", loxError: "ERROR"}[end.status]
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

// times sets the time of the order by the newest event, and that of the first event.
func (c *code) times(out *verification) {
	newest := &c.events[0]
	out.started = newest.created * 1000
	for i := range c.events {
		e := &c.events[i]
		out.started = min(out.started, e.created*1000)
		if e.created > newest.created || e.created == newest.created && e.id > newest.id {
			newest = e
		}
	}
	out.Created = newest.ordered * 1000
}

// route sets the channels and the number of attempts that ended without success.
func (c *code) route(out *verification) {
	var delivered string
	var newest *event
	for i := range c.events {
		e := &c.events[i]
		if e.channel != "" && (newest == nil || e.created > newest.created || e.created == newest.created && e.id > newest.id) {
			newest, delivered = e, e.channel
		}
	}
	attempts := map[string]attempt{}
	for i := range c.events {
		for _, a := range c.events[i].attempts {
			if known, ok := attempts[a.id]; !ok || a.after(known) {
				attempts[a.id] = a
			}
		}
	}
	var list []tried
	var last *attempt
	for _, a := range attempts {
		list = append(list, tried{id: a.id, channel: a.channel, processed: a.processed})
		if a.status == loxFailed || a.status == loxError {
			out.FailedAttempts++
		}
		if a.status == loxSuccess && newest == nil && (last == nil || a.processed > last.processed || a.processed == last.processed && a.id > last.id) {
			last, delivered = &a, a.channel
		}
	}
	out.Delivered = channelName(delivered)
	out.follow(list, c.strategy, delivered)
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
