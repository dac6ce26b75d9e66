package simulator_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
)

// played counts the codes that an incident ordered.
type played struct{ codes, typed, outside, invalid int }

// playDay plays a day of a profile and returns its incidents and their codes by kind.
func playDay(t *testing.T, profile string, seed uint64) ([]simulator.Incident, map[string]*played) {
	t.Helper()
	o := options()
	o.Seed, o.Profile, o.InTurn, o.Scenarios, o.Spacing = seed, profile, false, 24*60, time.Minute
	o.Repeats, o.Disorder, o.Delays, o.Forgeries = 0, 0, 0, 0
	plan, out, codes := simulator.NewPlan(o), map[string]*played{}, map[string]bool{}
	for {
		s, more := plan.Next()
		if !more {
			return plan.Incidents(), out
		}
		var body struct {
			Name string
			Data struct{ ID, Phone string }
		}
		i := slices.IndexFunc(plan.Incidents(), func(i simulator.Incident) bool { return i.Kind == s.Scenario })
		if i < 0 || json.Unmarshal(s.Body(o.Start, 0), &body) != nil || !strings.HasPrefix(body.Name, "verify_code") {
			continue
		}
		p := out[s.Scenario]
		if p == nil {
			p = &played{}
			out[s.Scenario] = p
		}
		if body.Name == "verify_code.success" {
			p.typed++
		}
		if codes[body.Data.ID] {
			continue
		}
		codes[body.Data.ID] = true
		p.codes++
		incident := plan.Incidents()[i]
		area := incident.Prefix[:max(0, len(incident.Prefix)-1)] // adjacent numbers go on in the next block
		number, err := phonenumbers.Parse(body.Data.Phone, "")
		if err != nil || incident.Attack() && !phonenumbers.IsValidNumber(number) || incident.Attack() && phonenumbers.GetRegionCodeForNumber(number) != incident.Country {
			p.invalid++
		}
		if !strings.HasPrefix(body.Data.Phone, area) {
			p.outside++
		}
	}
}

// TestIncidents: a day of the pumping profile has each attack once, with valid numbers of
// its range and nearly no code typed; controls convert; a quiet day has no attack.
func TestIncidents(t *testing.T) {
	t.Parallel()
	for seed := uint64(1); seed <= 3; seed++ {
		incidents, codes := playDay(t, simulator.Pumping, seed)
		if want := append(simulator.Attacks(), simulator.Controls()...); len(incidents) != len(want) {
			t.Fatalf("seed %d: %d incidents, want %d", seed, len(incidents), len(want))
		}
		for _, i := range incidents {
			p := codes[i.Kind]
			if i.Kind == simulator.Outage {
				continue
			}
			if p == nil || i.Attack() != (p.typed*10 < p.codes) || i.Attack() && p.codes != i.Codes || p.codes < i.Codes || p.outside+p.invalid > 0 {
				t.Errorf("seed %d: %s of %d codes from %v for %v at %q ordered %+v", seed, i.Kind, i.Codes, i.At, i.Length, i.Prefix, p)
			}
		}
		quiet, _ := playDay(t, simulator.Quiet, seed)
		kinds := map[string]bool{}
		for _, i := range quiet {
			kinds[i.Kind] = true
		}
		if got, want := slices.Sorted(maps.Keys(kinds)), slices.Sorted(slices.Values(simulator.Controls())); !slices.Equal(got, want) {
			t.Errorf("seed %d: a quiet day has %q, want %q", seed, got, want)
		}
	}
}
