package ops_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
)

func TestServerTellsHowTheProgramIs(t *testing.T) {
	t.Parallel()
	checks := map[string]struct {
		path   string
		ok     bool
		status int
	}{
		"alive though not ready": {path: "/healthz", ok: false, status: http.StatusOK},
		"ready":                  {path: "/readyz", ok: true, status: http.StatusOK},
		"not ready":              {path: "/readyz", ok: false, status: http.StatusServiceUnavailable},
		"metrics":                {path: "/metrics", ok: true, status: http.StatusOK},
		"a page for people":      {path: "/", ok: false, status: http.StatusOK},
		"nothing else":           {path: "/other", ok: true, status: http.StatusNotFound},
	}
	for name, c := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ops.New("127.0.0.1:0", ops.About{}, ops.NewRegistry(), slog.New(slog.DiscardHandler),
				ops.Check{Name: "role", Func: func() ops.Report { return ops.Report{OK: c.ok, Detail: "detail"} }})
			if err := s.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Stop(t.Context()); err != nil {
					t.Error(err)
				}
			}()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.Addr().String()+c.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := (&http.Client{Timeout: 5 * time.Second}).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			if err := answer.Body.Close(); err != nil {
				t.Error(err)
			}
			if answer.StatusCode != c.status {
				t.Errorf("GET %s: status %d, want %d", c.path, answer.StatusCode, c.status)
			}
		})
	}
}

func TestServerSaysWhichSettingItCannotListenOn(t *testing.T) {
	t.Parallel()
	s := ops.New("no address", ops.About{}, ops.NewRegistry(), slog.New(slog.DiscardHandler))
	if err := s.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "ops.listen") {
		t.Errorf("Start: %v, want an error that names ops.listen", err)
	}
}

// TestWhyComesFirst: /readyz begins with what is wrong, and the page shows it as text.
func TestWhyComesFirst(t *testing.T) {
	t.Parallel()
	s := ops.New("127.0.0.1:0", ops.About{Role: "ingest", Version: "1.2.3", Instance: "host-1"}, ops.NewRegistry(), slog.New(slog.DiscardHandler),
		ops.Check{Name: "ingest", Func: func() ops.Report {
			return ops.Report{OK: true, Why: "Kafka is away since 17:07:33 UTC: <connection refused>", Detail: 1}
		}})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	get := func(path string) string {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.Addr().String()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := (&http.Client{Timeout: 5 * time.Second}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const want = `{"ready":true,"why":"Kafka is away since 17:07:33 UTC: \u003cconnection refused\u003e","ingest":{"ok":true,"detail":1}}` + "\n"
	if got := get("/readyz"); got != want {
		t.Errorf("readyz: %s, want %s", got, want)
	}
	page := get("/")
	for _, part := range []string{"tributary ingest", "ready", "since 17:07:33 UTC: &lt;connection refused&gt;", "version 1.2.3, instance host-1", `href="/metrics"`} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q:\n%s", part, page)
		}
	}
}
