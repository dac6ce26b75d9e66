package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
)

func load(t *testing.T, text string) *config.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tributary.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestExampleIsTheDefaults: the example cannot drift from the settings.
func TestExampleIsTheDefaults(t *testing.T) {
	t.Parallel()
	f := load(t, config.Example())
	if faults := f.Check(); len(faults) > 0 {
		t.Fatalf("the example has faults: %v", faults)
	}
	got, want := f.Config, config.Default()
	if filepath.Dir(got.Processor.Engine.StateDir) != "state" {
		t.Errorf("state_dir = %q, want a folder of the instance in state", got.Processor.Engine.StateDir)
	}
	want.Processor.Engine.StateDir = got.Processor.Engine.StateDir
	if want.Registry.CacheFile = got.Registry.CacheFile; want.Registry.CacheFile != "state/schema-ids.json" {
		t.Errorf("cache_file = %q, want one beside the state", want.Registry.CacheFile)
	}
	want.Ingest.Sources, want.Sources, want.Privacy = got.Ingest.Sources, got.Sources, got.Privacy
	// The changelogs' own delete.retention.ms is what the topic table says.
	row, _ := schemas.Find(schemas.ChangelogLOX24)
	if got.Processor.Engine.DeleteRetention != row.DeleteRetention {
		t.Errorf("delete_retention = %v, the topic table says %v", got.Processor.Engine.DeleteRetention, row.DeleteRetention)
	}
	unexported := cmpopts.IgnoreUnexported(engine.StoreConfig{})
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), unexported); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example):\n%s", diff)
	}
	providers := map[string]string{}
	for i := range got.Sources {
		providers[got.Sources[i].Provider] = got.Sources[i].Statuses["DELIVERED"]
	}
	if want := len(schemas.ProviderIDs()); len(got.Ingest.Sources) != want || len(got.Sources) != want || len(providers) != want || providers["unibell"] != "success" {
		t.Errorf("sources = %d of ingest, %d of the processor, want one of each provider", len(got.Ingest.Sources), len(got.Sources))
	}
	for _, key := range config.Keys() {
		if !strings.Contains(config.Example(), key+":") {
			t.Errorf("the example does not show %q", key)
		}
	}
}

