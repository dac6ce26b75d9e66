package model

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/claims"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// headerCause is the header of a dead letter with its cause.
const headerCause = "tributary-dlq-cause"

// Account counts a provider's raw records and their outcomes in the topics.
type Account struct {
	Raw         int64 `json:"raw"`
	Decoded     int64 `json:"decoded"`
	Duplicates  int64 `json:"duplicates"`
	DeadLetters int64 `json:"dead_letters"`
}

// AddsUp reports whether there are as many outcomes as raw records.
func (a Account) AddsUp() bool { return a.Raw == a.Decoded+a.Duplicates+a.DeadLetters }

// Topics reads raw and output topics as any consumer would, read committed. It is
// safe for use by several goroutines.
type Topics struct {
	mu       sync.Mutex
	names    schemas.Names
	model    *Model
	accounts map[string]*Account
	causes   map[string]int64
	enriched map[string]int64
	journeys map[string]*Journey
	entities entities
	last     time.Time // newest received_at of a raw record
	each     func(topic string, r *kgo.Record)
	err      error
	records  int64
}

// NewTopics makes a reader that passes the raw records to the model, and every record
// to each, which may be nil.
func NewTopics(names schemas.Names, model *Model, each func(topic string, r *kgo.Record)) *Topics {
	return &Topics{
		names: names, model: model, each: each,
		accounts: map[string]*Account{}, causes: map[string]int64{}, enriched: map[string]int64{}, journeys: map[string]*Journey{},
		entities: entities{
			payments: map[string]*Payment{}, verifications: map[string]*Verification{}, movements: map[string]*Movement{}, attempts: map[string]*Attempt{},
			funnel: map[string]*avro.FunnelRow{}, accounts: claims.Accounts{},
		},
	}
}

// Names returns the topics to read, by their names on the cluster.
func (t *Topics) Names() []string {
	var out []string
	for _, row := range schemas.Table() {
		if strings.HasPrefix(row.Name, "raw.") || row.Family == schemas.FamilyOutput || strings.HasPrefix(row.Name, "deadletter.") {
			out = append(out, t.names.Topic(row.Name))
		}
	}
	return out
}

// Options returns the client options besides those of the connection.
func (t *Topics) Options() []kgo.Opt {
	return []kgo.Opt{
		kgo.ConsumeTopics(t.Names()...), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxWait(100 * time.Millisecond),
	}
}

