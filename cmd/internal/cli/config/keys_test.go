package config_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestKeys: what is wrong or unwise about the keys of the pseudonyms, in the middle of
// 2026.
func TestKeys(t *testing.T) {
	t.Parallel()
	const (
		good  = "value: 8f14e45fceea167a5a36dedd4bea2543"
		other = "value: c9f0f895fb98ab9159f51fd0297e236d"
		tls   = "\nkafka: {tls: {enabled: true}}"
		one   = "\ntopics: {replication_factor: 1, min_insync_replicas: 1}"
	)
	for name, c := range map[string]struct {
		keys, more  string
		fault, warn string // path and a part of the message; empty: there must be none
	}{
		"one without bounds":          {keys: "[{id: a, " + good + "}]"},
		"none":                        {keys: "[]", warn: "privacy.keys: none"},
		"one that has ended":          {keys: "[{id: a, " + good + ", until: 2026-01-01T00:00:00Z}]", fault: "privacy.keys: no key is in force now"},
		"one that has not begun":      {keys: "[{id: a, " + good + ", from: 2027-01-01T00:00:00Z}]", fault: "privacy.keys: no key is in force now"},
		"a gap that is over":          {keys: "[{id: a, " + good + ", until: 2026-01-01T00:00:00Z}, {id: b, " + other + ", from: 2026-02-01T00:00:00Z}]", warn: "privacy.keys: no key is in force from 2026-01-01T00:00:00Z to 2026-02-01"},
		"a gap to come":               {keys: "[{id: b, " + other + ", from: 2028-01-01T00:00:00Z}, {id: a, " + good + ", until: 2027-01-01T00:00:00Z}]", warn: "privacy.keys: no key is in force from 2027-01-01T00:00:00Z"},
		"an overlap":                  {keys: "[{id: a, " + good + ", until: 2026-08-01T00:00:00Z}, {id: b, " + other + ", from: 2026-07-01T00:00:00Z}]"},
		"one after the other":         {keys: "[{id: a, " + good + ", until: 2026-08-01T00:00:00Z}, {id: b, " + other + ", from: 2026-08-01T00:00:00Z}]"},
		"an end that is near":         {keys: "[{id: a, " + good + ", until: 2026-06-20T00:00:00Z}]", warn: "privacy.keys: the last key ends at 2026-06-20"},
		"an id twice":                 {keys: "[{id: a, " + good + "}, {id: a, " + other + "}]", fault: "privacy.keys[1].id: \"a\" is the id of another key"},
		"no id":                       {keys: "[{" + good + "}]", fault: "privacy.keys[0].id:"},
		"an id with a colon":          {keys: "[{id: 'a:b', " + good + "}]", fault: "privacy.keys[0].id:"},
		"a short one":                 {keys: "[{id: a, value: abcdefghijklmno}]", fault: "privacy.keys[0]: a key of 15 bytes"},
		"one character":               {keys: "[{id: a, value: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]", fault: "privacy.keys[0]: a key of only 1 different"},
		"a word again and again":      {keys: "[{id: a, value: passwordpasswordpassword}]", fault: "privacy.keys[0]: a key of only 7 different"},
		"a longer word again":         {keys: "[{id: a, value: correcthorsebatterycorrecthorsebattery}]", fault: "privacy.keys[0]: a key that repeats"},
		"ends before it begins":       {keys: "[{id: a, " + good + ", from: 2026-02-01T00:00:00Z, until: 2026-01-01T00:00:00Z}, {id: b, " + other + "}]", fault: "privacy.keys[0].until:"},
		"compose's, on three brokers": {keys: "[{id: a, value: a-development-key-for-phones}]", fault: "privacy.keys[0]: this is the public key"},
		"compose's, on one broker":    {keys: "[{id: a, value: a-development-key-for-phones}]", more: one, warn: "privacy.keys[0]: the public key"},
		"compose's, on one with TLS":  {keys: "[{id: a, value: a-development-key-for-phones}]", more: one + tls, fault: "privacy.keys[0]: this is the public key"},
		"one that is nowhere":         {keys: "[{id: a}]", fault: "privacy.keys[0]: give exactly one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := load(t, "privacy: {keys: "+c.keys+"}"+c.more)
			f.Now = func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) }
			var faults, warnings []string
			for _, fault := range f.Check() {
				faults = append(faults, fmt.Sprintf("%s: %s", fault.Path, fault.Message))
			}
			for _, w := range f.Warnings() {
				if strings.HasPrefix(w.Path, "privacy") {
					warnings = append(warnings, fmt.Sprintf("%s: %s", w.Path, w.Message))
				}
			}
			for _, got := range []struct {
				kind, want string
				lines      []string
			}{{"faults", c.fault, faults}, {"warnings", c.warn, warnings}} {
				if got.want == "" {
					if c.fault == "" && len(got.lines) > 0 {
						t.Errorf("%s %q, want none", got.kind, got.lines)
					}
					continue
				}
				if !strings.Contains(strings.Join(got.lines, "\n"), got.want) {
					t.Errorf("%s %q, want one with %q", got.kind, got.lines, got.want)
				}
			}
		})
	}
}
