package ingest_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	loxSecret    = "lox-secret-one"
	loxSecretTwo = "lox-secret-two"
	payKey       = "uapay-secret-one"
	payKeyOther  = "uapay-secret-of-another-source"
	voxSalt      = "voximplant-salt"
	voxKey       = "voximplant-api-key"
	callerToken  = "caller-token"
	accessKey    = "the-access-key"
	uniSecret    = "unibell-secret"
)

// rig is a running ingest before an embedded broker.
type rig struct {
	t        *testing.T
	service  *ingest.Service
	url      string
	broker   *kfake.Cluster
	net      *network
	registry *prometheus.Registry
	logs     *safeBuffer
	client   *http.Client
}

// network is the way to the broker; it can be cut.
type network struct {
	mu    sync.Mutex
	away  error
	conns []net.Conn
}

func (n *network) dial(ctx context.Context, proto, host string) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.away != nil {
		return nil, n.away
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, proto, host)
	if err == nil {
		n.conns = append(n.conns, c)
	}
	return c, err
}

func (n *network) cut(away bool) {
	if away {
		n.fail(errors.New("the broker is away"))
	} else {
		n.fail(nil)
	}
}

// fail makes dialling fail, and cuts what there is.
func (n *network) fail(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.away = err
	if err != nil {
		for _, c := range n.conns {
			_ = c.Close()
		}
		n.conns = nil
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func value(v string) ingest.Ref { return ingest.Ref{Value: ingest.Hidden(v)} }

func secret(id, v string) ingest.Secret { return ingest.Secret{ID: id, Ref: value(v)} }

func testSources(relayURL string) []ingest.Source {
	return []ingest.Source{
		{ID: "lox", Provider: raw.ProviderLOX24, Secrets: []ingest.Secret{secret("old", loxSecret), secret("new", loxSecretTwo)}},
		{ID: "pay", Provider: raw.ProviderUAPAY, Secrets: []ingest.Secret{secret("k0", "an-older-key"), secret("k1", payKey)}},
		{ID: "pay-two", Provider: raw.ProviderUAPAY, Secrets: []ingest.Secret{secret("k1", payKeyOther)}},
		{ID: "vox", Provider: raw.ProviderVoximplant, Secrets: []ingest.Secret{{ID: "v1", Salt: value(voxSalt), APIKey: value(voxKey)}}},
		{
			ID: "uni", Provider: raw.ProviderUnibell, Secrets: []ingest.Secret{secret("s1", uniSecret)},
			Relay: ingest.Relay{BaseURL: relayURL, Callers: []ingest.Secret{secret("app", callerToken)}, AccessKey: value(accessKey)},
		},
	}
}

func newRig(t *testing.T, change func(*ingest.Config)) *rig {
	t.Helper()
	return newRigWith(t, change, nil)
}

func newRigWith(t *testing.T, change func(*ingest.Config), changeDeps func(*ingest.Deps)) *rig {
	t.Helper()
	topics := []string{schemas.RawLOX24, schemas.RawUAPAY, schemas.RawVoximplant, schemas.RawUnibell}
	for i := range topics {
		topics[i] = "test." + topics[i]
	}
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topics...))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{
		t: t, broker: broker, net: &network{}, registry: prometheus.NewRegistry(), logs: &safeBuffer{},
		client: &http.Client{Transport: &http.Transport{}},
	}
	cfg := ingest.DefaultConfig()
	cfg.Listen = "127.0.0.1:0"
	cfg.Linger = 0
	cfg.Sources = testSources("http://127.0.0.1:1")
	if change != nil {
		change(&cfg)
	}
	deps := ingest.Deps{
		Kafka: []kgo.Opt{kgo.SeedBrokers(broker.ListenAddrs()...), kgo.Dialer(r.net.dial)},
		Names: schemas.Names{Prefix: "test."}, Registerer: r.registry,
		Logger: slog.New(slog.NewTextHandler(r.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if changeDeps != nil {
		changeDeps(&deps)
	}
	r.service, err = ingest.New(cfg, deps)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.service.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.net.cut(false) // what is still buffered is written
		r.client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.service.Stop(ctx); err != nil {
			t.Error(err)
		}
		broker.Close()
	})
	r.url = "http://" + r.service.Addr()
	return r
}

// answer is what a request got.
type answer struct {
	code   int
	header http.Header
	body   string
	parsed struct {
		Status  int    `json:"status"`
		Detail  string `json:"detail"`
		Refused []int  `json:"refused"`
		Records []struct {
			Topic     string `json:"topic"`
			Partition int32  `json:"partition"`
			Offset    int64  `json:"offset"`
		} `json:"records"`
	}
}

// send makes one request; headers are "Key: value".
func (r *rig) send(method, path string, body io.Reader, headers ...string) answer {
	r.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, r.url+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		key, v, _ := strings.Cut(h, ": ")
		request.Header.Set(key, v)
	}
	response, err := r.client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	a := answer{code: response.StatusCode, header: response.Header, body: string(text)}
	if strings.HasSuffix(response.Header.Get("Content-Type"), "json") {
		_ = json.Unmarshal(text, &a.parsed)
	}
	return a
}

func (r *rig) post(path, body string, headers ...string) answer {
	r.t.Helper()
	return r.send(http.MethodPost, path, strings.NewReader(body), headers...)
}

// records reads as many raw records as are wanted.
func (r *rig) records(topic string, want int) []*kgo.Record {
	r.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(r.broker.ListenAddrs()...), kgo.ConsumeTopics("test."+topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		r.t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var out []*kgo.Record
	for len(out) < want {
		fetches := client.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			r.t.Fatalf("%d of %d records in %s: %v", len(out), want, topic, err)
		}
		out = append(out, fetches.Records()...)
	}
	return out
}

func envelope(t *testing.T, r *kgo.Record) raw.Envelope {
	t.Helper()
	headers := make([]raw.Header, len(r.Headers))
	for i, h := range r.Headers {
		headers[i] = raw.Header(h)
	}
	e, err := raw.Parse(headers)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func header(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

func testdata(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// sign makes a token over claims as text, so that anything can be signed.
func sign(tb testing.TB, method jwt.SigningMethod, key any, claims string) string {
	tb.Helper()
	enc := func(text string) string { return strings.TrimRight(jwtEncode(text), "=") }
	signed := enc(`{"alg":"`+method.Alg()+`","typ":"JWT"}`) + "." + enc(claims)
	signature, err := method.Sign(signed, key)
	if err != nil {
		tb.Fatal(err)
	}
	return signed + "." + strings.TrimRight(jwtEncode(string(signature)), "=")
}

func tokenBody(token string) string { return `{"token":"` + token + `"}` }

// callback makes a Voximplant callback with a right hash; ids are JSON texts.
func callback(account, id, more string) string {
	sum := md5.Sum([]byte(voxSalt + strings.Trim(account, `"`) + voxKey + strings.Trim(id, `"`)))
	return `{"callback_id":` + id + `,"account_id":` + account + `,"hash":"` + hex.EncodeToString(sum[:]) + `"` + more + `}`
}

func batch(items ...string) string { return `{"callbacks": [` + strings.Join(items, " ,\n") + `]}` }

func callbacks(n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = callback("7", strconv.Itoa(i+1), "")
	}
	return batch(items...)
}
