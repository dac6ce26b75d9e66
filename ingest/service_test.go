package ingest_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

const loxPath = "/v1/lox24/lox/" + loxSecret

// TestKafkaAway: 503 within the deadline, and 200 again without a restart.
func TestKafkaAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.AnswerDeadline = 2 * time.Second })
	if a := r.post(loxPath, `{"data":{"id":"1"}}`); a.code != http.StatusOK {
		t.Fatalf("before: %d %s", a.code, a.body)
	}
	r.net.cut(true)
	started := time.Now()
	a := r.post(loxPath, `{"data":{"id":"2"}}`)
	if took := time.Since(started); a.code != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || took > 4*time.Second {
		t.Errorf("away: %d after %v, Retry-After %q", a.code, took, a.header.Get("Retry-After"))
	}
	r.counted(http.StatusServiceUnavailable, "kafka_timeout", 1)
	if h := r.service.Health(); !h.Ready || h.KafkaAwaySeconds <= 0 {
		t.Errorf("health while away: %+v", h)
	}
	r.net.cut(false)
	if a := r.post(loxPath, `{"data":{"id":"3"}}`); a.code != http.StatusOK {
		t.Errorf("the next call: %d %s", a.code, a.body)
	}
	if h := r.service.Health(); h.KafkaAwaySeconds != 0 {
		t.Errorf("health when back: %+v", h)
	}
	last := r.records(schemas.RawLOX24, 2)
	if len(last) < 2 {
		t.Errorf("%d records", len(last))
	}
}

// TestKafkaAwayFromTheStart: ingest starts without Kafka.
func TestKafkaAwayFromTheStart(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.AnswerDeadline = 300 * time.Millisecond })
	r.net.cut(true)
	if a := r.post(loxPath, `{}`); a.code != http.StatusServiceUnavailable {
		t.Errorf("%d", a.code)
	}
}

// TestRotation reloads secrets from their files; a file's last newline is cut,
// and a faulty reload changes nothing.
func TestRotation(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("first\r\n")
	r := newRig(t, func(c *ingest.Config) {
		c.Sources = []ingest.Source{{ID: "s", Provider: raw.ProviderLOX24, Secrets: []ingest.Secret{{ID: "f", Ref: ingest.Ref{File: file}}}}}
	})
	codes := func(want string, secrets ...string) {
		t.Helper()
		var got []string
		for _, s := range secrets {
			got = append(got, strconv.Itoa(r.post("/v1/lox24/s/"+s, `{}`).code))
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Error(diff)
		}
	}
	codes("200 401", "first", "second")
	write("second\n")
	if err := r.service.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	codes("401 200", "first", "second")
	write("\n")
	if err := r.service.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "sources[0].secrets[0]") {
		t.Errorf("an empty secret: %v", err)
	}
	codes("401 200", "first", "second")
}

// TestReloadThatWouldDropAll: no sources where there were some is a file that is empty
// or cut: those before stay in force, and the metric says that the reload failed.
func TestReloadThatWouldDropAll(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	if err := r.service.Reload(nil); err == nil || !strings.Contains(err.Error(), "empty or cut") {
		t.Errorf("Reload() = %v, want it refused", err)
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Errorf("afterwards: %d %s", a.code, a.body)
	}
	metrics, err := r.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range metrics {
		for _, m := range family.GetMetric() {
			if family.GetName() == "tributary_ingest_last_reload_successful" && m.GetLabel()[0].GetValue() == "sources" && m.GetGauge().GetValue() != 0 {
				t.Errorf("%s = %v, want 0", family.GetName(), m.GetGauge().GetValue())
			}
		}
	}
}

// TestRetired: a retired source needs no secrets, takes nothing, and every other goes on;
// each record says by which settings it is to be processed.
func TestRetired(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	sources := testSources("http://127.0.0.1:1")
	for i := range sources {
		sources[i].Settings = "3:" + sources[i].ID
	}
	sources = append(sources, ingest.Source{ID: "old", Provider: raw.ProviderLOX24, Retired: true})
	if err := r.service.Reload(sources); err != nil {
		t.Fatal(err)
	}
	if a := r.post("/v1/lox24/old/"+loxSecret, `{}`); a.code != http.StatusNotFound {
		t.Errorf("a retired source: %d %s", a.code, a.body)
	}
	if a := r.post(loxPath, `{"data":{"id":"1"}}`); a.code != http.StatusOK {
		t.Errorf("another: %d %s", a.code, a.body)
	}
	for _, record := range r.records(schemas.RawLOX24, 1) {
		var headers []raw.Header
		for _, h := range record.Headers {
			headers = append(headers, raw.Header(h))
		}
		if e, err := raw.Parse(headers); err != nil || e.Settings != "3:lox" {
			t.Errorf("settings of the record %q, %v; want 3:lox", e.Settings, err)
		}
	}
}

