package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
)

// TestWrongValues: a value of the wrong type is reported once, in terms of the value, with the
// spelling to use.
func TestWrongValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, path, says string }{
		"days":              {"processor: {dedupe_span: 3 days}", "processor.dedupe_span", `"3 days" is no time span`},
		"no unit":           {"kafka: {dial_timeout: 30}", "kafka.dial_timeout", `"30" has no unit: write 30s for seconds, or 30ms`},
		"words":             {"kafka: {dial_timeout: soon}", "kafka.dial_timeout", "such as 500ms"},
		"in a map":          {"topics: {retention: {raw.lox24.v1: 14}}", "topics.retention.raw.lox24.v1", "write 14s"},
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

// TestDays: time spans of days are read everywhere, and shown as such.
func TestDays(t *testing.T) {
	t.Setenv("TRIBUTARY_PROCESSOR__DEADLINES__HOLD", "1w")
	f := load(t, "processor: {dedupe_span: 4d}\ntopics: {retention: {raw.lox24.v1: 1d12h}}\n")
	if faults := f.Check(); len(faults) > 0 {
		t.Errorf("faults %v, want none", faults)
	}
	c := &f.Config
	if c.Processor.DedupeSpan != 96*time.Hour || c.Processor.Deadlines.Hold != 168*time.Hour || c.Topics.Retention["raw.lox24.v1"] != 36*time.Hour {
		t.Errorf("spans %v, %v and %v, want 4, 7 and 1.5 days", c.Processor.DedupeSpan, c.Processor.Deadlines.Hold, c.Topics.Retention)
	}
	text, err := f.Effective()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"dedupe_span: 4d\n", "hold: 7d\n", "raw.lox24.v1: 1d12h\n", "dial_timeout: 10s\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the settings have no %q:\n%s", want, text)
		}
	}
	if again := load(t, text); again.Config.Processor.DedupeSpan != c.Processor.DedupeSpan {
		t.Errorf("the settings as shown read %v, want %v", again.Config.Processor.DedupeSpan, c.Processor.DedupeSpan)
	}
	if text := messages(load(t, "topics: {retention: {raw.lox24.v1: 1d}}").Warnings()); !strings.Contains(text, "kept for 1d, shorter than processor.dedupe_span (3d)") {
		t.Errorf("warnings %s, want spans in days", text)
	}
}

func messages(faults []config.Fault) string {
	var b strings.Builder
	for i := range faults {
		b.WriteString(faults[i].String() + "\n")
	}
	return b.String()
}

func TestWrongVariables(t *testing.T) {
	t.Setenv("TRIBUTARY_KAFKA__DIAL_TIMEOUT", "3")
	t.Setenv("TRIBUTARY_TOPICS__PARTITIONS", "many")
	t.Setenv("TRIBUTARY_KAFKA__SASL__MECHANISM", "MAGIC")
	t.Setenv("TRIBUTARY_KAFFKA__BROKERS", "a:1")
	f := load(t, "kafka: {brokers: ['c:3']}")
	faults, warnings := messages(f.Check()), messages(f.Warnings())
	for _, want := range []string{
		`TRIBUTARY_KAFKA__DIAL_TIMEOUT (kafka.dial_timeout): "3" has no unit: write 3s for seconds, or 3ms`,
		`TRIBUTARY_TOPICS__PARTITIONS (topics.partitions): "many" is no whole number`,
		"TRIBUTARY_KAFKA__SASL__MECHANISM (kafka.sasl.mechanism): ",
	} {
		if !strings.Contains(faults, want) {
			t.Errorf("faults\n%swant one with %q", faults, want)
		}
	}
	if want := "TRIBUTARY_KAFFKA__BROKERS (kaffka.brokers): no such setting: this variable changes nothing; did you mean TRIBUTARY_KAFKA__BROKERS?"; !strings.Contains(warnings, want) {
		t.Errorf("warnings\n%swant one with %q", warnings, want)
	}
}

func TestOverrides(t *testing.T) {
	t.Setenv("TRIBUTARY_KAFKA__BROKERS", "env:1")
	path := filepath.Join(t.TempDir(), "t.yaml")
	if err := os.WriteFile(path, []byte("kafka: {brokers: ['file:1'], prefix: file.}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := config.Load(path, "kafka.brokers=a:1,b:2", "kafka.dial_timeout=3", "topics.families.lox24=3")
	if err != nil {
		t.Fatal(err)
	}
	if c := f.Config; strings.Join(c.Kafka.Brokers, " ") != "a:1 b:2" || c.Kafka.Prefix != "file." || c.Topics.Families["lox24"] != 3 {
		t.Errorf("brokers %v, prefix %q, families %v: want the overrides and else the file", c.Kafka.Brokers, c.Kafka.Prefix, c.Topics.Families)
	}
	if faults := f.Check(); len(faults) != 1 || faults[0].String() != `-X kafka.dial_timeout: "3" has no unit: write 3s for seconds, or 3ms` {
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
