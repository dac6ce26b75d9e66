package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// atLimit is a body of exactly the limit, which no stage can handle.
type atLimit struct {
	path, raw, letters string
	cause              stage.Cause
	// body writes it around filling text that does not compress.
	body func(fill string) string
}

func bodiesAtLimit(t *testing.T, a simulator.Accounts) map[string]atLimit {
	t.Helper()
	token := func(claims jwt.MapClaims) string {
		text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(a.First(raw.ProviderUAPAY).Secret))
		if err != nil {
			t.Fatal(err)
		}
		return `{"token":"` + text + `"}`
	}
	return map[string]atLimit{
		"lox24": {
			"/v1/lox24/" + a.First(raw.ProviderLOX24).Source + "/" + a.First(raw.ProviderLOX24).Secret, schemas.RawLOX24, schemas.DeadLetterLOX24, stage.CauseUnknownType,
			func(fill string) string {
				return `{"id":"d04b2f3e-5c6d-4d7b-9f8a-0e1b2c3d4e5f","name":"verify_code.success","api_version":"2099-01-01","created_at":1735689555,` +
					`"attempt_total":1,"attempt_number":1,"data":{"id":"limit","fill":"` + fill + `"}}`
			},
		},
		"uapay": {
			"/v1/uapay/" + a.First(raw.ProviderUAPAY).Source, schemas.RawUAPAY, schemas.DeadLetterUAPAY, stage.CauseSchemaMismatch,
			// Beside the token, for base64 does not grow by single bytes.
			func(fill string) string {
				return strings.Replace(token(jwt.MapClaims{"paymentId": "limit", "amount": "not a number", "iat": time.Now().Unix()}), "{", `{"fill":"`+fill+`",`, 1)
			},
		},
		"voximplant, bare": {
			"/v1/voximplant/" + a.First(raw.ProviderVoximplant).Source, schemas.RawVoximplant, schemas.DeadLetterVoximplant, stage.CauseSchemaMismatch,
			func(fill string) string {
				return `{"callback_id":1,"account_id":7,"type":5,"hash":"` + simulator.VoximplantHash(a.First(raw.ProviderVoximplant).Salt, "7", a.First(raw.ProviderVoximplant).APIKey, "1") + `","fill":"` + fill + `"}`
			},
		},
		"unibell status": {
			"/v1/unibell/" + a.First(raw.ProviderUnibell).Source + "/" + a.First(raw.ProviderUnibell).Secret, schemas.RawUnibell, schemas.DeadLetterUnibell, stage.CauseSchemaMismatch,
			func(fill string) string { return `{"reference":"limit","fill":"` + fill + `"}` },
		},
	}
}

// filled makes a body of n bytes.
func (c *atLimit) filled(t *testing.T, random *rand.Rand, n int) string {
	t.Helper()
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	fill := make([]byte, n-len(c.body("")))
	for i := range fill {
		fill[i] = letters[random.IntN(len(letters))]
	}
	body := c.body(string(fill))
	if len(body) != n {
		t.Fatalf("the body has %d bytes, want %d", len(body), n)
	}
	return body
}

// TestBodyAtLimit sends the largest body there may be all the way: raw topic,
// processor, dead letters, back to the raw topic, dead letters again. It stays the
// same to the byte, and a byte more is refused.
func TestBodyAtLimit(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	brokers := cluster(t)
	registryURL, stopRegistry := embedded.Registry()
	t.Cleanup(stopRegistry)
	unibell := httptest.NewServer(simulator.Unibell())
	t.Cleanup(unibell.Close)
	accounts := simulator.DefaultAccounts()
	file := settings(t, unibell.URL, accounts)
	prefix := "limit" + strconv.FormatUint(seed, 36) + "."
	env := []string{
		"TRIBUTARY_KAFKA__BROKERS=" + brokers, "TRIBUTARY_KAFKA__PREFIX=" + prefix, "TRIBUTARY_REGISTRY__URLS=" + registryURL,
		"TRIBUTARY_PROCESSOR__ENGINE__INSTANCE_ID=one", "TRIBUTARY_PROCESSOR__ENGINE__STATE_DIR=" + filepath.Join(t.TempDir(), "state"),
	}
	call(t, env, "topics", "apply", "-c", file)
	call(t, env, "schemas", "register", "-c", file)
	in := start(t, env, "ingest", "-c", file)
	url := "http://" + in.says(`ingest is listening" address=(\S+)`)
	out := start(t, env, "processor", "-c", file)

	limit := int(ingest.DefaultConfig().MaxBodyBytes)
	seen := map[string]string{}
	for name, c := range bodiesAtLimit(t, accounts) {
		body := c.filled(t, random, limit)
		send(t, name, url+c.path, body, http.StatusOK)
		send(t, name, url+c.path, body+" ", http.StatusRequestEntityTooLarge)
		seen[prefix+c.letters] = body
	}
	for _, c := range bodiesAtLimit(t, accounts) {
		letters := tailing(t, brokers, prefix+c.letters)
		want := seen[prefix+c.letters]
		first := letters(1)[0]
		sameLetter(t, first, want, c.cause)
		back := *first
		back.Topic, back.Partition = prefix+c.raw, 0
		produce(t, brokers, &back)
		second := letters(1)[0]
		sameLetter(t, second, want, c.cause)
		if !bytes.Equal(first.Key, second.Key) {
			t.Errorf("%s: the key became %q", second.Topic, second.Key)
		}
	}
	in.stop()
	out.stop()
}

func sameLetter(t *testing.T, r *kgo.Record, body string, cause stage.Cause) {
	t.Helper()
	got := ""
	for _, h := range r.Headers {
		if h.Key == dlq.HeaderCause {
			got = string(h.Value)
		}
	}
	if string(r.Value) != body || got != string(cause) {
		t.Errorf("%s: %d bytes, equal %v, cause %q, want %q", r.Topic, len(r.Value), string(r.Value) == body, got, cause)
	}
}

func send(t *testing.T, name, url, body string, want int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != want {
		t.Errorf("%s: %d for %d bytes, want %d", name, response.StatusCode, len(body), want)
	}
}

// tailing reads a topic from its start, as many records at a time as are asked for.
func tailing(t *testing.T, brokers, topic string) func(n int) []*kgo.Record {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return func(n int) []*kgo.Record {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var out []*kgo.Record
		for len(out) < n {
			out = append(out, client.PollRecords(ctx, n-len(out)).Records()...)
			if ctx.Err() != nil {
				t.Fatalf("%s: %d of %d records in time", topic, len(out), n)
			}
		}
		return out
	}
}

// produce puts a record back as a replay does.
func produce(t *testing.T, brokers string, r *kgo.Record) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.ProducerBatchMaxBytes(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	again := &kgo.Record{Topic: r.Topic, Key: r.Key, Value: r.Value}
	for _, h := range r.Headers {
		if !strings.HasPrefix(h.Key, "tributary-dlq-") {
			again.Headers = append(again.Headers, h)
		}
	}
	if err := client.ProduceSync(ctx, again).FirstErr(); err != nil {
		t.Fatal(fmt.Errorf("produce to %s: %w", r.Topic, err))
	}
}
