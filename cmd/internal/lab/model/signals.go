package model

import (
	"maps"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/claims"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Scorecard holds the sums over a provider's scorecards of all days.
type Scorecard struct {
	Facts, Repeats, DeadLetters int
	// Regressions and Conflicts count payments.
	Regressions, Conflicts int

	// Undecided is set if the scorecard of the last records may not be due yet.
	Undecided bool `json:"-"`
}

// scorecardDelay is how long after its receipt a record is counted at most, in event time: its minute
// has to end, and the minute's counts have to reach the insights stage.
const scorecardDelay = 10 * time.Minute

// Scorecards computes the sums of every provider.
func (m *Model) Scorecards(sure, now time.Time) map[string]*Scorecard {
	out := map[string]*Scorecard{}
	for provider, e := range m.expected {
		due := m.last[provider].Add(scorecardDelay).Truncate(time.Hour).Add(time.Hour)
		out[provider] = &Scorecard{Facts: int(e.Decoded), Repeats: int(e.Duplicates), DeadLetters: int(e.DeadLetters), Undecided: due.After(sure)}
	}
	for _, p := range m.payments {
		c := out[raw.ProviderUAPAY]
		v := p.judge(&m.settings, now, sure)
		if v.Regression {
			c.Regressions++
		}
		if v.Conflict {
			c.Conflicts++
		}
	}
	return out
}

// signal keeps a revision of a claim.
func (e *entities) signal(r *kgo.Record) error {
	if r.Value == nil {
		e.signals.Add(string(r.Key), nil)
		return nil
	}
	s := &avro.Signal{}
	err := decode(r.Value, s.DecodeAvro)
	e.signals.Add(string(r.Key), s)
	return err
}

// account keeps a fact of a telephony account.
func (e *entities) account(r *kgo.Record) error {
	c := &avro.VoximplantAccountCallback{}
	if err := decode(r.Value, c.DecodeAvro); err != nil {
		return err
	}
	return e.accounts.Add(c)
}

// runways compares the claims about the accounts' balances with their facts.
func (e *entities) runways(m *Model, sure, now time.Time) Comparison {
	balances := e.signals.Open(avro.SignalKindAccountRunway)
	maps.DeleteFunc(balances, func(key string, _ *avro.Signal) bool { return !strings.HasSuffix(key, "/balance") })
	got := e.accounts.Compare(m.settings.Runway, balances, sure, now)
	return comparisonOf("runway", &got)
}

// comparisonOf returns a comparison of claims of a kind as one of entities.
func comparisonOf(kind string, got *claims.Comparison) Comparison {
	out := Comparison{Equal: got.Equal, Undecided: got.Undecided, Different: len(got.Differences)}
	for _, d := range got.Differences {
		out.Differences = append(out.Differences, Difference{Kind: kind, Key: d.Key, Field: d.Field, Model: d.Facts, Processor: d.Claim})
	}
	return out
}

// scorecards adds the scorecards of all days up.
func (e *entities) scorecards() map[string]*Scorecard {
	out := map[string]*Scorecard{}
	for _, s := range e.signals.Last {
		if s.Kind != avro.SignalKindProviderScorecard {
			continue
		}
		c := out[s.Provider.Value]
		if c == nil {
			c = &Scorecard{}
			out[s.Provider.Value] = c
		}
		counts := map[string]*int{
			"facts": &c.Facts, "repeats": &c.Repeats, "dead_letters": &c.DeadLetters, "regressions": &c.Regressions, "conflicts": &c.Conflicts,
		}
		for i := range s.Evidence {
			if n := counts[s.Evidence[i].Name]; n != nil {
				*n += int(s.Evidence[i].Value.Value)
			}
		}
	}
	return out
}

// claims counts the claims that were raised and not withdrawn, by kind.
func (e *entities) claims() map[string]int {
	out := map[string]int{}
	for _, s := range e.signals.Last {
		if s.State != avro.SignalStateWithdrawn {
			out[string(s.Kind)]++
		}
	}
	return out
}
