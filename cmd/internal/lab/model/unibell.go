package model

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/pseudonym"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// call is a Unibell call with all its requests and statuses, by reference.
type call struct {
	source       string
	correlations map[string]correlation
	requested    time.Time
	refused      time.Time
	placed       map[string]*placed
	statuses     []status
	phones       []phone
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

// failed counts the calls that ended without success.
func (c *call) failed(statuses map[string]string) int {
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
func (m *Model) unibell(e *raw.Envelope, r *kgo.Record, made, failed bool) outcome {
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
	if addr := callerOf(e.ContentType, r.Value); e.Kind == raw.KindRelayRequest && addr != "" {
		s := m.sources[e.Source]
		c.phones = append(c.phones, phone{pseudonym.Digits(&s, addr), e.ReceivedAt.UnixMilli(), "request:" + e.RequestID, e.ReceivedAt})
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

// callerOf returns the number that a call is requested from.
func callerOf(contentType string, body []byte) string {
	if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		form, _ := url.ParseQuery(string(body))
		return cmp.Or(form.Get("sourceAddr"), form.Get("number"))
	}
	var v struct {
		SourceAddr string `json:"sourceAddr"` //nolint:tagliatelle // the provider's name
		Number     string
	}
	_ = json.Unmarshal(body, &v) // a request that cannot be read has none
	return cmp.Or(v.SourceAddr, v.Number)
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
	out := verification{provider: raw.ProviderUnibell, source: c.source}
	out.Outcome = "UNKNOWN"
	out.call(m.settings.Keys, c.phones)
	out.First, out.Last = "CALL", "CALL"
	for _, st := range c.statuses {
		meaning := map[string]string{"success": "SUCCESS", "failed": "FAILED"}[s.Statuses[st.word]]
		if meaning != "" && (out.received.IsZero() || meaning == "SUCCESS") {
			out.Outcome, out.received, out.at = meaning, st.received, st.received.Unix()
		}
	}
	switch {
	case !out.received.IsZero():
	case !c.refused.IsZero():
		out.Outcome, out.received, out.at = "FAILED", c.refused, c.refused.Unix()
	case s.StatusCallback && !c.requested.IsZero():
		out.Outcome = "PENDING"
		out.expire(c.requested.Add(m.settings.Call), now, sure)
	}
	if out.Outcome == "SUCCESS" {
		out.channel, out.Delivered = "call", "CALL"
	}
	out.FailedAttempts = c.failed(s.Statuses)
	return out
}
