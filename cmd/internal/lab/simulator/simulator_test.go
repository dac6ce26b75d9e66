package simulator_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	judge "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas/raw"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func options() simulator.Options {
	return simulator.Options{
		Seed: 7, Start: start(), Accounts: simulator.DefaultAccounts(), Scenarios: 4 * len(simulator.Scenarios()), InTurn: true,
		Spacing: time.Minute, Repeats: 0.3, Disorder: 0.2, Delays: 0.05, Forgeries: 0.1,
	}
}

// traffic writes down all that a plan sends.
func traffic(o simulator.Options) []string {
	var out []string
	for p := simulator.NewPlan(o); ; {
		s, more := p.Next()
		if !more {
			return out
		}
		out = append(out, s.Due.String()+" "+s.Scenario+" "+s.Path()+" "+s.Forged+" "+string(s.Body(o.Start, 0)))
	}
}

// TestSameSeedSameTraffic: a seed makes the traffic byte for byte, another seed
// another.
func TestSameSeedSameTraffic(t *testing.T) {
	t.Parallel()
	first, again := traffic(options()), traffic(options())
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the same seed makes other traffic:\n%s", diff)
	}
	other := options()
	other.Seed++
	if slices.Equal(first, traffic(other)) {
		t.Error("another seed makes the same traffic")
	}
}

// TestMarket: the market has countries with prices of their own, two currencies, refunds
// on other days, numbers of no assigned range and bodies of every provider.
func TestMarket(t *testing.T) {
	t.Parallel()
	o := options()
	o.Profile, o.InTurn, o.Scenarios, o.Spacing, o.Repeats, o.Forgeries = simulator.Market, false, 600, 7*time.Minute, 0, 0
	parts := []string{
		`"+380`, `"+447700900`, `"+99890123`, `"currency":"EUR"`, `"currency":"CHF"`, `"currency":"RUR"`, "sms.delivery", "sms.incoming",
		"whatsapp", "phone.subscribe", "account_is_frozen", "UNDELIVERABLE", "order.shipped", `"verify_code.failed"`,
	}
	seen := map[string]int{}
	longest := time.Duration(0)
	for p := simulator.NewPlan(o); ; {
		s, more := p.Next()
		if !more {
			break
		}
		longest = max(longest, s.Due-600*7*time.Minute)
		body := string(s.Body(o.Start, 0))
		for _, part := range parts {
			if strings.Contains(body, part) {
				seen[part]++
			}
		}
		if claims, _, ok := strings.Cut(strings.TrimPrefix(body, `{"token":"`), `"}`); ok && strings.Count(claims, ".") == 2 {
			text, _ := base64.RawURLEncoding.DecodeString(strings.Split(claims, ".")[1])
			if strings.Contains(string(text), "reversalAmount") && strings.Contains(string(text), `"status":"FINISHED"`) {
				seen["part refund"]++
			}
		}
	}
	for _, part := range append(parts, "part refund") {
		if seen[part] == 0 {
			t.Errorf("no %s in the market", part)
		}
	}
	if longest < 24*time.Hour || longest > simulator.Longest(simulator.Market) {
		t.Errorf("the last webhook is %v after the last scenario began, want more than a day and at most %v", longest, simulator.Longest(simulator.Market))
	}
}

// TestOrder: webhooks come in the order of their times, and those of every scenario
// and provider are there.
func TestOrder(t *testing.T) {
	t.Parallel()
	told, last, repeats, forged := map[string]bool{}, time.Duration(0), 0, 0
	n := 0
	for p := simulator.NewPlan(options()); ; n++ {
		s, more := p.Next()
		if !more {
			break
		}
		if s.Due < last {
			t.Fatalf("webhook %d is due at %v, after one at %v", n, s.Due, last)
		}
		if last = s.Due; s.Number != int64(n) {
			t.Fatalf("webhook %d has number %d", n, s.Number)
		}
		told[s.Scenario] = true
		if s.Repeat > 0 {
			repeats++
		}
		if s.Forged != "" {
			forged++
		}
	}
	if len(told) != len(simulator.Scenarios()) {
		t.Errorf("%d of %d scenarios were told", len(told), len(simulator.Scenarios()))
	}
	if share := float64(repeats) / float64(n); share < 0.15 || share > 0.4 {
		t.Errorf("%d of %d webhooks are repeats, want about 30 %%", repeats, n)
	}
	if forged == 0 {
		t.Error("nothing is forged")
	}
}

