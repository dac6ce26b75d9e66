package config_test

import (
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
)

// TestTextThatYAMLRewrites: a setting that is text is never what YAML makes of it.
func TestTextThatYAMLRewrites(t *testing.T) {
	t.Parallel()
	const source = "sources:\n  - id: shop\n    provider: "
	for name, c := range map[string]struct{ text, path string }{
		"a secret that is true":          {source + "uapay\n    secrets: [{id: k, value: true}]", "sources[0].secrets[0].value"},
		"a secret in octal digits":       {source + "uapay\n    secrets: [{id: k, value: 0123}]", "sources[0].secrets[0].value"},
		"a secret of digits":             {source + "uapay\n    secrets: [{id: k, value: 123456789012345678901234}]", "sources[0].secrets[0].value"},
		"a secret with an exponent":      {source + "uapay\n    secrets: [{id: k, value: 12345e6}]", "sources[0].secrets[0].value"},
		"a secret that is a date":        {source + "uapay\n    secrets: [{id: k, value: 2026-01-01}]", "sources[0].secrets[0].value"},
		"a secret that is null":          {source + "uapay\n    secrets: [{id: k, value: null}]", "sources[0].secrets[0].value"},
		"a secret named elsewhere":       {"x: &s 017\n" + source + "uapay\n    secrets: [{id: k, value: *s}]", "sources[0].secrets[0].value"},
		"a salt":                         {source + "voximplant\n    secrets: [{id: k, salt: {value: 0x1F}, api_key: {value: k}}]", "sources[0].secrets[0].salt.value"},
		"an API key":                     {source + "voximplant\n    secrets: [{id: k, api_key: {value: 1.10}}]", "sources[0].secrets[0].api_key.value"},
		"a relay caller's token":         {source + "unibell\n    relay: {base_url: 'https://u', callers: [{id: c, value: 1_000}], access_key: {value: k}}", "sources[0].relay.callers[0].value"},
		"an access key":                  {source + "unibell\n    relay: {base_url: 'https://u', callers: [{id: c, value: t}], access_key: {value: .5}}", "sources[0].relay.access_key.value"},
		"a key of pseudonyms":            {"privacy:\n  keys: [{id: k, value: 12345678901234567890}]", "privacy.keys[0].value"},
		"Kafka's password":               {"kafka:\n  sasl: {mechanism: PLAIN, username: u, password: {value: 0777}}", "kafka.sasl.password.value"},
		"a registry's token":             {"registry:\n  token: {value: false}", "registry.token.value"},
		"a client's secret":              {"kafka:\n  sasl: {oauth: {client_secret: {value: 1e3}}}", "kafka.sasl.oauth.client_secret.value"},
		"a source's id in octal digits":  {"sources:\n  - {id: 0123, provider: uapay, secrets: [{id: k, value: s}]}", "sources[0].id"},
		"a secret's id that is a float":  {source + "uapay\n    secrets: [{id: 2026.10, value: s}]", "sources[0].secrets[0].id"},
		"a secret's id that is true":     {source + "uapay\n    secrets: [{id: true, value: s}]", "sources[0].secrets[0].id"},
		"a namespace that is a date":     {source + "uapay\n    namespace: 2026-10-10\n    secrets: [{id: k, value: s}]", "sources[0].namespace"},
		"a status's meaning":             {source + "unibell\n    statuses: {DONE: true}\n    secrets: [{id: k, value: s}]", "sources[0].statuses.DONE"},
		"an item of a list":              {"kafka:\n  brokers: [1.5]", "kafka.brokers[0]"},
		"a variable that is a number":    {source + "uapay\n    secrets: [{id: k, env: 0x10}]", "sources[0].secrets[0].env"},
		"a password with a digit and us": {"registry:\n  username: u\n  password: {value: 1_2}", "registry.password.value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var found *config.Fault
			for _, fault := range load(t, c.text).Check() {
				if fault.Path == c.path && strings.Contains(fault.Message, "in quotes") {
					found = &fault
				}
			}
			if found == nil || found.Line == 0 {
				t.Errorf("fault %v, want one of %s with a line and what to write", found, c.path)
			} else if strings.Contains(c.path, "value") && strings.Contains(found.Message, "12345") {
				t.Errorf("the fault shows the secret: %s", found.Message)
			}
		})
	}
}

// TestTextThatIsTakenAsWritten: a whole number is an id as it stands, and words that
// older YAML took for true are text.
func TestTextThatIsTakenAsWritten(t *testing.T) {
	t.Parallel()
	f := load(t, `
kafka: {brokers: ["a:1"], prefix: }
processor: {countries: [NO, DE]}
privacy: {keys: [{id: 2026, value: "00112233445566778899aabbccddeeff", until: 2036-01-01T00:00:00Z}]}
sources: [{id: 17, provider: uapay, namespace: 17, secrets: [{id: 2026, value: yes}]}]
`)
	if faults := f.Check(); len(faults) > 0 {
		t.Fatalf("faults: %v", faults)
	}
	s := &f.Config.Ingest.Sources[0]
	if s.ID != "17" || s.Secrets[0].ID != "2026" || s.Secrets[0].Value != "yes" || f.Config.Privacy.Keys[0].ID != "2026" || f.Config.Sources[0].Namespace != "17" {
		t.Errorf("source %q, namespace %q, secret %q, key %q: want them as they are written",
			s.ID, f.Config.Sources[0].Namespace, s.Secrets[0].ID, f.Config.Privacy.Keys[0].ID)
	}
	if f.Config.Processor.Countries[0] != "NO" {
		t.Errorf("countries = %v, want NO", f.Config.Processor.Countries)
	}
}
