package ops_test

import (
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
	}
	for name, c := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ops.New("127.0.0.1:0", ops.NewRegistry(), slog.New(slog.DiscardHandler),
				ops.Check{Name: "role", Func: func() (bool, any) { return c.ok, "detail" }})
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
	s := ops.New("no address", ops.NewRegistry(), slog.New(slog.DiscardHandler))
	if err := s.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "ops.listen") {
		t.Errorf("Start: %v, want an error that names ops.listen", err)
	}
}
