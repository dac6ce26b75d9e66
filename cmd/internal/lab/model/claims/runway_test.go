package claims_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/claims"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/insights/runway"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// The seeds are held out: nothing was tuned on them.
var (
	first = flag.Uint64("first", 7000, "the first seed")
	seeds = flag.Uint64("seeds", 10, "how many seeds are played")
)

var start = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// pipeline is all stages in memory, with their outputs.
type pipeline struct {
	t        *testing.T
	memory   *processortest.Memory
	signals  claims.Signals
	accounts claims.Accounts
}

func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	pseudonymiser, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("0123456789abcdef0123456789abcdef")}}})
	if err != nil {
		t.Fatal(err)
	}
	memory, err := processortest.NewMemory(processor.DefaultConfig(), processor.Deps{Privacy: pseudonymiser, Sources: []source.Source{
		{ID: "voximplant", Provider: raw.ProviderVoximplant}, {ID: "lox24", Provider: raw.ProviderLOX24},
	}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return &pipeline{t: t, memory: memory, accounts: claims.Accounts{}}
}

// take keeps the emitted signals and facts.
func (p *pipeline) take(outputs []stage.Output, err error) {
	p.t.Helper()
	for i := range outputs {
		o := &outputs[i]
		var body []byte
		if err == nil && o.Value != nil && (o.Topic == schemas.Signals || o.Topic == schemas.DecodedVoximplantAccountCallback) {
			_, body, err = wire.Parse(o.Value)
		}
		switch {
		case err != nil:
		case strings.HasPrefix(o.Topic, "deadletter."):
			p.t.Fatalf("a dead letter: %q", o.Headers)
		case o.Topic == schemas.Signals && o.Value == nil:
			p.signals.Add(string(o.Key), nil)
		case o.Topic == schemas.Signals:
			s := &avro.Signal{}
			err = s.DecodeAvro(body)
			p.signals.Add(string(o.Key), s)
		case o.Topic == schemas.DecodedVoximplantAccountCallback:
			c := &avro.VoximplantAccountCallback{}
			if err = c.DecodeAvro(body); err == nil {
				err = p.accounts.Add(c)
			}
		}
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// callback is a raw callback of an account.
func callback(t *testing.T, account, number int, at time.Time, balance float64, kind, payload string) stage.Input {
	t.Helper()
	body := map[string]any{
		"callback_id": number, "account_id": account, "hash": "00000000000000000000000000000000", "account_name": "acme", "account_email": "a@example.com",
		"language_code": "en", "account_first_name": "Ann", "account_last_name": "Lee", "currency": "USD", "balance": json.Number(fmt.Sprintf("%.4f", balance)),
		"type": kind, kind: json.RawMessage(payload),
	}
	value, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	e := raw.Envelope{
		Provider: raw.ProviderVoximplant, Source: "voximplant", SecretID: "first", ContentType: "application/json", Kind: raw.KindWebhook,
		ReceivedAt: at, RequestID: fmt.Sprint(account, "-", number), Assurance: raw.AssuranceSignedID,
	}
	return stage.Input{Topic: schemas.RawVoximplant, Key: fmt.Append(nil, "voximplant:", account), Value: value, Headers: raw.Append[stage.Header](nil, &e), Timestamp: at}
}

// spend draws the callbacks of an account that spends unevenly, is charged for a subscription, is paid for
// and falls below its minimum, all by chance.
func spend(t *testing.T, random *rand.Rand, account int) (out []stage.Input) {
	t.Helper()
	balance, perHour, every := 5+random.Float64()*200, random.ExpFloat64()*4, 3+random.IntN(60)
	number, at := 1000, time.Duration(0)
	add := func(kind, payload string) {
		number++
		out = append(out, callback(t, account, number, start.Add(at), balance, kind, payload))
	}
	for hours := 2 + random.IntN(40); at < time.Duration(hours)*time.Hour; {
		passed := time.Duration(random.IntN(2*every)) * time.Minute
		at += passed
		balance -= perHour * passed.Hours() * 2 * random.Float64()
		switch random.IntN(30) {
		case 0:
			balance += 10 + 100*random.Float64()
			add("card_payment", `{"transaction_id":51,"transaction_type":"bank_card_payment","amount":50}`)
		case 1:
			balance -= 30
			add("transcription_complete", `{"transcription_cost":0.01}`)
		case 2:
			add("min_balance", `{"is_min_credit":false,"is_repeated":false}`)
		default:
			add("transcription_complete", `{"transcription_cost":0.01}`)
		}
	}
	if len(out) == 0 {
		add("min_balance", `{"is_min_credit":false,"is_repeated":false}`)
	}
	return out
}

// TestRunwayIsThatOfTheFacts: every open claim about a balance has the figures that its account's callbacks
// give, and every account whose balance ends soon has one.
func TestRunwayIsThatOfTheFacts(t *testing.T) {
	t.Parallel()
	limits := claims.Limits{Warn: runway.DefaultSettings().Warn, Critical: runway.DefaultSettings().Critical}
	total, opened := claims.Comparison{}, 0
	for seed := *first; seed < *first+*seeds; seed++ {
		p, random := newPipeline(t), rand.New(rand.NewPCG(seed, 1))
		var all []stage.Input
		for account := range 6 {
			all = append(all, spend(t, random, account+1)...)
		}
		slices.SortStableFunc(all, func(a, b stage.Input) int { return a.Timestamp.Compare(b.Timestamp) })
		for i := range all { // some are later than the next ones, and some come twice
			if i > 0 && random.IntN(10) == 0 {
				all[i-1], all[i] = all[i], all[i-1]
			}
		}
		for i := range all {
			p.take(p.memory.Feed(all[i]))
			if random.IntN(10) == 0 {
				p.take(p.memory.Feed(all[i]))
			}
			if random.IntN(3) == 0 {
				p.take(p.memory.AdvanceTo(all[i].Timestamp))
			}
		}
		end := slices.MaxFunc(all, func(a, b stage.Input) int { return a.Timestamp.Compare(b.Timestamp) }).Timestamp.Add(time.Hour)
		p.take(p.memory.AdvanceTo(end))
		if len(p.signals.Breaches) > 0 {
			t.Errorf("seed %d: %v", seed, p.signals.Breaches)
		}
		open := p.signals.Open(avro.SignalKindAccountRunway)
		maps.DeleteFunc(open, func(key string, _ *avro.Signal) bool { return !strings.HasSuffix(key, "/balance") })
		got := p.accounts.Compare(limits, open, end, end)
		for _, d := range got.Differences {
			t.Errorf("seed %d: %+v", seed, d)
		}
		total.Equal, total.Undecided, opened = total.Equal+got.Equal, total.Undecided+got.Undecided, opened+len(open)
		spoil(t, p.accounts, limits, open, end)
	}
	t.Logf("%d seeds from %d: %d accounts, %d with a claim, %d undecided", *seeds, *first, total.Equal+total.Undecided, opened, total.Undecided)
	if opened < int(*seeds) || total.Undecided > total.Equal {
		t.Error("the seeds try too little")
	}
}

// spoil changes each figure of each claim, which must be noticed.
func spoil(t *testing.T, accounts claims.Accounts, limits claims.Limits, open map[string]*avro.Signal, end time.Time) {
	t.Helper()
	for key, s := range open {
		if len(s.Evidence) == 0 {
			continue
		}
		for i := range s.Evidence {
			wrong := *s
			wrong.Evidence = slices.Clone(s.Evidence)
			wrong.Evidence[i].Value.Value = 1.02*wrong.Evidence[i].Value.Value + 1
			if got := accounts.Compare(limits, map[string]*avro.Signal{key: &wrong}, end, end); !slices.ContainsFunc(got.Differences, func(d claims.Difference) bool { return d.Field == s.Evidence[i].Name }) {
				t.Errorf("%s: a wrong %s is not noticed", key, s.Evidence[i].Name)
			}
		}
	}
}