func TestCheckReportsAllWithLines(t *testing.T) {
	t.Parallel()
	f := load(t, `kafka:
  brokers: [nowhere]
  sasl: {mechanism: MAGIC}
processor:
  engine:
    transaction_timeout: 1ms
  colour: blue
ingest:
  answer_deadline: soon
sources:
  - id: shop
    provider: lox24
    correlation: [{field: externalId}]
log:
  level: loud
`)
	want := map[string]int{
		"kafka.brokers[0]": 2, "kafka.sasl.mechanism": 3, "processor.engine.transaction_timeout": 6, "processor.colour": 7,
		"sources[0].secrets": 11, "ingest.answer_deadline": 9, "sources[0].correlation[0].field": 13, "log.level": 15,
	}
	got := map[string]int{}
	for _, fault := range f.Check() {
		got[fault.Path] = fault.Line
	}
	for path, line := range want {
		if got[path] != line {
			t.Errorf("fault %s at line %d, want %d; all: %v", path, got[path], line, f.Check())
		}
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("TRIBUTARY_KAFKA__BROKERS", "a:1,b:2")
	t.Setenv("TRIBUTARY_PROCESSOR__ENGINE__COMMIT_INTERVAL", "50ms")
	f := load(t, "kafka: {brokers: ['c:3']}")
	if got := f.Config.Kafka.Brokers; len(got) != 2 || got[0] != "a:1" {
		t.Errorf("brokers = %v, want the environment's", got)
	}
	if got := f.Config.Processor.Engine.CommitInterval.String(); got != "50ms" {
		t.Errorf("commit_interval = %s, want 50ms", got)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	f := load(t, `
privacy: {keys: [{id: k, value: the-phone-secret-itself}]}
sources: [{id: a, provider: uapay, secrets: [{id: k, value: the-uapay-secret}]}]
`)
	text, err := f.Effective()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "secret-itself") || strings.Contains(text, "the-uapay") {
		t.Errorf("the effective settings show a secret:\n%s", text)
	}
	if f.Config.Ingest.Sources[0].Secrets[0].Value != ingest.Hidden("the-uapay-secret") {
		t.Error("masking changed the setting itself")
	}
}

func TestEveryFaultOfTheConnectionsHasItsLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, path, says string }{
		"a key misspelt":                {"kafka:\n  client-id: x", "kafka.client-id", "did you mean client_id?"},
		"a section misspelt":            {"\nregistri: {}", "registri", "did you mean registry?"},
		"a value for a section":         {"\ntopics: 5", "topics", "settings of its own, compaction_lag"},
		"no address to listen on":       {"ingest:\n  listen: '8080'", "ingest.listen", "write host:port"},
		"no provider":                   {"\nsources: [{id: a, provider: lox, secrets: [{id: k, value: 0123456789abcdef}], correlation: [{field: payload}]}]", "sources[0].provider", "none of lox24"},
		"a key like none":               {"kafka:\n  zzzzzz: x", "kafka.zzzzzz", "there are brokers"},
		"any certificate":               {"kafka:\n  tls: {enabled: true, insecure_skip_verify: true}", "kafka.tls.insecure_skip_verify", "insecure_reason"},
		"any certificate at registry":   {"registry:\n  urls: [https://r]\n  tls: {enabled: true, insecure_skip_verify: true}", "registry.tls.insecure_skip_verify", "insecure_reason"},
		"half a certificate":            {"registry:\n  urls: [https://r]\n  tls: {enabled: true, cert_file: a}", "registry.tls", "go together"},
		"TLS for http":                  {"registry:\n  tls: {enabled: true}", "registry.tls.enabled", "no address of urls is https"},
		"no address":                    {"registry:\n  urls: []", "registry.urls", "at least one"},
		"not an address":                {"registry:\n  urls: ['r:8081']", "registry.urls[0]", "not an http"},
		"credentials in an address":     {"registry:\n  urls: ['http://u:p@r:8081']", "registry.urls[0]", "belong in"},
		"a user without a password":     {"registry:\n  username: u", "registry.password", "exactly one"},
		"a password without a user":     {"registry:\n  password: {value: p}", "registry.username", "needed"},
		"a token and a password":        {"registry:\n  username: u\n  password: {value: p}\n  token: {value: t}", "registry.token", "not both"},
		"a token given twice":           {"registry:\n  token: {value: t, env: T}", "registry.token", "exactly one"},
		"OAUTHBEARER without a token":   {"kafka:\n  sasl: {mechanism: OAUTHBEARER}", "kafka.sasl.mechanism", "sasl.token or"},
		"an issuer without a client":    {"console:\n  oidc: {issuer: https://login.example.org, url: https://console.example.org}", "console.oidc.client_id", "gives one"},
		"an issuer without https":       {"console:\n  oidc: {issuer: http://login.example.org, client_id: c, url: https://console.example.org}", "console.oidc.issuer", "must be https"},
		"an issuer without our address": {"console:\n  oidc: {issuer: https://login.example.org, client_id: c}", "console.oidc.url", "is no address"},
		"a client without an issuer":    {"console:\n  oidc: {client_id: c}", "console.oidc.issuer", "name the identity provider"},
		"an unknown default role":       {"console:\n  oidc: {issuer: https://login.example.org, client_id: c, url: http://127.0.0.1:8800, default_role: admin}", "console.oidc.default_role", "none of viewer"},
		"a session without an end":      {"console:\n  oidc: {issuer: https://login.example.org, client_id: c, url: http://127.0.0.1:8800, session: 1000h}", "console.oidc.session", "7d"},
		"two kinds of tokens":           {"kafka:\n  sasl:\n    mechanism: OAUTHBEARER\n    token: {value: t}\n    oauth: {token_url: https://a, client_id: c, client_secret: {value: s}}", "kafka.sasl.token", "not both"},
		"client credentials, no id":     {"kafka:\n  sasl: {mechanism: OAUTHBEARER, oauth: {token_url: https://a, client_secret: {value: s}}}", "kafka.sasl.oauth.client_id", "needed"},
		"client credentials, no key":    {"kafka:\n  sasl: {mechanism: OAUTHBEARER, oauth: {token_url: https://a, client_id: c}}", "kafka.sasl.oauth.client_secret", "exactly one"},
		"client credentials in clear":   {"kafka:\n  sasl: {mechanism: OAUTHBEARER, oauth: {token_url: http://a, client_id: c, client_secret: {value: s}}}", "kafka.sasl.oauth.token_url", "in the clear"},
		"client credentials, nowhere":   {"kafka:\n  sasl: {oauth: {client_id: c}}", "kafka.sasl.oauth.token_url", "needed"},
		"a token server without https":  {"kafka:\n  sasl: {mechanism: OAUTHBEARER, oauth: {token_url: 'ftp://a', client_id: c, client_secret: {value: s}}}", "kafka.sasl.oauth.token_url", "http or https"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := load(t, c.text).Check()
			if len(faults) != 1 {
				t.Fatalf("%d faults, want one: %v", len(faults), faults)
			}
			f := faults[0]
			if f.Path != c.path || !strings.Contains(f.Message, c.says) || f.Line == 0 {
				t.Errorf("got %v, want %s at a line with %q", f, c.path, c.says)
			}
		})
	}
}

func TestWhatIsUnwiseIsWarnedOf(t *testing.T) {
	t.Setenv("TRIBUTARY_KAFKA__BROKER", "a:1")
	t.Setenv("TRIBUTARY_PHONE_KEY", "a secret of the operator's own naming")
	f := load(t, `
kafka:
  tls: {enabled: true, ca_file: /does/not/exist.pem, insecure_skip_verify: true, insecure_reason: a cluster of an hour}
registry: {username: u, password: {value: p}}
`)
	if faults := f.Check(); len(faults) > 0 {
		t.Fatalf("faults: %v", faults)
	}
	got := map[string]string{}
	for _, w := range f.Warnings() {
		got[w.Path] = w.Message
	}
	for path, says := range map[string]string{
		"kafka.broker": "TRIBUTARY_KAFKA__BROKER", "kafka.tls.insecure_skip_verify": "ANY CERTIFICATE", "kafka.tls.ca_file": "no such file",
		"registry.urls": "in the clear",
	} {
		if !strings.Contains(got[path], says) {
			t.Errorf("warning of %s: %q, want %q", path, got[path], says)
		}
	}
	for path := range got {
		if strings.Contains(path, "phone_key") {
			t.Errorf("a variable of the operator's own is warned of: %s", path)
		}
	}
}
