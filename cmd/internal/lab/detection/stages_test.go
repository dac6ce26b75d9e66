package detection_test

import (
	"flag"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/ingest/lox24"
	"github.com/tributary-hq/tributary/ingest/uapay"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/insights/pumping"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

var stageSeeds = flag.Int("stage-seeds", 0, "seeds of attacks that are played through all stages, and as many quiet ones")

// TestStages is TestDetection through the real stages: from raw records to signals.v1.
func TestStages(t *testing.T) {
	t.Parallel()
	if *stageSeeds == 0 {
		t.Skip("-stage-seeds is 0")
	}
	measure(t, *stageSeeds, playStages)
}

// newPipeline returns stages in memory. Journeys wait for codes and payments only.
func newPipeline(t *testing.T, accounts simulator.Accounts, stages ...string) *processortest.Memory {
	t.Helper()
	pseudonymiser, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("0123456789abcdef0123456789abcdef")}}, BlockK: k})
	if err != nil {
		t.Fatal(err)
	}
	config := processor.DefaultConfig()
	config.Stages, config.Upstreams = stages, []string{processor.StageLOX24, processor.StageUAPAY}
	pipeline, err := processortest.NewMemory(config, processor.Deps{Privacy: pseudonymiser, Sources: demo.ProcessorSources(accounts)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return pipeline
}

// playStages plays a day of a profile through the stages of the codes, payments and journeys,
// and returns the signals about it.
func playStages(t *testing.T, profile string, seed uint64) *run {
	t.Helper()
	accounts := simulator.DefaultAccounts()
	pipeline := newPipeline(t, accounts, processor.StageLOX24, processor.StageUAPAY, processor.StageJourney, processor.StageInsights)
	plan, start := newPlan(profile, seed)
	r, o, next := &run{codes: map[string][]time.Time{}, start: start}, newObserver(), start
	for {
		s, more := plan.Next()
		if !more || s.Due > length {
			break
		}
		for now := start.Add(s.Due); !now.Before(next); next = next.Add(time.Minute) {
			outputs, err := pipeline.AdvanceTo(next)
			if err != nil {
				t.Fatal(err)
			}
			r.read(t, outputs)
		}
		if _, observations := o.observe(s, start); len(observations) > 0 && observations[0].Codes > 0 {
			r.codes[s.Scenario] = append(r.codes[s.Scenario], observations[0].Minute)
		}
		in, ok := record(accounts, s, start)
		if !ok {
			continue
		}
		outputs, err := pipeline.Feed(in)
		if err != nil {
			t.Fatal(err)
		}
		r.read(t, outputs)
	}
	r.incidents = plan.Incidents()
	return r
}

// record returns the raw record that ingest makes of a webhook about a code or a payment.
func record(accounts simulator.Accounts, s *simulator.Send, start time.Time) (in stage.Input, ok bool) {
	if s.Forged != "" {
		return in, false
	}
	body, at := s.Body(start, 0), start.Add(s.Due)
	e := raw.Envelope{
		Provider: s.Provider(), Source: source(s), SecretID: "first", ContentType: "application/json", Kind: raw.KindWebhook, ReceivedAt: at,
		RequestID: "request-" + strconv.FormatInt(s.Number, 10),
	}
	var key, topic string
	var err error
	switch s.Provider() {
	case raw.ProviderLOX24:
		topic, e.Assurance = schemas.RawLOX24, raw.AssuranceSharedSecret
		key, err = lox24.Key(body)
	case raw.ProviderUAPAY:
		topic, e.Assurance = schemas.RawUAPAY, raw.AssuranceSignedBody
		key, _, err = uapay.NewVerifier([]uapay.Secret{{ID: "first", Key: []byte(accounts.Of(source(s)).Secret)}}).Verify(body)
	default:
		return in, false
	}
	return stage.Input{Topic: topic, Key: []byte(key), Value: body, Headers: raw.Append[stage.Header](nil, &e), Timestamp: at}, err == nil
}

// read adds the signals among outputs as claims.
func (r *run) read(t *testing.T, outputs []stage.Output) {
	t.Helper()
	for i := range outputs {
		out := &outputs[i]
		if strings.HasPrefix(out.Topic, "deadletter.") {
			t.Fatalf("a dead letter: %q", out.Headers)
		}
		if s := signalOf(t, out); s != nil && s.Kind == avro.SignalKindPumping {
			r.claims = append(r.claims, claimOf(s))
		}
	}
}

// signalOf returns the signal of an output, nil if it is another record or a tombstone.
func signalOf(t *testing.T, out *stage.Output) *avro.Signal {
	t.Helper()
	if out.Topic != schemas.Signals || out.Value == nil {
		return nil
	}
	s := &avro.Signal{}
	_, body, err := wire.Parse(out.Value)
	if err == nil {
		err = s.DecodeAvro(body)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// claimOf returns the claim of a signal.
func claimOf(s *avro.Signal) pumping.Claim {
	id, _ := strconv.ParseInt(s.SignalID[strings.LastIndexByte(s.SignalID, '/')+1:], 10, 64)
	change := map[avro.SignalState]pumping.Change{avro.SignalStateRaised: pumping.Raised, avro.SignalStateWithdrawn: pumping.Withdrawn}[s.State]
	if change == 0 {
		change = pumping.Updated
	}
	return pumping.Claim{
		ID: id, Change: change, Country: s.Country.Value, Prefix: s.Block.Value, Area: s.Area.Value, Since: s.EvidenceSince.Value,
		RaisedAt: s.RaisedAt, At: s.AsOf, Codes: s.Codes.Value, Numbers: s.Numbers.Value, Verified: s.CodesVerified.Value, Expected: s.Expected.Value, Seen: s.Seen.Value,
	}
}
