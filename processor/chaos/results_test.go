//go:build synctests

package chaos_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	format "github.com/tributary-hq/tributary/schemas/wire"
)

// results are what the stages emitted, by what two runs of the same raw records have in common.
type results struct {
	// account counts the records of each topic in which a raw record ends.
	account map[string]int
	// counts are the sums of the providers' counts of all minutes, by provider and name. The
	// minute of a count depends on the arrival.
	counts map[string]map[string]int64
	// last are the last snapshots by topic and key, without the fields that depend on the arrival.
	last map[string]map[string]any
	// revisions are those seen by topic and key, again those that came twice.
	revisions map[string]bool
	again     []string
	// signals are the last revisions of signals by id, breaches the records that must not follow
	// the one before.
	signals  map[string]*avro.Signal
	breaches []string
}

func newResults() *results {
	return &results{
		account: map[string]int{}, counts: map[string]map[string]int64{}, last: map[string]map[string]any{}, revisions: map[string]bool{}, signals: map[string]*avro.Signal{},
	}
}

// add adds an emitted record.
func (c *results) add(topic, key string, value []byte) error {
	family, _, _ := strings.Cut(topic, ".")
	switch {
	case family == "decoded" || family == "deadletter" || topic == schemas.Duplicates:
		c.account[topic]++
	case topic == schemas.InternalInsights:
		return c.count(value)
	case family == "enriched" || family == "facts" || topic == schemas.InsightsFunnel:
		return c.snapshot(topic, key, value)
	case topic == schemas.Signals:
		return c.signal(key, value)
	}
	return nil
}

// total returns the number of raw records that ended.
func (c *results) total() (n int) {
	for _, of := range c.account {
		n += of
	}
	return n
}

// snapshot keeps a snapshot or a row.
func (c *results) snapshot(topic, key string, value []byte) error {
	name := topic + " " + key
	if value == nil {
		delete(c.last, name)
		return nil
	}
	snapshot, _ := avro.New(topic)
	if err := decode(value, snapshot); err != nil {
		return err
	}
	return c.keep(name, snapshot, ofTheArrival())
}

// keep keeps the fields of a snapshot but for some.
func (c *results) keep(name string, snapshot any, without []string) error {
	text, err := json.Marshal(snapshot)
	if err != nil {
		return err
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	if revision, ok := fields["revision"]; ok {
		seen := fmt.Sprint(name, " ", revision)
		if c.revisions[seen] {
			c.again = append(c.again, seen)
		}
		c.revisions[seen] = true
	}
	maps.DeleteFunc(fields, func(field string, _ any) bool { return slices.Contains(without, field) })
	c.last[name] = fields
	return nil
}

// ofTheArrival are the fields of snapshots that depend on the arrival: a deadline counts from
// when the first of its repeats was received.
func ofTheArrival() []string {
	return []string{"revision", "changed_by", "processed_at", "deadline", "hold_deadline", "late", "lateness_ms"}
}

// signal keeps a revision of a signal. Only open ones are compared: one that was raised and
// withdrawn in between depends on when it was evaluated.
func (c *results) signal(key string, value []byte) error {
	name := schemas.Signals + " " + key
	before := c.signals[key]
	delete(c.signals, key)
	delete(c.last, name)
	if value == nil {
		return nil
	}
	s := &avro.Signal{}
	if err := decode(value, s); err != nil {
		return err
	}
	c.signals[key] = s
	open := before != nil && before.State != avro.SignalStateWithdrawn
	follows := before == nil || s.Revision == before.Revision+1
	if follows = follows && open == (s.State != avro.SignalStateRaised) && s.WithdrawnAt.Set == (s.State == avro.SignalStateWithdrawn); !follows {
		c.breaches = append(c.breaches, fmt.Sprintf("%s: %s, revision %d", key, s.State, s.Revision))
	}
	// The scorecard of a day depends on the minutes.
	if s.State == avro.SignalStateWithdrawn || s.Kind == avro.SignalKindProviderScorecard {
		return nil
	}
	return c.keep(name, s, ofTheEvaluation())
}

// ofTheEvaluation are the fields of signals that depend on when the claim was evaluated: the claim
// and the confidence of a runway count from then.
func ofTheEvaluation() []string {
	return []string{"revision", "processed_at", "state", "as_of", "raised_at", "updated_at", "claim", "confidence"}
}

// count adds the counts of a provider's minute up.
func (c *results) count(value []byte) error {
	var in avro.InsightsInput
	if err := decode(value, &in); err != nil || in.Kind != avro.InsightsInputKindProvider {
		return err
	}
	p := &in.ProviderCounts.Value
	for name, n := range map[string]int64{
		"facts": p.Decoded, "repeats": p.Duplicates, "dead_letters": p.DeadLetters, "regressions": p.Regressions, "unknown_names": p.UnknownNames,
	} {
		plus(c.counts, p.Provider, name, n)
	}
	return nil
}

// scored returns the counts of the providers whose scorecards are due at the next full hour. The watermark of the
// insights stage is that of the journeys, and does not wait for Voximplant's stage: its counts may come later.
func (c *results) scored() map[string]map[string]int64 {
	out := maps.Clone(c.counts)
	delete(out, raw.ProviderVoximplant)
	return out
}

// cards adds the scorecards of all days of these providers up, as counts.
func (c *results) cards() map[string]map[string]int64 {
	out := map[string]map[string]int64{}
	for _, s := range c.signals {
		for i := range s.Evidence {
			e := &s.Evidence[i]
			if s.Kind == avro.SignalKindProviderScorecard && s.Provider.Value != raw.ProviderVoximplant && slices.Contains([]string{"facts", "repeats", "dead_letters", "regressions", "unknown_names"}, e.Name) {
				plus(out, s.Provider.Value, e.Name, int64(e.Value.Value))
			}
		}
	}
	return out
}

func plus(sums map[string]map[string]int64, provider, name string, n int64) {
	if sums[provider] == nil {
		sums[provider] = map[string]int64{}
	}
	sums[provider][name] += n
}

// decode reads a record's value.
func decode(value []byte, into interface{ DecodeAvro(body []byte) error }) error {
	_, body, err := format.Parse(value)
	if err != nil {
		return err
	}
	return into.DecodeAvro(body)
}
