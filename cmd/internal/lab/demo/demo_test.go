package demo_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestRun plays all scenarios through the whole program: the account adds up, and
// every journey is what the model says.
func TestRun(t *testing.T) {
	t.Parallel()
	if r := run(t, demo.Options{Scale: 1}); len(r.Rows) == 0 {
		t.Error("no journey is shown")
	}
}

func run(t *testing.T, o demo.Options) *demo.Result {
	t.Helper()
	o.Seed = uint64(time.Now().UnixNano())
	t.Logf("seed %d", o.Seed)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := demo.Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("took %v, %v in the demo's time", r.Took, r.DemoTime)
	if !r.AddsUp {
		t.Errorf("it does not add up:\n%s", strings.Join(r.Faults, "\n"))
	}
	if r.Topics.Comparison.Equal == 0 {
		t.Errorf("comparison %+v: nothing was compared", r.Topics.Comparison)
	}
	if r.Topics.Funnel.Equal == 0 || r.Topics.Scorecards.Equal == 0 {
		t.Errorf("funnel %+v, scorecards %+v: nothing was compared", r.Topics.Funnel, r.Topics.Scorecards)
	}
	// Nobody pumps, and there are too few codes to judge a wait.
	for _, kind := range []avro.SignalKind{avro.SignalKindPumping, avro.SignalKindFallbackFrontier} {
		if n := r.Topics.Claims[string(kind)]; n > 0 {
			t.Errorf("%d claims of %s", n, kind)
		}
	}
	return r
}

// TestInjector: a demo that stays can be broken and repaired.
func TestInjector(t *testing.T) {
	t.Parallel()
	stay := func(ctx context.Context, place demo.Place, _ *demo.Result) error {
		for _, path := range []string{
			"/stage/journey/stop", "/record/poison", "/transaction/open", "/reader/start", "/kafka/stop", "/kafka/start", "/reader/stop", "/transaction/abort", "/stage/journey/start",
		} {
			if status := post(ctx, t, place.Faults+path); status != http.StatusOK {
				t.Errorf("%s = %d", path, status)
			}
		}
		for _, path := range []string{"/stage/nothing/stop", "/stage/journey/start", "/transaction/abort", "/reader/stop"} {
			if status := post(ctx, t, place.Faults+path); status != http.StatusConflict {
				t.Errorf("%s = %d, want 409", path, status)
			}
		}
		if families, err := place.Metrics.Gather(); err != nil || len(families) == 0 {
			t.Errorf("the metrics are %d families, %v", len(families), err)
		}
		return nil
	}
	run(t, demo.Options{Scale: 1, Stay: stay})
}

func post(ctx context.Context, t *testing.T, url string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Timeout: time.Minute}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	return answer.StatusCode
}

// TestFaults: each kind of difference is reported.
func TestFaults(t *testing.T) {
	t.Parallel()
	sound := func() (map[string]simulator.Count, *model.Result) {
		return map[string]simulator.Count{"lox24": {Accepted: 3, Forged: 1, Refused: 1}}, &model.Result{
			Accounts: map[string]model.Account{"lox24": {Raw: 3, Decoded: 1, Duplicates: 1, DeadLetters: 1}},
			Expected: map[string]model.Expected{"lox24": {Raw: 3, Decoded: 1, Duplicates: 1, DeadLetters: 1}},
		}
	}
	if sent, topics := sound(); len(demo.Faults(sent, topics)) != 0 {
		t.Errorf("Faults() = %v, want none", demo.Faults(sent, topics))
	}
	for name, spoil := range map[string]func(c *simulator.Count, a *model.Account, e *model.Expected, r *model.Result){
		"forgery accepted": func(c *simulator.Count, _ *model.Account, _ *model.Expected, _ *model.Result) { c.Refused = 0 },
		"lost":             func(c *simulator.Count, _ *model.Account, _ *model.Expected, _ *model.Result) { c.Lost = 1 },
		"not stored":       func(c *simulator.Count, _ *model.Account, _ *model.Expected, _ *model.Result) { c.Accepted = 4 },
		"altered":          func(_ *simulator.Count, _ *model.Account, e *model.Expected, _ *model.Result) { e.Digest = 1 },
		"skipped":          func(_ *simulator.Count, a *model.Account, _ *model.Expected, _ *model.Result) { a.Decoded = 0 },
		"not the same": func(_ *simulator.Count, _ *model.Account, _ *model.Expected, r *model.Result) {
			r.Comparison.Different = 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent, topics := sound()
			c, a, e := sent["lox24"], topics.Accounts["lox24"], topics.Expected["lox24"]
			spoil(&c, &a, &e, topics)
			sent["lox24"], topics.Accounts["lox24"], topics.Expected["lox24"] = c, a, e
			if len(demo.Faults(sent, topics)) == 0 {
				t.Error("Faults() = none")
			}
		})
	}
}
