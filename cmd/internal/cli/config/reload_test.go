package config_test

import (
	"strings"
	"testing"
)

// TestSucceeds: which files a running process does not go on with.
func TestSucceeds(t *testing.T) {
	t.Parallel()
	const whole = "sources:\n  - {id: a, provider: uapay, secrets: [{id: k, value: s}]}\n  - {id: b, provider: uapay, secrets: [{id: k, value: s}]}\n"
	before := load(t, whole)
	for name, c := range map[string]struct{ text, refused string }{
		"the same":                   {text: whole},
		"empty":                      {text: "", refused: "empty or cut"},
		"a comment alone":            {text: "# nothing\n", refused: "empty or cut"},
		"without sources":            {text: "log: {level: info}\n", refused: "empty or cut"},
		"an empty list":              {text: "sources: []\n", refused: "empty or cut"},
		"cut within a line":          {text: strings.TrimSuffix(whole, "\n"), refused: "ends within a line"},
		"a source less":              {text: strings.Replace(whole, "  - {id: b, provider: uapay, secrets: [{id: k, value: s}]}\n", "", 1)},
		"a source changed":           {text: strings.Replace(whole, "id: b,", "id: b, namespace: n,", 1), refused: "raise the revision to 1"},
		"a source changed, raised":   {text: strings.Replace(whole, "id: b,", "id: b, namespace: n, revision: 1,", 1)},
		"a secret's file is another": {text: strings.Replace(whole, "value: s", "file: /s", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := load(t, c.text).Succeeds(before)
			if (err == nil) != (c.refused == "") || err != nil && !strings.Contains(err.Error(), c.refused) {
				t.Errorf("Succeeds() = %v, want %q", err, c.refused)
			}
		})
	}
}
