package demo_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
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
	return r
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
