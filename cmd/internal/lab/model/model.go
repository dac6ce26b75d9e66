// Package model is a second implementation: it reads the raw topics, computes the
// expected final content of the enriched topics with maps and loops, and compares. It
// is written from the design, not from the stages' code, keeps every fact and computes
// everything anew: slow and simple where the stages are fast.
//
//	raw.* ──► Model: distinct facts ─► verifications, payments ─► Journeys ─┐
//	enriched.journeys ──► Seen ─────────────────────────────────────────────┼─► Differences
//	decoded.*, duplicates, deadletter.* ──► Seen ─► Account ────────────────┘
//
// Promise: it shares no code with the stages, so that where both agree, two readings of
// the design agree.
package model

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/claims"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model/field"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model/pseudonym"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Settings are the processor's settings that affect the results.
type Settings struct {
	Sources []source.Source
	// Keys are the keys for the pseudonyms of ids.
	Keys []pseudonym.Key
	// Span is the deduplication window: how long event ids are remembered, and the
	// maximum age of a new event.
	Span time.Duration
	// Grace is the time that a LOX24 verification gets beyond the timeouts of its
	// strategy, Least its minimum time in total; Call is the time of a Unibell call.
	Grace, Least, Call time.Duration
	// Hold is the maximum time that a payment may stay held.
	Hold time.Duration
	// Payment and Verification are how long a journey waits for the missing one.
	Payment, Verification time.Duration
	// Insights is set if the processor computes the funnel.
	Insights bool
	// Runway is when the balance of an account is claimed to end.
	Runway claims.Limits
}

// Expected counts the expected outcomes of a provider's raw records.
type Expected struct {
	Raw         int64  `json:"raw"`
	Decoded     int64  `json:"decoded"`
	Duplicates  int64  `json:"duplicates"`
	DeadLetters int64  `json:"dead_letters"`
	Digest      uint64 `json:"digest,string"`
}

// Model collects facts and computes the expected results. It is for one goroutine.
type Model struct {
	settings Settings
	sources  map[string]source.Source
	expected map[string]*Expected
	seen     map[[16]byte]bool
	codes    map[string]*code
	calls    map[string]*call
	bindings map[string]string // request id to reference, by source
	loose    map[string][]status
	payments map[string]*payment
	digest   func([]byte) uint64
	ids      *pseudonym.IDs
	// last is when a provider's newest record was received.
	last map[string]time.Time
	// milestones counts the events of further senders by journey, source and type; senders
	// are the members they make.
	milestones map[string]map[string]int
	senders    map[string]map[string]bool
}

// New makes a model. digest hashes bodies as the simulator's ledger does.
func New(settings Settings, digest func([]byte) uint64) *Model {
	m := &Model{
		settings: settings, sources: map[string]source.Source{}, expected: map[string]*Expected{}, seen: map[[16]byte]bool{},
		codes: map[string]*code{}, calls: map[string]*call{}, bindings: map[string]string{}, loose: map[string][]status{},
		payments: map[string]*payment{}, digest: digest, ids: pseudonym.New(settings.Keys),
		last: map[string]time.Time{}, milestones: map[string]map[string]int{}, senders: map[string]map[string]bool{},
	}
	for i := range settings.Sources {
		m.sources[settings.Sources[i].ID] = settings.Sources[i].WithDefaults()
	}
	return m
}

// Expected returns the expected outcomes of a provider's records.
func (m *Model) Expected(provider string) Expected {
	if e := m.expected[provider]; e != nil {
		return *e
	}
	return Expected{}
}

// outcome is the expected outcome of a raw record.
type outcome int

const (
	decoded outcome = iota
	duplicate
	dead
)

// Add adds a raw record; those of a partition in their order. topic is without prefix.
func (m *Model) Add(topic string, r *kgo.Record) error {
	headers := make([]raw.Header, len(r.Headers))
	made, failed := false, false
	for i, h := range r.Headers {
		headers[i] = raw.Header(h)
		made = made || h.Key == raw.HeaderReferenceMade
		failed = failed || h.Key == raw.HeaderError
	}
	envelope, err := raw.Parse(headers)
	if err != nil {
		return fmt.Errorf("%s partition %d offset %d: %w", topic, r.Partition, r.Offset, err)
	}
	e := m.expected[envelope.Provider]
	if e == nil {
		e = &Expected{}
		m.expected[envelope.Provider] = e
	}
	e.Raw++
	if envelope.ReceivedAt.After(m.last[envelope.Provider]) {
		m.last[envelope.Provider] = envelope.ReceivedAt
	}
	if envelope.Kind == raw.KindWebhook && topic != schemas.RawVoximplant {
		e.Digest += m.digest(r.Value)
	}
	var v outcome
	switch topic {
	case schemas.RawLOX24:
		v = m.lox24(&envelope, r.Value)
	case schemas.RawUAPAY:
		v = m.uapay(&envelope, r.Value)
	case schemas.RawVoximplant:
		v = m.voximplant(r.Value)
	case schemas.RawStandard:
		v = m.standard(&envelope, webhookID(r), r.Value)
	case schemas.RawUnibell:
		v = m.unibell(&envelope, r, made, failed)
	default:
		return fmt.Errorf("the model has no rules for %s", topic)
	}
	switch v {
	case decoded:
		e.Decoded++
	case duplicate:
		e.Duplicates++
	case dead:
		e.DeadLetters++
	}
	return nil
}

// identity is the short hash that identifies a fact.
func identity(parts []string) [16]byte {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return [16]byte(sum[:16])
}

// known reports whether a fact was seen.
func (m *Model) known(parts ...string) bool { return m.seen[identity(parts)] }

// again reports whether a fact was seen before, and marks it as seen.
func (m *Model) again(parts ...string) bool {
	key := identity(parts)
	seen := m.seen[key]
	m.seen[key] = true
	return seen
}

// stale reports whether an event that was not seen is too old to be accepted as new.
func (m *Model) stale(e *raw.Envelope, eventAt time.Time) bool {
	return !m.sources[e.Source].AcceptStale && e.ReceivedAt.Sub(eventAt) > m.settings.Span
}

// phones returns the digits of the correlation ids that are phone numbers, by their journey.
func (m *Model) phones(e *raw.Envelope, fields map[string]*string) map[string]string {
	s := m.sources[e.Source]
	out := map[string]string{}
	for _, c := range s.Correlation {
		if fields[c.Field] == nil {
			continue
		}
		text := *fields[c.Field]
		if c.Pointer != "" {
			text = field.Pointer(text, c.Pointer)
		}
		text = strings.TrimSpace(text)
		if id := m.ids.Of(&s, text); strings.HasPrefix(id, "phone:") {
			out[journeyKey(s.Namespace, id)] = m.ids.Phone(&s, text)
		}
	}
	return out
}

// tokenOf reads the claims of a token that ingest verified.
func tokenOf(body []byte) (text []byte, err error) {
	var envelope struct{ Token string }
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, err
	}
	parts := strings.Split(envelope.Token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("a token of %d parts", len(parts))
	}
	return base64.RawURLEncoding.DecodeString(parts[1])
}

// fingerprint identifies a payment fact: a hash of all fields but the time of the
// message.
func fingerprint(text []byte) (string, error) {
	var fields map[string]any
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return "", err
	}
	delete(fields, "iat")
	delete(fields, "postbackTime")
	maps.DeleteFunc(fields, func(_ string, v any) bool { return v == nil }) // as if it were not there
	b, err := json.Marshal(fields)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}