// TestPlanIsAStream: a long plan holds what is under way, not the whole run.
func TestPlanIsAStream(t *testing.T) {
	t.Parallel()
	o := options()
	o.Scenarios, o.InTurn, o.Webhooks, o.Spacing = 0, false, 50_000, time.Second
	most, n := 0, int64(0)
	for p := simulator.NewPlan(o); ; n++ {
		if _, more := p.Next(); !more {
			break
		}
		most = max(most, p.Waiting())
	}
	if n < o.Webhooks || n > o.Webhooks+200 {
		t.Errorf("%d webhooks, want about %d", n, o.Webhooks)
	}
	if most > 10_000 {
		t.Errorf("%d webhooks were held at once", most)
	}
}

// fake is an ingest of its own: it checks proofs by its own means.
type fake struct {
	t        *testing.T
	accounts simulator.Accounts
	mu       sync.Mutex
	failed   map[string]bool
	names    map[string]bool
	stored   int64
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	// The first try of every tenth body fails: nothing authentic may be lost by it.
	if key := r.URL.Path + string(body); len(body)%10 == 0 && !f.failed[key] {
		f.failed[key] = true
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	part := strings.Split(r.URL.Path, "/")
	status, records := http.StatusUnauthorized, int64(0)
	switch part[2] {
	case "lox24":
		if len(part) == 5 && (part[4] == f.accounts.Of(part[3]).Secret) {
			status, records = http.StatusOK, 1
			f.lox24(body)
		}
	case "uapay":
		if f.uapay(part[3], body) {
			status, records = http.StatusOK, 1
		}
	case "voximplant":
		status, records = f.voximplant(body)
	case "unibell":
		token := strings.TrimPrefix(r.Header.Get("X-Authorization"), "AccessKey ") + r.Header.Get("X-Tributary-Secret")
		if strings.HasPrefix(token, "demo-unibell") && !strings.HasSuffix(token, "-wrong") {
			status, records = http.StatusOK, 1
			if strings.HasSuffix(r.URL.Path, "/calls/flash") {
				records = 2
			}
		}
	}
	if part[2] == "standard" {
		hook, err := judge.NewWebhook(f.accounts.First(raw.ProviderStandard).Secret)
		if err == nil && hook.Verify(body, r.Header) == nil {
			status, records = http.StatusOK, 1
		}
	}
	f.stored += records
	w.WriteHeader(status)
}

// keys returns the names of an object's fields, and of its object "data".
func keys(t *testing.T, text []byte) []string {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Errorf("not JSON: %v", err)
	}
	out := slices.Sorted(maps.Keys(v))
	if data, ok := v["data"].(map[string]any); ok {
		for _, k := range slices.Sorted(maps.Keys(data)) {
			out = append(out, "data."+k)
		}
	}
	return out
}

// lox24 compares a body's fields with those of the provider's examples.
func (f *fake) lox24(body []byte) {
	example := "testdata/verify_code.success.json"
	for part, of := range map[string]string{
		`"verify_code.channel.`: "verify_code.channel.failed", `"sms.delivery"`: "sms.delivery", `"sms.incoming"`: "sms.incoming",
	} {
		if bytes.Contains(body, []byte(part)) {
			example = "testdata/" + of + ".json"
		}
	}
	text, err := os.ReadFile(example)
	if err != nil {
		f.t.Error(err)
		return
	}
	if diff := cmp.Diff(keys(f.t, text), keys(f.t, body)); diff != "" {
		f.t.Errorf("fields of LOX24's example and of ours (-example +ours):\n%s", diff)
	}
}

func (f *fake) uapay(source string, body []byte) bool {
	var envelope struct{ Token string }
	if json.Unmarshal(body, &envelope) != nil {
		return false
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithoutClaimsValidation())
	_, err := parser.Parse(envelope.Token, func(*jwt.Token) (any, error) { return []byte(f.accounts.Of(source).Secret), nil })
	return err == nil
}

func (f *fake) voximplant(body []byte) (status int, records int64) {
	var batch struct {
		Callbacks []struct {
			AccountID  json.Number `json:"account_id"`
			CallbackID json.Number `json:"callback_id"`
			Type, Hash string
		}
	}
	if err := json.Unmarshal(body, &batch); err != nil {
		f.t.Errorf("batch: %v", err)
	}
	status = http.StatusOK
	vox := f.accounts.First(raw.ProviderVoximplant)
	for _, c := range batch.Callbacks {
		f.names[c.Type] = true
		if c.Hash == simulator.VoximplantHash(vox.Salt, c.AccountID.String(), vox.APIKey, c.CallbackID.String()) {
			records++
		} else {
			status = http.StatusUnauthorized
		}
	}
	return status, records
}

