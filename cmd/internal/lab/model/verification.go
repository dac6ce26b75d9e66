package model

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

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

// verification is the computed state of a verification.
type verification struct {
	outcome string // PENDING, EXPIRED, SUCCESS, FAILED, ERROR, UNKNOWN
	// undecided is set if its deadline is so close to now that it may also have
	// expired.
	undecided bool
	channel   string
	at        int64 // when the outcome was reached, by the provider
	received  time.Time
	fallbacks int
	cost      int64
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

// expire applies the deadline to a verification without outcome. sure is a time that
// every watermark has passed, now a time that none has passed.
func (v *verification) expire(deadline, now, sure time.Time) {
	switch {
	case !deadline.After(sure):
		v.outcome = "EXPIRED"
	case !deadline.After(now):
		v.undecided = true
	}
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

// call is a Unibell call with all its requests and statuses, by reference.
type call struct {
	source       string
	correlations map[string]correlation
	requested    time.Time
	refused      time.Time
	placed       map[string]*placed
	statuses     []status
}

type status struct {
	word string
	// of is the provider's id of the call, empty if the status does not name it.
	of       string
	received time.Time
}

// placed is one call under a reference.
type placed struct {
	id, provider string // ingest's and the provider's id
	refused      bool
	at           time.Time // of the answer, else of the request
}

// one returns the call with an id that ingest made, creating it at first use.
func (c *call) one(id string) *placed {
	p := c.placed[id]
	if p == nil {
		p = &placed{id: id}
		c.placed[id] = p
	}
	return p
}

// about returns the call that a status belongs to: the one with the provider's id, else
// the newest whose id is unknown. A status without an id belongs to the newest.
func (c *call) about(st *status) string {
	var newest *placed
	for _, p := range c.placed {
		switch {
		case st.of != "" && p.provider == st.of:
			return p.id
		case st.of != "" && p.provider != "":
		case newest == nil || p.at.After(newest.at) || p.at.Equal(newest.at) && p.id > newest.id:
			newest = p
		}
	}
	if newest == nil {
		return "status:" + st.of
	}
	return newest.id
}

// fallbacks counts the calls that ended without success.
func (c *call) fallbacks(statuses map[string]string) int {
	type end struct {
		at     time.Time
		failed bool
	}
	ends := map[string]end{}
	take := func(id string, is end) {
		was, ok := ends[id]
		if !ok || is.at.After(was.at) || is.at.Equal(was.at) && !is.failed {
			ends[id] = is
		}
	}
	for _, p := range c.placed {
		if p.refused {
			take(p.id, end{p.at, true})
		}
	}
	for i := range c.statuses {
		st := &c.statuses[i]
		if meaning := statuses[st.word]; meaning == "success" || meaning == "failed" {
			take(c.about(st), end{st.received, meaning == "failed"})
		}
	}
	n := 0
	for _, e := range ends {
		if e.failed {
			n++
		}
	}
	return n
}

// unibell adds a record of a call: request, answer or status.
func (m *Model) unibell(e *raw.Envelope, r *kgo.Record, made, failed bool) verdict {
	reference, requestID, word, ok := unibellFields(e.ContentType, r.Value)
	if e.Kind == raw.KindRelayAnswer {
		reference = strings.TrimPrefix(string(r.Key), "unibell:"+e.Source+":")
		reference = strings.TrimPrefix(reference, ":") // where it could be taken for a request's
		if failed || !ok {
			word = "unreached"
		}
		ok = true
	}
	if !ok || reference == "" && requestID == "" {
		return dead
	}
	phase, id := e.Kind, reference
	if id == "" {
		id = "request:" + requestID
	}
	// Each call placed is a fact of its own. Its request and answer carry an id made by
	// ingest, its statuses may carry the provider's id.
	fact := e.RequestID
	if e.Kind == raw.KindWebhook {
		fact = requestID
	}
	if m.again("unibell", e.Source, id, phase, fact, word) {
		return duplicate
	}
	if reference == "" {
		key := e.Source + "\x00" + requestID
		m.loose[key] = append(m.loose[key], status{word, requestID, e.ReceivedAt})
		return decoded
	}
	c := m.calls["unibell:"+e.Source+":"+reference]
	if c == nil {
		c = &call{source: e.Source, correlations: map[string]correlation{}, placed: map[string]*placed{}}
		m.calls["unibell:"+e.Source+":"+reference] = c
	}
	if !made && e.Kind != raw.KindRelayAnswer {
		m.correlate(c.correlations, e, e.ReceivedAt.UnixMilli(), map[string]*string{"reference": &reference})
	}
	if e.Kind == raw.KindRelayAnswer && word == "ok" {
		m.bindings[e.Source+"\x00"+requestID] = reference
	}
	c.take(e, requestID, word)
	return decoded
}

// take adds a request, an answer or a status to its call.
func (c *call) take(e *raw.Envelope, requestID, word string) {
	switch e.Kind {
	case raw.KindRelayRequest:
		if p := c.one(e.RequestID); p.at.IsZero() {
			p.at = e.ReceivedAt
		}
		if c.requested.IsZero() || e.ReceivedAt.Before(c.requested) {
			c.requested = e.ReceivedAt
		}
	case raw.KindRelayAnswer:
		switch word {
		case "ok":
			p := c.one(e.RequestID)
			p.provider, p.at = requestID, e.ReceivedAt
		case "unreached":
			c.one(e.RequestID)
		default:
			c.refused = e.ReceivedAt
			p := c.one(e.RequestID)
			p.provider, p.at, p.refused = requestID, e.ReceivedAt, true
		}
	default:
		c.statuses = append(c.statuses, status{word, requestID, e.ReceivedAt})
	}
}

func unibellFields(contentType string, body []byte) (reference, requestID, word string, ok bool) {
	if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		form, err := url.ParseQuery(string(body))
		return form.Get("reference"), form.Get("requestId"), form.Get("status"), err == nil
	}
	var v struct{ Reference, RequestID, Status string }
	err := json.Unmarshal(body, &v)
	return v.Reference, v.RequestID, v.Status, err == nil
}

// bind assigns the statuses that name only a requestId to their references.
func (m *Model) bind() {
	for key, statuses := range m.loose {
		reference, ok := m.bindings[key]
		if !ok {
			continue
		}
		sourceID, _, _ := strings.Cut(key, "\x00")
		if c := m.calls["unibell:"+sourceID+":"+reference]; c != nil {
			c.statuses = append(c.statuses, statuses...)
			delete(m.loose, key)
		}
	}
}

// judge computes the call's state from its request and statuses.
func (c *call) judge(m *Model, now, sure time.Time) verification {
	s := m.sources[c.source]
	out := verification{outcome: "UNKNOWN"}
	for _, st := range c.statuses {
		meaning := map[string]string{"success": "SUCCESS", "failed": "FAILED"}[s.Statuses[st.word]]
		if meaning != "" && (out.received.IsZero() || meaning == "SUCCESS") {
			out.outcome, out.received, out.at = meaning, st.received, st.received.Unix()
		}
	}
	switch {
	case !out.received.IsZero():
	case !c.refused.IsZero():
		out.outcome, out.received, out.at = "FAILED", c.refused, c.refused.Unix()
	case s.StatusCallback && !c.requested.IsZero():
		out.outcome = "PENDING"
		out.expire(c.requested.Add(m.settings.Call), now, sure)
	}
	if out.outcome == "SUCCESS" {
		out.channel = "call"
	}
	out.fallbacks = c.fallbacks(s.Statuses)
	return out
}
