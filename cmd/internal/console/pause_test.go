package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/console/consoletest"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestPause: only an operator may; a dry run does nothing; a pause asks why, is recorded before and
// after, and is shown on Flow and Readers as a calm state until the stage is resumed.
func TestPause(t *testing.T) {
	t.Parallel()
	r := pipeline(t)
	form := url.Values{"stage": {"lox24"}, "for": {"4h"}}
	for _, path := range []string{"/pause?stage=lox24", "/pause/plan", "/pause/run"} {
		values := form
		if strings.HasPrefix(path, "/pause?") {
			values = nil
		}
		for _, token := range []string{viewer, support} {
			if status, _, _ := r.ask(t, token, path, values); status != http.StatusForbidden {
				t.Errorf("%s as %s = %d", path, token, status)
			}
		}
	}
	for path, want := range map[string]int{"/pause?stage=lox42": http.StatusNotFound, "/pause?stage=lox24&for=9d": http.StatusBadRequest, "/pause?stage=lox24&for=x": http.StatusBadRequest} {
		if status, body, _ := r.ask(t, operator, path, nil); status != want {
			t.Errorf("%s = %d: %s", path, status, body)
		}
	}
	r.until(t, "/flow?format=json", func(body string) bool { return strings.Contains(body, `"verdict": "ok"`) })
	if _, body, _ := r.ask(t, viewer, "/flow", nil); strings.Contains(body, "/pause?") {
		t.Error("a viewer is offered a pause")
	}
	for _, path := range []string{"/pause?stage=lox24", "/flow"} {
		status, body, _ := r.ask(t, operator, path, nil)
		if faults := consoletest.Check(body); status != http.StatusOK || len(faults) > 0 || path == "/flow" && !strings.Contains(body, `href="/pause?stage=lox24"`) {
			t.Errorf("%s = %d, %v: %s", path, status, faults, body)
		}
	}
	status, body, _ := r.ask(t, operator, "/pause/plan", form)
	if faults := consoletest.Check(body); status != http.StatusOK || len(faults) > 0 || !strings.Contains(body, "journey, insights") || !strings.Contains(body, "for 4h") {
		t.Errorf("the plan = %d, %v: %s", status, faults, body)
	}
	if status, body, _ := r.ask(t, operator, "/pause/run", form); status != http.StatusBadRequest {
		t.Errorf("without a reason = %d: %s", status, body)
	}
	if acts := r.operations(t); len(acts) > 0 {
		t.Errorf("a dry run is recorded: %+v", acts)
	}

	form.Set("purpose", "a wrong release")
	if status, body, _ := r.ask(t, operator, "/pause/run", form); status != http.StatusSeeOther {
		t.Fatalf("the pause = %d: %s", status, body)
	}
	r.until(t, "/flow?format=json", func(body string) bool { return strings.Contains(body, `"verdict": "paused"`) })
	_, body, _ = r.ask(t, operator, "/flow", nil)
	for _, want := range []string{"paused by olga (console) since", ": a wrong release", "Resume …"} {
		if !strings.Contains(body, want) {
			t.Errorf("Flow does not say %q: %s", want, body)
		}
	}
	r.until(t, "/readers", func(body string) bool { return strings.Contains(body, "Paused by operators: ") })
	resume := url.Values{"stage": {"lox24"}, "resume": {"yes"}, "purpose": {"the next release"}}
	if status, body, _ := r.ask(t, operator, "/pause/run", resume); status != http.StatusSeeOther {
		t.Fatalf("the resume = %d: %s", status, body)
	}
	r.until(t, "/flow?format=json", func(body string) bool { return !strings.Contains(body, `"verdict": "paused"`) })
	if status, _, _ := r.ask(t, operator, "/pause/run", resume); status != http.StatusConflict {
		t.Errorf("a resume of a stage that runs = %d", status)
	}
	acts := r.operations(t)
	if len(acts) != 4 || acts[0].Action != avro.OperationActionPauseStage || acts[0].Outcome != avro.OperationOutcomeAsked || acts[0].Target != "lox24" || acts[0].Actor != "olga" ||
		acts[1].Outcome != avro.OperationOutcomeDone || acts[1].Result.Value != "paused for 4h" || acts[1].Purpose != "a wrong release" ||
		acts[2].Action != avro.OperationActionResumeStage || acts[3].Outcome != avro.OperationOutcomeDone || acts[3].Result.Value != "resumed" {
		t.Errorf("the records are %+v", acts)
	}
}
