package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
)

// The answers of Alertmanager's API, version 2.
const (
	firing = `{"annotations":{"runbook_url":"https://example.org/runbook#stuck","summary":"A stage is stuck."},"endsAt":"2026-11-30T11:55:00.000Z","fingerprint":"0f1e2d3c4b5a6978",
		"receivers":[{"name":"night"}],"startsAt":"2026-11-30T11:51:00.000Z","status":{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"},
		"updatedAt":"2026-11-30T11:51:00.000Z","generatorURL":"http://prometheus/graph","labels":{"alertname":"TributaryStuck","severity":"page"}}`
	silenced = `{"annotations":{"summary":"Silenced."},"endsAt":"2026-11-30T11:55:00.000Z","fingerprint":"1f1e2d3c4b5a6978","receivers":[{"name":"night"}],
		"startsAt":"2026-11-30T11:51:00.000Z","status":{"inhibitedBy":[],"mutedBy":[],"silencedBy":["d9ac2a1b"],"state":"suppressed"},
		"updatedAt":"2026-11-30T11:51:00.000Z","labels":{"alertname":"TributarySilent","severity":"ticket"}}`
)

// TestAlerts: none is configured, some are open, some silenced, none is open, Alertmanager is away.
func TestAlerts(t *testing.T) {
	t.Parallel()
	var answer atomic.Value
	answer.Store("[" + firing + "," + silenced + "]")
	alertmanager := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := answer.Load().(string)
		if r.URL.Path != "/api/v2/alerts" || text == "" {
			http.Error(w, "away", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(alertmanager.Close)
	for name, c := range map[string]struct {
		address, answer string
		want            func(*feed.Alerts) bool
	}{
		"not configured": {"", "[]", func(a *feed.Alerts) bool { return a != nil && !a.Configured && len(a.Open) == 0 }},
		"open and silenced": {alertmanager.URL, "[" + firing + "," + silenced + "]", func(a *feed.Alerts) bool {
			return a.Configured && a.Silenced == 1 && len(a.Open) == 1 && a.Open[0].Name == "TributaryStuck" && a.Open[0].Severity == "page" &&
				a.Open[0].Summary == "A stage is stuck." && strings.HasSuffix(a.Open[0].Runbook, "#stuck") && !a.Open[0].Since.IsZero()
		}},
		"none": {alertmanager.URL, "[]", func(a *feed.Alerts) bool { return a.Configured && len(a.Open) == 0 && a.Silenced == 0 }},
		"away": {alertmanager.URL, "", func(a *feed.Alerts) bool { return a == nil }},
	} {
		answer.Store(c.answer)
		f := feed.New(feed.Config{Alertmanager: c.address})
		result := f.Alerts.Get(t.Context())
		f.Close()
		if !c.want(result.Value) || (result.Err != nil) != (name == "away") {
			t.Errorf("%s: %+v, %v", name, result.Value, result.Err)
		}
	}
}