// Poll reads one batch, waiting until ctx ends, and returns its number of records.
func (t *Topics) Poll(ctx context.Context, client *kgo.Client) (int, error) {
	fetches := client.PollRecords(ctx, 20_000)
	for _, f := range fetches.Errors() {
		if !errors.Is(f.Err, context.DeadlineExceeded) && !errors.Is(f.Err, context.Canceled) {
			return 0, fmt.Errorf("read %s: %w", f.Topic, f.Err)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	fetches.EachRecord(func(r *kgo.Record) {
		n++
		t.take(strings.TrimPrefix(r.Topic, t.names.Prefix), r)
	})
	t.records += int64(n)
	return n, t.err
}

func (t *Topics) account(provider string) *Account {
	a := t.accounts[provider]
	if a == nil {
		a = &Account{}
		t.accounts[provider] = a
	}
	return a
}

func (t *Topics) take(topic string, r *kgo.Record) {
	if t.each != nil {
		t.each(topic, r)
	}
	part := strings.Split(topic, ".")
	var err error
	switch part[0] {
	case "raw":
		t.account(part[1]).Raw++
		err = t.model.Add(topic, r)
		t.received(r)
	case "decoded":
		t.account(part[1]).Decoded++
		if topic == schemas.DecodedVoximplantAccountCallback {
			err = t.entities.account(r)
		}
	case "deadletter":
		t.account(part[1]).DeadLetters++
		for _, h := range r.Headers {
			if h.Key == headerCause {
				t.causes[part[1]+": "+string(h.Value)]++
			}
		}
	case "duplicates":
		var d avro.Duplicate
		if err = decode(r.Value, d.DecodeAvro); err == nil {
			t.account(d.Provider).Duplicates++
		}
	case "enriched", "facts", "insights", "signals":
		t.enriched[topic]++
		switch topic {
		case schemas.EnrichedJourneys:
			err = t.journey(r)
		case schemas.EnrichedPayments:
			err = t.entities.payment(r)
		case schemas.EnrichedVerifications:
			err = t.entities.verification(r)
		case schemas.FactsMoney:
			err = t.entities.movement(r)
		case schemas.FactsAttempts:
			err = t.entities.attempt(r)
		case schemas.InsightsFunnel:
			err = t.entities.funnelRow(r)
		case schemas.Signals:
			err = t.entities.signal(r)
		}
	}
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("%s partition %d offset %d: %w", topic, r.Partition, r.Offset, err)
	}
}

func (t *Topics) received(r *kgo.Record) {
	for _, h := range r.Headers {
		if h.Key == raw.HeaderReceivedAt {
			if e, err := raw.Parse(append([]raw.Header{{Key: raw.HeaderSource, Value: []byte("-")}, {Key: raw.HeaderProvider, Value: []byte("-")}}, raw.Header(h))); err == nil && e.ReceivedAt.After(t.last) {
				t.last = e.ReceivedAt
			}
		}
	}
}

func (t *Topics) journey(r *kgo.Record) error {
	if r.Value == nil {
		delete(t.journeys, string(r.Key))
		return nil
	}
	var s avro.JourneySnapshot
	if err := decode(r.Value, s.DecodeAvro); err != nil {
		return err
	}
	if len(s.Members) == 0 {
		delete(t.journeys, string(r.Key))
		return nil
	}
	t.journeys[string(r.Key)] = Of(&s)
	return nil
}

func decode(value []byte, read func([]byte) error) error {
	_, body, err := wire.Parse(value)
	if err != nil {
		return err
	}
	return read(body)
}

// Result holds the counts of the topics, the expected counts, and the comparison of the
// journeys.
type Result struct {
	Accounts map[string]Account  `json:"accounts"`
	Expected map[string]Expected `json:"expected"`
	// Causes counts the dead letters by provider and cause.
	Causes map[string]int64 `json:"causes"`
	// Enriched counts the snapshots and rows by topic.
	Enriched   map[string]int64    `json:"enriched"`
	Journeys   map[string]*Journey `json:"-"`
	Comparison Comparison          `json:"journeys"`
	// Payments and Verifications compare those of the other enriched topics, Movements and
	// Attempts the rows of the fact topics.
	Payments      Comparison `json:"payments"`
	Verifications Comparison `json:"verifications"`
	Movements     Comparison `json:"movements"`
	Attempts      Comparison `json:"attempts"`
	// Funnel compares the sums over the funnel's rows.
	Funnel Comparison `json:"funnel"`
	// Scorecards compares the sums over the providers' scorecards.
	Scorecards Comparison `json:"scorecards"`
	// Runways compares the claims about the balances of accounts with the accounts' facts.
	Runways Comparison `json:"runways"`
	// Frontiers compares the claims about waits before the next channel with the codes.
	Frontiers Comparison `json:"frontiers"`
	// Breaches are the revisions of claims that must not follow the one before.
	Breaches []string `json:"breaches,omitempty"`
	// Claims counts the claims that stand, by kind.
	Claims map[string]int `json:"claims"`
	// LastReceived is the newest received_at of a raw record.
	LastReceived time.Time `json:"last_received"`
}

func (r *Result) comparisons() []*Comparison {
	return []*Comparison{&r.Comparison, &r.Payments, &r.Verifications, &r.Movements, &r.Attempts, &r.Funnel, &r.Scorecards, &r.Runways, &r.Frontiers}
}

// Different returns the number of entities and rows that differ from the model's.
func (r *Result) Different() (n int) {
	for _, c := range r.comparisons() {
		n += c.Different
	}
	return n
}

// Undecided returns the number of entities with a deadline about now.
func (r *Result) Undecided() (n int) {
	for _, c := range r.comparisons() {
		n += c.Undecided
	}
	return n
}

// Differences returns the first differences of each kind.
func (r *Result) Differences() (all []Difference) {
	for _, c := range r.comparisons() {
		all = append(all, c.Differences...)
	}
	return all
}

// Result compares the records read so far. See Model.Journeys for the times.
func (t *Topics) Result(sure, now time.Time) Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := Result{
		Accounts: map[string]Account{}, Expected: map[string]Expected{}, Causes: map[string]int64{}, Enriched: map[string]int64{},
		Journeys: map[string]*Journey{}, Comparison: Compare("journey", t.model.Journeys(sure, now), t.journeys), LastReceived: t.last,
	}
	t.entities.compare(t.model, &out, sure, now)
	for p, a := range t.accounts {
		out.Accounts[p] = *a
		out.Expected[p] = t.model.Expected(p)
	}
	maps.Copy(out.Causes, t.causes)
	maps.Copy(out.Enriched, t.enriched)
	maps.Copy(out.Journeys, t.journeys)
	return out
}

// AddsUp reports whether every provider's account adds up.
func (t *Topics) AddsUp() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range t.accounts {
		if !a.AddsUp() {
			return false
		}
	}
	return true
}

// Total adds the providers' accounts up.
func (t *Topics) Total() Account {
	t.mu.Lock()
	defer t.mu.Unlock()
	var sum Account
	for _, a := range t.accounts {
		sum.Raw += a.Raw
		sum.Decoded += a.Decoded
		sum.Duplicates += a.Duplicates
		sum.DeadLetters += a.DeadLetters
	}
	return sum
}
