package simulator

import (
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"maps"
	"sync"
	"time"

	"github.com/beorn7/perks/quantile"

	"github.com/tributary-hq/tributary/schemas"
)

// Count is the statistics of a provider's webhooks. Records are counted as ingest
// stores them: a batch has several, a relayed call two.
type Count struct {
	// Webhooks is the number of distinct deliveries, Tries the number of requests for
	// them.
	Webhooks int64 `json:"webhooks"`
	Tries    int64 `json:"tries"`
	// Accepted is the number of records answered with 200.
	Accepted int64 `json:"accepted"`
	// Repeats is how many of the webhooks repeated an earlier one.
	Repeats int64 `json:"repeats"`
	// Forged is the number of forgeries, Refused how many of them were refused; they
	// must be equal.
	Forged  int64 `json:"forged"`
	Refused int64 `json:"refused"`
	// Lost is the number of authentic webhooks without a 200 when the run was stopped.
	Lost int64 `json:"lost"`
	// Uncertain is the number of records in failed tries of authentic webhooks that
	// ingest may have stored all the same.
	Uncertain int64 `json:"uncertain"`
	// Digest is the sum of the hashes of the accepted bodies, as they should be stored,
	// so that it does not depend on the order. Relayed calls and batches are left out.
	Digest uint64 `json:"digest,string"`
}

// Add adds another count.
func (c *Count) Add(d Count) {
	c.Webhooks += d.Webhooks
	c.Tries += d.Tries
	c.Accepted += d.Accepted
	c.Repeats += d.Repeats
	c.Forged += d.Forged
	c.Refused += d.Refused
	c.Lost += d.Lost
	c.Uncertain += d.Uncertain
	c.Digest += d.Digest
}

// Entry is a webhook's line in the ledger's file.
type Entry struct {
	Number   int64  `json:"number"`
	Provider string `json:"provider"`
	Scenario string `json:"scenario"`
	Order    string `json:"order"`
	Forged   string `json:"forged,omitempty"`
	Repeat   int    `json:"repeat,omitempty"`
	// Status is the status of the last answer, 0 if there was none.
	Status   int    `json:"status"`
	Tries    int    `json:"tries"`
	Accepted int    `json:"accepted"`
	Lost     bool   `json:"lost,omitempty"`
	Digest   uint64 `json:"digest,omitempty,string"`
	Micros   int64  `json:"micros"`
	// Uncertain is the number of records that tries without a 200 may have stored.
	Uncertain int `json:"uncertain,omitempty"`
}

// Ledger counts the webhooks sent and their answers. It is safe for use by several
// goroutines.
type Ledger struct {
	mu        sync.Mutex
	providers map[string]*Count
	refused   map[string]int64
	statuses  map[int]int64
	scenarios map[string]string // order to scenario, where asked for
	times     times
	file      *json.Encoder
	err       error
}

// NewLedger makes a ledger. If lines is not nil, it gets a line of JSON for each
// webhook. With keepScenarios the ledger maps each order to its scenario.
func NewLedger(lines io.Writer, keepScenarios bool) *Ledger {
	l := &Ledger{
		providers: map[string]*Count{}, refused: map[string]int64{}, statuses: map[int]int64{},
		times: times{quantiles: quantile.NewTargeted(map[float64]float64{0.5: 5e-3, 0.9: 1e-3, 0.99: 5e-4, 0.999: 1e-4})},
	}
	for _, p := range schemas.ProviderIDs() {
		l.providers[p] = &Count{}
	}
	if lines != nil {
		l.file = json.NewEncoder(lines)
	}
	if keepScenarios {
		l.scenarios = map[string]string{}
	}
	return l
}

// Digest hashes a body for Count.Digest.
func Digest(body []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(body)
	return h.Sum64()
}

// ReadLedger adds up a ledger's file.
func ReadLedger(r io.Reader) (map[string]Count, error) {
	l := NewLedger(nil, false)
	for d := json.NewDecoder(r); ; {
		var e Entry
		switch err := d.Decode(&e); {
		case errors.Is(err, io.EOF):
			return l.Counts(), nil
		case err != nil:
			return nil, err
		}
		l.enter(&e)
	}
}

// enter adds a webhook with a final answer.
func (l *Ledger) enter(e *Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.providers[e.Provider]
	if c == nil {
		c = &Count{}
		l.providers[e.Provider] = c
	}
	c.Webhooks++
	c.Tries += int64(e.Tries)
	c.Accepted += int64(e.Accepted)
	c.Uncertain += int64(e.Uncertain)
	c.Digest += e.Digest
	if e.Repeat > 0 {
		c.Repeats++
	}
	if e.Lost {
		c.Lost++
	}
	l.statuses[e.Status]++
	if e.Forged != "" {
		c.Forged++
		if refusal(e.Status) {
			c.Refused++
			l.refused[e.Provider+": "+e.Forged]++
		}
	}
	l.times.add(e.Micros)
	if l.scenarios != nil {
		l.scenarios[e.Order] = e.Scenario
	}
	if l.file != nil && l.err == nil {
		l.err = l.file.Encode(e)
	}
}

// refusal reports whether a status is a final refusal by ingest.
func refusal(status int) bool { return status >= 400 && status < 500 && status != 429 && status != 408 }

// Counts returns the counts by provider.
func (l *Ledger) Counts() map[string]Count {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make(map[string]Count, len(l.providers))
	for p, c := range l.providers {
		out[p] = *c
	}
	return out
}

// Total returns the counts of all providers.
func (l *Ledger) Total() Count {
	var sum Count
	for _, c := range l.Counts() {
		sum.Add(c)
	}
	return sum
}

// Refused returns how many forgeries were refused, by provider and kind.
func (l *Ledger) Refused() map[string]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.refused)
}

// Statuses returns how often each HTTP status was the last answer; 0 means none.
func (l *Ledger) Statuses() map[int]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.statuses)
}

// Scenario returns the scenario of an order.
func (l *Ledger) Scenario(order string) (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.scenarios[order]
	return s, ok
}

// Latency summarises the response times.
type Latency struct {
	Mean time.Duration `json:"mean"`
	P50  time.Duration `json:"p50"`
	P90  time.Duration `json:"p90"`
	P99  time.Duration `json:"p99"`
	P999 time.Duration `json:"p999"`
	Max  time.Duration `json:"max"`
}

// Latency returns the response times so far.
func (l *Ledger) Latency() Latency {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &l.times
	at := func(q float64) time.Duration { return time.Duration(t.quantiles.Query(q)) * time.Microsecond }
	return Latency{
		Mean: time.Duration(t.sum/max(t.count, 1)) * time.Microsecond,
		P50:  at(0.5), P90: at(0.9), P99: at(0.99), P999: at(0.999), Max: time.Duration(t.longest) * time.Microsecond,
	}
}

// times sums up times in µs. The quantiles are those of Prometheus' client, which is in the program anyway:
// a library of histograms would add a tenth to the download of a first start.
type times struct {
	quantiles           *quantile.Stream
	sum, count, longest int64
}

func (t *times) add(micros int64) {
	micros = max(1, micros)
	t.quantiles.Insert(float64(micros))
	t.sum, t.count, t.longest = t.sum+micros, t.count+1, max(t.longest, micros)
}

// Err returns the error of writing the ledger's file.
func (l *Ledger) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
