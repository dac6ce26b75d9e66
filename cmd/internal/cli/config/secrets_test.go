package config_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor/engine"
)

// TestUntouchedExampleHasMissingSecrets: every secret that ingest or the processor would refuse to
// start without is a fault of the check, at its line.
func TestUntouchedExampleHasMissingSecrets(t *testing.T) {
	t.Parallel()
	f := load(t, config.Example())
	got := map[string]bool{}
	for _, fault := range f.CheckSecrets() {
		if fault.Line == 0 || !strings.Contains(fault.Message, "is not set") {
			t.Errorf("fault %v, want a line and the variable that is not set", fault)
		}
		got[fault.Path] = true
	}
	wanted := 0
	for line := range strings.Lines(config.Example()) {
		if strings.Contains(line, "env: TRIBUTARY_") {
			wanted++
		}
	}
	if len(got) != wanted {
		t.Errorf("%d faults, the example has %d secrets: %v", len(got), wanted, got)
	}
}

func TestDevelopmentExampleIsComplete(t *testing.T) {
	t.Parallel()
	f := load(t, config.Development())
	if faults := append(f.Check(), f.CheckSecrets()...); len(faults) > 0 {
		t.Errorf("faults %v, want none", faults)
	}
	if c := f.Config; c.Topics.ReplicationFactor != 1 || c.Topics.MinInsyncReplicas != 1 || c.Kafka.Brokers[0] != "127.0.0.1:19092" {
		t.Errorf("replication %d, in sync %d, brokers %v: want those of a single broker", c.Topics.ReplicationFactor, c.Topics.MinInsyncReplicas, c.Kafka.Brokers)
	}
	if first, second := config.Development(), config.Development(); first == second {
		t.Error("two files have the same secrets")
	}
}

func TestCheckSecretsReadsFiles(t *testing.T) {
	t.Parallel()
	f := load(t, `
ingest: {tls: {cert_file: /does/not/exist.pem, key_file: /does/not/exist.key}}
kafka: {sasl: {mechanism: PLAIN, username: u, password: {file: /does/not/exist}}}
registry: {token: {file: /does/not/exist}}
privacy: {keys: [{id: k, file: /does/not/exist}]}
sources: [{id: a, provider: uapay, secrets: [{id: k, file: /does/not/exist}]}]
`)
	got := map[string]int{}
	for _, fault := range f.CheckSecrets() {
		got[fault.Path] = fault.Line
	}
	for path, line := range map[string]int{"ingest.tls": 2, "kafka.sasl.password": 3, "registry.token": 4, "privacy.keys[0]": 5, "sources[0].secrets[0]": 6} {
		if got[path] != line {
			t.Errorf("fault %s at line %d, want %d; all: %v", path, got[path], line, got)
		}
	}
}

// TestEffectiveCanBeRead: the printed settings are a file with the same settings.
func TestEffectiveCanBeRead(t *testing.T) {
	t.Parallel()
	f := load(t, config.Example())
	text, err := f.Effective()
	if err != nil {
		t.Fatal(err)
	}
	again := load(t, text)
	if faults := again.Check(); len(faults) > 0 {
		t.Fatalf("the printed settings have faults: %v\n%s", faults, text)
	}
	want := f.Config
	for i := range want.Sources { // the defaults of a source are printed
		want.Sources[i] = want.Sources[i].WithDefaults()
	}
	unexported, settings := cmpopts.IgnoreUnexported(engine.StoreConfig{}), cmpopts.IgnoreFields(ingest.Source{}, "Settings")
	if diff := cmp.Diff(want, again.Config, cmpopts.EquateEmpty(), unexported, settings); diff != "" {
		t.Errorf("the settings differ after printing and reading (-before +after):\n%s", diff)
	}
}

// TestMisplaced: a top-level setting in another place is named with its right place, and the
// settings in force can be shown all the same.
func TestMisplaced(t *testing.T) {
	t.Parallel()
	for path, text := range map[string]string{
		"ingest.sources":    "ingest: {sources: [{id: shop, provider: lox24, secrets: [{id: k, value: x}]}]}",
		"processor.sources": "processor: {sources: [{id: shop, provider: lox24}]}",
		"ingest.kafka":      "ingest: {kafka: {brokers: [a:1]}}",
	} {
		f := load(t, text)
		name := path[strings.LastIndexByte(path, '.')+1:]
		if faults := fmt.Sprint(f.Check()); !strings.Contains(faults, path) || !strings.Contains(faults, "did you mean "+name+" at the top level?") {
			t.Errorf("%s: faults %s", path, faults)
		}
		if _, err := f.Effective(); err != nil || len(f.Config.Ingest.Sources) > 0 {
			t.Errorf("%s: Effective() = %v, sources %v", path, err, f.Config.Ingest.Sources)
		}
	}
}

func TestShortSecretsAreWarnedOf(t *testing.T) {
	t.Parallel()
	f := load(t, `processor: {dedupe_span: 2h}
console: {tokens: [{id: t, role: viewer, value: x}]}
sources:
- {id: a, provider: uapay, secrets: [{id: k, value: x}]}
- {id: b, provider: voximplant, secrets: [{id: k, salt: {value: x}, api_key: {value: x}}]}
- {id: c, provider: unibell, secrets: [{id: k, value: 0123456789abcdef}], relay: {base_url: "http://127.0.0.1:1", access_key: {value: x}, callers: [{id: k, value: x}]}}
`)
	got := map[string]string{}
	for _, w := range f.Warnings() {
		got[w.Path] = w.Message
	}
	for _, path := range []string{
		"sources[0].secrets[0].value", "sources[1].secrets[0].salt.value", "sources[1].secrets[0].api_key.value",
		"sources[2].relay.access_key.value", "sources[2].relay.callers[0].value", "console.tokens[0].value",
	} {
		if !strings.Contains(got[path], " of 1 byte can be guessed") {
			t.Errorf("%s: %q, want a warning of the one letter", path, got[path])
		}
	}
	if got["processor.dedupe_span"] == "" || got["sources[2].secrets[0].value"] != "" {
		t.Errorf("warnings %v, want one of the short dedupe_span and none of the long secret", got)
	}
}

// TestFaultsAreNotWarnedOf: a value that is wrong is not called unwise as well.
func TestFaultsAreNotWarnedOf(t *testing.T) {
	t.Parallel()
	f := load(t, "processor: {dedupe_span: 72}")
	if warnings := fmt.Sprint(f.Warnings()); len(f.Check()) != 1 || strings.Contains(warnings, "dedupe_span") {
		t.Errorf("faults %v, warnings %s; want the fault alone", f.Check(), warnings)
	}
}

func TestPortsInUse(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	f := load(t, "ingest: {listen: '127.0.0.1:0'}\nops: {listen: '"+taken.Addr().String()+"'}")
	got := f.CheckPorts(t.Context())
	if len(got) != 1 || got[0].Path != "ops.listen" || got[0].Line != 2 || !strings.Contains(got[0].Message, "address already in use") {
		t.Errorf("CheckPorts = %v, want the taken one of ops.listen, at line 2", got)
	}
}

func TestStateFolderIsTheInstances(t *testing.T) {
	t.Parallel()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"processor: {engine: {instance_id: b}}":                   filepath.Join("state", "b"),
		"processor: {engine: {instance_id: b, state_dir: /disk}}": "/disk",
		"log:\n": filepath.Join("state", host),
	} {
		if got := load(t, text).Config.Processor.Engine.StateDir; got != want {
			t.Errorf("state_dir of %q is %q, want %q", text, got, want)
		}
	}
}
