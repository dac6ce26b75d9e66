package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-hq/tributary/cmd/internal/config"
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
	if len(got.Ingest.Sources) != 4 || len(got.Sources) != 4 || got.Sources[3].Statuses["DELIVERED"] != "success" {
		t.Errorf("sources = %d of ingest, %d of the processor, want 4 of both", len(got.Ingest.Sources), len(got.Sources))
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
