package console_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/console/trend"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
)

// TestTrend: a group that has stopped reading falls further behind with each look, and Readers says so.
func TestTrend(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	s.Verification(t, 1, "order-1", 1, "success", 10)
	s.Closes(t)
	s.Stop(t)
	s.Verification(t, 1, "order-1", 2, "failed", 10)
	r := start(t, s)
	group := s.Names.Group("lox24")
	r.until(t, "/readers?format=json", func(body string) bool {
		var m struct {
			Trends map[string]struct{ Direction trend.Direction }
		}
		return json.Unmarshal([]byte(body), &m) == nil && m.Trends[group].Direction == trend.Growing
	})
	if _, body, _ := r.ask(t, viewer, "/readers", nil); !strings.Contains(body, "↗ growing") {
		t.Error("the page does not say that the lag grows")
	}
}
