package model

import (
	"encoding/json"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// standard adds a webhook of a sender that signs as Standard Webhooks specifies. id is its
// webhook-id.
func (m *Model) standard(e *raw.Envelope, id string, body []byte) outcome {
	var v struct {
		Type      string `json:"type"`
		Timestamp string `json:"timestamp"`
	}
	if !json.Valid(body) || id == "" {
		return dead
	}
	_ = json.Unmarshal(body, &v) // a member of another type is as if it were not there
	s := m.sources[e.Source]
	text := string(body)
	found := map[string]correlation{}
	m.correlate(found, e, 0, map[string]*string{"body": &text})
	place := "message " + id
	for _, c := range s.Correlation {
		if first, ok := found[c.Field+c.Pointer]; ok {
			place = first.id
			break
		}
	}
	if m.known("standard", e.Source, place, id) {
		return duplicate
	}
	if at, err := time.Parse(time.RFC3339, v.Timestamp); err == nil && e.ReceivedAt.Sub(at) > standardRetention {
		return dead
	}
	m.again("standard", e.Source, place, id)
	kind := v.Type
	if kind != "" {
		kind = m.ids.Of(&s, kind)
	}
	for _, journey := range distinct(found) {
		if m.milestones[journey] == nil {
			m.milestones[journey] = map[string]int{}
			m.senders[journey] = map[string]bool{}
		}
		m.milestones[journey][e.Source+"/"+kind]++
		m.senders[journey][e.Source+" "+place] = true
	}
	return decoded
}

// webhookID returns the webhook-id of a raw record, "" if it has none.
func webhookID(r *kgo.Record) string {
	for _, h := range r.Headers {
		if h.Key == raw.HeaderWebhookID {
			return string(h.Value)
		}
	}
	return ""
}

// standardRetention is how long events of a correlation id are kept.
const standardRetention = 30 * 24 * time.Hour
