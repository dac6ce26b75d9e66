package environment_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
)

// TestNothingProcessed: a pipeline that does nothing is the fastest of all.
func TestNothingProcessed(t *testing.T) {
	t.Parallel()
	o := environment.DefaultOptions()
	o.Patience = 50 * time.Millisecond
	for _, how := range []string{environment.CheckAudit, environment.CheckModel} {
		faults, sent, err := unprocessed(t.Context(), o, small(), how)
		if err != nil {
			t.Fatal(err)
		}
		if len(faults) == 0 {
			t.Errorf("%s found nothing wrong with %v unprocessed", how, sent)
		}
	}
	faults, _, err := unprocessed(t.Context(), o, small(), environment.CheckNone)
	if err != nil || len(faults) > 0 {
		t.Errorf("without a check: %v, %v", faults, err)
	}
}

// TestNoFunnelExpected: what a processor without insights does not compute is not missed.
func TestNoFunnelExpected(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]bool{"processor.insights.enabled=true": true, "processor.insights.enabled=false": false} {
		o := environment.DefaultOptions()
		o.Patience, o.Set = 50*time.Millisecond, []string{setting}
		faults, _, err := unprocessed(t.Context(), o, small(), environment.CheckModel)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(faults, "; "), "the funnel is there by the model"); got != want || len(faults) == 0 {
			t.Errorf("%s: the funnel is missed: %t, want %t, of %q", setting, got, want, faults)
		}
	}
}

func TestAuditFaults(t *testing.T) {
	t.Parallel()
	good := func() *audit.Report {
		return &audit.Report{AddsUp: true, Accounts: []audit.Account{{Raw: 6}, {Raw: 4}}}
	}
	for name, c := range map[string]struct {
		change func(*audit.Report)
		says   string
	}{
		"all is there":        {func(*audit.Report) {}, ""},
		"a record is missing": {func(r *audit.Report) { r.Accounts[1].Raw = 3 }, "10 records were accepted, 9"},
		"one too many":        {func(r *audit.Report) { r.Accounts[1].Raw = 5 }, "10 records were accepted, 11"},
		"one waits":           {func(r *audit.Report) { r.Waiting = 1 }, "1 raw records were not processed"},
		"a difference": {func(r *audit.Report) {
			r.AddsUp, r.Differences = false, 1
			r.Listed = []*audit.Difference{{Kind: audit.KindFacts, Key: "lox24:x", Expected: 3, Applied: 2}}
		}, "expected 3, applied 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := good()
			c.change(r)
			got := strings.Join(environment.AuditFaults(r, 10), "; ")
			if (c.says == "") != (got == "") || !strings.Contains(got, c.says) {
				t.Errorf("faults = %q, want something with %q", got, c.says)
			}
		})
	}
}

// small is a load of a moment.
func small() environment.Load {
	l := environment.DefaultLoad()
	l.Webhooks = 60
	return l
}

// unprocessed fills the raw topics and checks as if a processor had been there.
func unprocessed(ctx context.Context, o environment.Options, load environment.Load, how string) (faults []string, sent map[string]simulator.Count, err error) {
	p, err := environment.Open(ctx, &o)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = p.Close() }() //nolint:contextcheck // a stop has its own time
	start := load.Start(&o)
	if sent, err = p.Fill(ctx, load.Plan(&o, start), start, load.Webhooks); err != nil {
		return nil, nil, err
	}
	faults, err = p.Check(ctx, how, sent)
	return faults, sent, err
}

// steps says after each step whether another one fits.
func steps(limit time.Duration, steps []time.Duration) []bool {
	now := time.Time{}
	b := (&environment.Options{For: limit, Now: func() time.Time { return now }}).Budget()
	var out []bool
	for _, step := range steps {
		now = now.Add(step)
		out = append(out, b.Step())
	}
	return out
}

// TestProfiles: the program knows every setting of every profile, and takes its value.
func TestProfiles(t *testing.T) {
	for _, name := range environment.ProfileNames() {
		t.Run(name, func(t *testing.T) {
			settings, err := settingsOf(name)
			if err != nil {
				t.Fatal(err)
			}
			for key, value := range settings {
				t.Setenv("TRIBUTARY_"+strings.ToUpper(strings.ReplaceAll(key, ".", "__")), value)
			}
			f, err := config.Load("")
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range f.Check() {
				for key := range settings {
					if strings.HasPrefix(fault.Path, key) {
						t.Errorf("%s: %s", fault.Path, fault.Message)
					}
				}
			}
		})
	}
}

func TestProfilesJoined(t *testing.T) {
	t.Parallel()
	settings, err := settingsOf("small+uncompressed")
	if err != nil || settings["processor.engine.compression"] != "none" || settings["processor.memory.gc_percent"] != "30" {
		t.Errorf("SettingsOf() = %v, %v", settings, err)
	}
	if _, err := settingsOf("small+fast"); err == nil || !strings.Contains(err.Error(), "uncompressed") {
		t.Errorf("an unknown profile: %v, want those that there are", err)
	}
	o := environment.DefaultOptions()
	o.Profiles = []string{"fast"}
	if err := o.Validate(); err == nil {
		t.Error("an unknown profile is taken")
	}
}

// TestBudget: a step that would not fit is not begun, the first always is.
func TestBudget(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit time.Duration
		steps []time.Duration
		want  []bool
	}{
		"no limit":        {0, []time.Duration{time.Hour, time.Hour}, []bool{true, true}},
		"two fit":         {25 * time.Minute, []time.Duration{10 * time.Minute, 10 * time.Minute}, []bool{true, false}},
		"the longest":     {30 * time.Minute, []time.Duration{14 * time.Minute, 3 * time.Minute}, []bool{true, false}},
		"not even one":    {time.Minute, []time.Duration{10 * time.Minute}, []bool{false}},
		"exactly its end": {20 * time.Minute, []time.Duration{10 * time.Minute, 10 * time.Minute}, []bool{true, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, steps(c.limit, c.steps)); diff != "" {
				t.Errorf("goes on (-want +got):\n%s", diff)
			}
		})
	}
}

// settingsOf returns the settings of profiles joined by a plus.
func settingsOf(words string) (map[string]string, error) {
	v, err := environment.ProfileOf(words)
	return v.Settings, err
}
