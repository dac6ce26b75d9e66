package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/console/consoletest"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestForget: only an operator may; a dry run does nothing; an erasure asks why, is recorded before and
// after, and is carried out by the stages.
func TestForget(t *testing.T) {
	t.Parallel()
	r := pipeline(t)
	form := url.Values{"phone": {tracetest.Phone}, "journeys": {"yes"}, "purpose": {"request 17 of the person"}}
	for _, path := range []string{"/forget", "/forget/plan", "/forget/run"} {
		values := form
		if path == "/forget" {
			values = nil
		}
		if status, _, _ := r.ask(t, support, path, values); status != http.StatusForbidden {
			t.Errorf("%s as support = %d", path, status)
		}
	}
	status, body, _ := r.ask(t, operator, "/forget/plan", form)
	if faults := consoletest.Check(body); status != http.StatusOK || len(faults) > 0 || !strings.Contains(body, tracetest.VerificationKey(1)) ||
		!strings.Contains(body, tracetest.PaymentKey(1)) || strings.Contains(body, tracetest.Phone[1:]) {
		t.Fatalf("the plan = %d, %v: %s", status, faults, body)
	}
	run := url.Values{"journeys": {"yes"}}
	for _, m := range regexp.MustCompile(`name="pseudonym" value="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		run.Add("pseudonym", m[1])
	}
	if status, body, _ := r.ask(t, operator, "/forget/run", run); status != http.StatusBadRequest {
		t.Errorf("without a reason = %d: %s", status, body)
	}
	if acts := r.operations(t); len(acts) != 1 || acts[0].Action != avro.OperationActionFindPhone || acts[0].Target != "" {
		t.Errorf("the dry run for a phone is recorded as %+v", acts)
	}
	run.Set("purpose", "request 17 of the person")
	if status, body, _ := r.ask(t, operator, "/forget/run", run); status != http.StatusSeeOther {
		t.Fatalf("the erasure = %d: %s", status, body)
	}
	r.until(t, "/forget?format=json", func(body string) bool { return strings.Contains(body, tracetest.PaymentKey(1)) })
	acts := r.operations(t)[1:]
	if len(acts) != 2 || acts[0].ActID != acts[1].ActID || acts[0].Action != avro.OperationActionForget || acts[0].Outcome != avro.OperationOutcomeAsked ||
		acts[0].Records.Value != 2 || acts[1].Outcome != avro.OperationOutcomeDone || acts[1].Records.Value != 2 || acts[1].Purpose != "request 17 of the person" {
		t.Errorf("the records are %+v", acts)
	}
	if _, body, _ := r.ask(t, operator, "/forget", nil); !strings.Contains(body, "2 entities are forgotten.") {
		t.Errorf("the page says %s", body)
	}
	r.until(t, "/case?id=order-1&format=json", func(body string) bool { return !strings.Contains(body, `"complete": true`) })
}
