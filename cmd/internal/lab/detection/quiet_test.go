package detection_test

import (
	"encoding/json"
	"flag"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

var (
	quietSeeds   = flag.Int("quiet-seeds", 1, "seeds of quiet days that are played through all stages for all kinds of signals")
	quietSpacing = flag.Duration("quiet-spacing", 2*time.Minute, "event time between two customers of such a day")
)

// TestQuiet plays quiet days, with their controls, an account that spends and is filled up in time, and
// providers as usual, through all stages: no kind of signal may warn, no wait may be found better,
// and each provider has its scorecard.
func TestQuiet(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	counts := map[avro.SignalKind]int{}
	days, records := 0, 0
	each(*quietSeeds, func(n int) {
		seed := *first + uint64(n)
		signals, fed := playQuiet(t, seed)
		mu.Lock()
		defer mu.Unlock()
		days++
		records += fed
		cards, seen := map[string]bool{}, map[string]bool{}
		for _, s := range signals {
			switch {
			case s.Kind == avro.SignalKindProviderScorecard && s.Severity == avro.SignalSeverityInfo:
				cards[s.Provider.Value] = true
			case !seen[s.SignalID] && (s.State == avro.SignalStateRaised || s.Severity != avro.SignalSeverityInfo):
				seen[s.SignalID] = true
				counts[s.Kind]++
				t.Errorf("seed %d: false alarm %s %s at %s: %s", seed, s.Kind, s.Severity, s.AsOf.Format("15:04"), s.Claim)
			}
		}
		for _, provider := range []string{raw.ProviderLOX24, raw.ProviderUAPAY, raw.ProviderVoximplant} {
			if !cards[provider] {
				t.Errorf("seed %d: no scorecard of %s: the day tries nothing", seed, provider)
			}
		}
	})
	t.Logf("%d quiet days, %d records; false alarms: pumping %d, frontier %d, runway %d, scorecard %d", days, records, counts[avro.SignalKindPumping],
		counts[avro.SignalKindFallbackFrontier], counts[avro.SignalKindAccountRunway], counts[avro.SignalKindProviderScorecard])
}

// playQuiet plays a quiet day and returns the signals, in order.
func playQuiet(t *testing.T, seed uint64) (signals []*avro.Signal, records int) {
	t.Helper()
	accounts := simulator.DefaultAccounts()
	pipeline := newPipeline(t, accounts, processor.StageLOX24, processor.StageUAPAY, processor.StageVoximplant, processor.StageJourney, processor.StageInsights)
	start := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	plan := simulator.NewPlan(simulator.Options{
		Seed: seed, Start: start, Accounts: accounts, Profile: simulator.Quiet,
		Scenarios: int(length / *quietSpacing), Spacing: *quietSpacing, Repeats: 0.1, Disorder: 0.1, Delays: 0.01, Forgeries: 0.02,
	})
	account := &quietAccount{random: rand.New(rand.NewPCG(seed, 7)), balance: 120}
	take := func(outputs []stage.Output, err error) {
		if err != nil {
			t.Fatal(err)
		}
		signals = append(signals, signalsAmong(t, outputs)...)
	}
	next := start
	advance := func(now time.Time) {
		for ; !now.Before(next); next = next.Add(time.Minute) {
			take(pipeline.AdvanceTo(next))
			if next.Minute()%10 == 0 {
				take(pipeline.Feed(account.callback(t, next)))
				records++
			}
		}
	}
	for {
		s, more := plan.Next()
		if !more || s.Due > length {
			break
		}
		advance(start.Add(s.Due))
		if in, ok := record(accounts, s, start); ok {
			take(pipeline.Feed(in))
			records++
		}
	}
	advance(start.Add(length + 2*time.Hour))
	return signals, records
}

// signalsAmong returns the signals among outputs.
func signalsAmong(t *testing.T, outputs []stage.Output) (signals []*avro.Signal) {
	t.Helper()
	for i := range outputs {
		if strings.HasPrefix(outputs[i].Topic, "deadletter.") {
			t.Fatalf("a dead letter: %q", outputs[i].Headers)
		}
		if s := signalOf(t, &outputs[i]); s != nil {
			signals = append(signals, s)
		}
	}
	return signals
}

// quietAccount is a telephony account that spends about a dollar an hour, unevenly, and is
// filled up long before it ends.
type quietAccount struct {
	random  *rand.Rand
	balance float64
	number  int64
}

// callback returns the raw record of the next callback.
func (a *quietAccount) callback(t *testing.T, at time.Time) stage.Input {
	t.Helper()
	a.number++
	body := map[string]any{
		"callback_id": a.number, "account_id": 1, "hash": "00000000000000000000000000000000", "account_name": "acme", "account_email": "a@example.com",
		"language_code": "en", "account_first_name": "Ann", "account_last_name": "Lee", "currency": "USD",
	}
	a.balance -= a.random.ExpFloat64() / 6
	payload := map[string]any{"type": "transcription_complete", "transcription_complete": map[string]any{"transcription_cost": 0.01}}
	if a.balance < 100 {
		a.balance += 50
		payload = map[string]any{"type": "card_payment", "card_payment": map[string]any{"amount": 50}}
	}
	maps.Copy(body, payload)
	body["balance"] = float64(int64(a.balance*100)) / 100
	value, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	e := raw.Envelope{
		Provider: raw.ProviderVoximplant, Source: "voximplant", SecretID: "first", ContentType: "application/json", Kind: raw.KindWebhook,
		ReceivedAt: at, RequestID: "call", Assurance: raw.AssuranceSignedID,
	}
	return stage.Input{Topic: schemas.RawVoximplant, Key: []byte("voximplant:1"), Value: slices.Clone(value), Headers: raw.Append[stage.Header](nil, &e), Timestamp: at}
}