// TestRun sends all scenarios to a server that checks proofs and shapes, and fails
// at times: all that is authentic is accepted, all that is forged refused, and the
// ledger says so, from memory as from its file.
func TestRun(t *testing.T) {
	t.Parallel()
	f := &fake{t: t, accounts: simulator.DefaultAccounts(), failed: map[string]bool{}, names: map[string]bool{}}
	server := httptest.NewServer(f)
	defer server.Close()
	var file bytes.Buffer
	ledger := simulator.NewLedger(&file, true)
	target := simulator.Target{URL: server.URL, Concurrency: 8}
	if err := simulator.Run(t.Context(), simulator.NewPlan(options()), target, ledger); err != nil {
		t.Fatal(err)
	}
	total := ledger.Total()
	if total.Lost != 0 || total.Forged == 0 || total.Forged != total.Refused {
		t.Errorf("total = %+v, want none lost and every forgery refused", total)
	}
	if total.Accepted != f.stored {
		t.Errorf("the ledger has %d records accepted, the server %d", total.Accepted, f.stored)
	}
	if total.Tries <= total.Webhooks || total.Uncertain < total.Tries-total.Webhooks {
		t.Errorf("total = %+v, want a further try for each failure", total)
	}
	if len(f.names) < 36 {
		t.Errorf("%d types of Voximplant callbacks, want all", len(f.names))
	}
	if l := ledger.Latency(); l.P50 <= 0 || l.Max < l.P99 {
		t.Errorf("latency = %+v", l)
	}
	read, err := simulator.ReadLedger(&file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ledger.Counts(), read); diff != "" {
		t.Errorf("ledger (-in memory +from its file):\n%s", diff)
	}
	if scenario, ok := ledger.Scenario("order-7-1"); !ok || scenario != simulator.Scenarios()[0] {
		t.Errorf("Scenario() = %q, %v", scenario, ok)
	}
}

// TestStop: a run that is stopped says what it could not deliver.
func TestStop(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer server.Close()
	ledger := simulator.NewLedger(nil, false)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := simulator.Run(ctx, simulator.NewPlan(options()), simulator.Target{URL: server.URL, Concurrency: 2, Rate: 1000}, ledger); err != nil {
		t.Fatal(err)
	}
	if total := ledger.Total(); total.Lost == 0 || total.Accepted != 0 || total.Refused != 0 {
		t.Errorf("total = %+v, want what was under way lost", total)
	}
}

// TestUnibell: the provider behind the relay answers as it documents.
func TestUnibell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ key, body, want string }{
		"accepted": {"AccessKey k", `{"reference":"r","sourceAddr":"79001234567","destAddr":"74951234567","code":"1"}`, `"status":"ok"`},
		"refused":  {"AccessKey k", `{"sourceAddr":"` + simulator.RefusedNumber + `"}`, "invalidDataError"},
		"no key":   {"", `{}`, "invalidAccessKeyError"},
		"no json":  {"AccessKey k", `<html>`, "requiredJsonError"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/apps/flash/calls/flash", strings.NewReader(c.body))
			if c.key != "" {
				r.Header.Set("X-Authorization", c.key)
			}
			w := httptest.NewRecorder()
			simulator.Unibell().ServeHTTP(w, r)
			if got := w.Body.String(); !strings.Contains(got, c.want) {
				t.Errorf("answer = %s, want %s in it", got, c.want)
			}
		})
	}
}

// TestExamples: there is one of every entrance, as a shell command.
func TestExamples(t *testing.T) {
	t.Parallel()
	examples := simulator.Examples(simulator.DefaultAccounts(), start(), "it's-1")
	var text strings.Builder
	for i := range examples {
		text.WriteString(examples[i].Curl("http://127.0.0.1:1") + "\n")
	}
	all := text.String()
	for _, want := range []string{"/v1/lox24/", "/v1/uapay/", "/v1/voximplant/", "/calls/flash", "X-Tributary-Secret", `it'\''s-1`} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in the examples:\n%s", want, all)
		}
	}
}