// TestReloadDropsNothing reloads beside traffic.
func TestReloadDropsNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				if err := r.service.Refresh(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	for range 200 {
		if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
			t.Fatalf("%d %s", a.code, a.body)
		}
	}
	close(stop)
	<-done
}

// TestRate limits proven requests only.
func TestRate(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.Sources[0].Rate, c.Sources[0].Burst = 0.001, 2 })
	for range 5 {
		if a := r.post("/v1/lox24/lox/wrong", `{}`); a.code != http.StatusUnauthorized {
			t.Errorf("%d", a.code)
		}
	}
	for i, want := range []int{200, 200, 429} {
		a := r.post(loxPath, `{}`)
		if a.code != want || (want == 429) != (a.header.Get("Retry-After") != "") {
			t.Errorf("request %d: %d, Retry-After %q", i, a.code, a.header.Get("Retry-After"))
		}
	}
	if err := r.service.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusTooManyRequests {
		t.Errorf("after a reload: %d", a.code)
	}
	r.counted(http.StatusTooManyRequests, "rate", 2)
}

// TestNetworks believes a forwarded address only behind a listed proxy.
func TestNetworks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		proxies   []string
		forwarded string
		code      int
	}{
		"no proxy listed":     {nil, "192.0.2.7", 401},
		"behind the proxy":    {[]string{"127.0.0.1"}, "192.0.2.7", 200},
		"another behind it":   {[]string{"127.0.0.1"}, "198.51.100.1", 401},
		"forged by the other": {[]string{"127.0.0.1"}, "192.0.2.7, 198.51.100.1", 401},
		"through two proxies": {[]string{"127.0.0.0/8", "10.0.0.0/8"}, "192.0.2.7, 10.1.1.1", 200},
		"not an address":      {[]string{"127.0.0.1"}, "192.0.2.7, x", 401},
		"with a port":         {[]string{"127.0.0.1"}, "192.0.2.7:51234", 200},
		"ports everywhere":    {[]string{"127.0.0.1"}, "192.0.2.7:51234, 127.0.0.1:443", 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(cfg *ingest.Config) {
				cfg.TrustedProxies = c.proxies
				cfg.Sources[0].AllowNetworks = []string{"192.0.2.0/24"}
			})
			if a := r.post(loxPath, `{}`, "X-Forwarded-For: "+c.forwarded); a.code != c.code {
				t.Errorf("%d, want %d", a.code, c.code)
			}
		})
	}
}

// TestSlowBody gives up on a body that does not come, and frees its room.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) {
		c.ReadTimeout, c.ReadHeaderTimeout = 100*time.Millisecond, 100*time.Millisecond
	})
	conn, err := net.Dial("tcp", r.service.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "POST "+loxPath+" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
	text, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(text), "HTTP/1.1 408 ") {
		t.Errorf("%.300s", text)
	}
	r.counted(http.StatusRequestTimeout, "body_slow", 1)
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Errorf("the next: %d %s", a.code, a.body)
	}
}

// TestValidate names every fault at once.
func TestValidate(t *testing.T) {
	t.Parallel()
	cfg := ingest.DefaultConfig()
	cfg.MaxBodyBytes = 1 << 20
	cfg.TrustedProxies = []string{"everybody"}
	cfg.Sources = []ingest.Source{
		{ID: "a", Provider: raw.ProviderLOX24},
		{ID: "a", Provider: "fax"},
		{ID: "B", Provider: raw.ProviderUAPAY, Secrets: []ingest.Secret{{ID: "x", Ref: ingest.Ref{Value: "v", Env: "E"}}, secret("x", "")}},
		{ID: "v", Provider: raw.ProviderVoximplant, Secrets: []ingest.Secret{secret("x", "v")}},
		{ID: "u", Provider: raw.ProviderUnibell, Relay: ingest.Relay{BaseURL: "api.unibell.ru"}},
	}
	err := cfg.Validate()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatal(err)
	}
	var got []string
	for _, e := range joined.Unwrap() {
		var f *ingest.Fault
		if !errors.As(e, &f) {
			t.Fatal(e)
		}
		got = append(got, f.Path)
	}
	want := []string{
		"max_body_bytes", "trusted_proxies[0]", "sources[0].secrets", "sources[1].id", "sources[1].provider",
		"sources[2].id", "sources[2].secrets[0]", "sources[2].secrets[1].id", "sources[2].secrets[1]", "sources[3].secrets[0].api_key",
		"sources[4].relay.base_url", "sources[4].relay.callers", "sources[4].relay.access_key",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFailClosed: a secret that is not there stops the start.
func TestFailClosed(t *testing.T) {
	t.Parallel()
	cfg := ingest.DefaultConfig()
	cfg.Sources = []ingest.Source{{ID: "s", Provider: raw.ProviderLOX24, Secrets: []ingest.Secret{{ID: "e", Ref: ingest.Ref{Env: "TRIBUTARY_TEST_NOT_SET"}}}}}
	s, err := ingest.New(cfg, ingest.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "sources[0].secrets[0]") {
		t.Errorf("%v", err)
	}
}
