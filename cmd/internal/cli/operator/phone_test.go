package operator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
)

// TestPseudonymsOf: whichever way a number is given, every writing of it is looked for,
// and no number of another country.
func TestPseudonymsOf(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Privacy.Keys = []config.Key{
		{ID: "old", Ref: secret.Ref{Value: "8f14e45fceea167a5a36dedd4bea2543"}, Until: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		{ID: "new", Ref: secret.Ref{Value: "c9f0f895fb98ab9159f51fd0297e236d"}, From: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)},
	}
	p, err := c.Pseudonymiser()
	if err != nil {
		t.Fatal(err)
	}
	for name, given := range map[string]struct {
		number, country string
		says            string
		writings        []string
	}{
		"international":           {number: "+49 1511 2345678", writings: []string{"+4915112345678", "004915112345678", "4915112345678", "01511 2345678", "015112345678"}},
		"with 00":                 {number: "0049 (1511) 234-5678", writings: []string{"+4915112345678", "015112345678"}},
		"no plus":                 {number: "4915112345678", writings: []string{"+4915112345678", "015112345678"}},
		"national":                {number: "01511 2345678", country: "de", writings: []string{"+4915112345678", "015112345678"}},
		"bracketed":               {number: "(201) 555-0123", country: "US", writings: []string{"+12015550123", "12015550123"}},
		"national, no country":    {number: "01511 2345678", says: "say --country"},
		"no country of that name": {number: "01511 2345678", country: "Germany", says: "no country of two letters"},
		"no number":               {number: "", says: "there is no number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := pseudonymsOf(&c, strings.NewReader(given.number+"\n"), given.country)
			if given.says != "" {
				if err == nil || !strings.Contains(err.Error(), given.says) {
					t.Errorf("error %v, want %q", err, given.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, writing := range given.writings {
				for i := range c.Privacy.Keys {
					phone := p.Phone(writing, c.Privacy.Keys[i].From)
					if !slices.Contains(got, phone.Pseudonyms[0].HMAC) {
						t.Errorf("%s under key %s is not looked for", writing, phone.Pseudonyms[0].KeyID)
					}
				}
			}
			// The German number without prefix is not the American one of these digits.
			if other := p.Phone("+12015550199", c.Privacy.Keys[1].From); slices.Contains(got, other.Pseudonyms[0].HMAC) {
				t.Error("another number is looked for")
			}
		})
	}
}
