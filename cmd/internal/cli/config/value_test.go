package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
)

// TestWrongValues: a value of the wrong type is reported once, in terms of the value, with the
// spelling to use.
func TestWrongValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, path, says string }{
		"days":              {"processor: {dedupe_span: 3d}", "processor.dedupe_span", `"3d" is no duration: write 72h`},
		"weeks":             {"processor: {dedupe_span: 2w}", "processor.dedupe_span", "write 336h"},
		"no unit":           {"kafka: {dial_timeout: 30}", "kafka.dial_timeout", `"30" has no unit: write 30s for seconds, or 30ms`},
		"words":             {"kafka: {dial_timeout: soon}", "kafka.dial_timeout", "such as 500ms"},
		"in a map":          {"topics: {retention: {raw.lox24.v1: 14d}}", "topics.retention.raw.lox24.v1", "write 336h"},
		"an integer":        {"topics: {partitions: twelve}", "topics.partitions", `"twelve" is no whole number`},
		"a float as int":    {"topics: {partitions: 1.5}", "topics.partitions", `"1.5" is no whole number`},
		"too large":         {"topics: {partitions: 99999999999}", "topics.partitions", "at most 32 bits"},
		"true or false":     {"ingest: {access_log: maybe}", "ingest.access_log", "neither true nor false"},
		"a time":            {"privacy: {keys: [{id: a, env: A, from: yesterday}]}", "privacy.keys[0].from", "is no time"},
		"the mask":          {"privacy: {keys: [{id: a, value: '********'}]}", "privacy.keys[0].value", "is the mask"},
		"a range of ports":  {"ops: {listen: '127.0.0.1:9-1'}", "ops.listen", "is no range"},
		"ports of no host":  {"ops: {listen: '9090'}", "ops.listen", "is no address"},
		"a number too much": {"sources: [{id: a, provider: uapay, rate: fast}]", "sources[0].rate", "is no number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var messages []string
			for _, fault := range load(t, c.text).Check() {
				if fault.Path == c.path {
					messages = append(messages, fault.Message)
				}
				if strings.Contains(fault.Message, "strconv") || strings.HasPrefix(fault.Message, "time: ") {
					t.Errorf("the message is Go's: %s", fault)
				}
			}
			if len(messages) != 1 || !strings.Contains(messages[0], c.says) {
				t.Errorf("faults of %s: %q, want one with %q", c.path, messages, c.says)
			}
		})
	}
}

func TestValuesWithoutFault(t *testing.T) {
	t.Parallel()
	f := load(t, "kafka: {dial_timeout: 0}\nprocessor: {dedupe_span: 72h}\nops: {listen: ''}\nlog:\n")
	if faults := f.Check(); len(faults) > 0 {
		t.Errorf("faults %v, want none", faults)
	}
}

func TestWrongVariables(t *testing.T) {
	t.Setenv("TRIBUTARY_KAFKA__DIAL_TIMEOUT", "3d")
	t.Setenv("TRIBUTARY_TOPICS__PARTITIONS", "many")
	t.Setenv("TRIBUTARY_KAFKA__SASL__MECHANISM", "MAGIC")
	t.Setenv("TRIBUTARY_KAFFKA__BROKERS", "a:1")
	f := load(t, "kafka: {brokers: ['c:3']}")
	lines := func(faults []config.Fault) string {
		var b strings.Builder
		for i := range faults {
			b.WriteString(faults[i].String() + "\n")
		}
		return b.String()
	}
	faults, warnings := lines(f.Check()), lines(f.Warnings())
	for _, want := range []string{
		`TRIBUTARY_KAFKA__DIAL_TIMEOUT (kafka.dial_timeout): "3d" is no duration: write 72h`,
		`TRIBUTARY_TOPICS__PARTITIONS (topics.partitions): "many" is no whole number`,
		"TRIBUTARY_KAFKA__SASL__MECHANISM (kafka.sasl.mechanism): ",
	} {
		if !strings.Contains(faults, want) {
			t.Errorf("faults\n%swant one with %q", faults, want)
		}
	}
	if want := "TRIBUTARY_KAFFKA__BROKERS is no setting and changes nothing; did you mean TRIBUTARY_KAFKA__BROKERS?"; !strings.Contains(warnings, want) {
		t.Errorf("warnings\n%swant one with %q", warnings, want)
	}
}

func TestOverrides(t *testing.T) {
	t.Setenv("TRIBUTARY_KAFKA__BROKERS", "env:1")
	path := filepath.Join(t.TempDir(), "t.yaml")
	if err := os.WriteFile(path, []byte("kafka: {brokers: ['file:1'], prefix: file.}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := config.Load(path, "kafka.brokers=a:1,b:2", "kafka.dial_timeout=3d", "topics.families.lox24=3")
	if err != nil {
		t.Fatal(err)
	}
	if c := f.Config; strings.Join(c.Kafka.Brokers, " ") != "a:1 b:2" || c.Kafka.Prefix != "file." || c.Topics.Families["lox24"] != 3 {
		t.Errorf("brokers %v, prefix %q, families %v: want the overrides and else the file", c.Kafka.Brokers, c.Kafka.Prefix, c.Topics.Families)
	}
	if faults := f.Check(); len(faults) != 1 || faults[0].String() != `-X kafka.dial_timeout: "3d" is no duration: write 72h` {
		t.Errorf("faults %v, want one that names the flag", faults)
	}
	for override, says := range map[string]string{
		"kafka.brokers":     "write key=value",
		"kafka.broker=a:1":  "did you mean kafka.brokers?",
		"kafka=a":           "no such setting",
		"sources[0].id=abc": "no such setting",
	} {
		if _, err := config.Load(path, override); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("-X %s: %v, want an error with %q", override, err, says)
		}
	}
}
