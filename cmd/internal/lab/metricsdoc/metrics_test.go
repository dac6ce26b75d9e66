package metricsdoc_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/processor"
)

var update = flag.Bool("update", false, "rewrite the tables of deploy/metrics.md")

// TestTable: deploy/metrics.md has every metric as it is described, and no other. Its
// tables are made by -update; what the labels' values mean is written by hand.
func TestTable(t *testing.T) {
	t.Parallel()
	all := startAll(t)
	text := read(t, tablePath)
	want := text
	known := map[string]metric{}
	for _, part := range []struct {
		heading string
		metrics map[string]metric
	}{{"Ingest", all.ingest}, {"Processor", all.processor}, {"Lag", all.lag}} {
		maps.Copy(known, part.metrics)
		want = withTable(t, want, part.heading, part.metrics, usersOf(t, text))
	}
	if *update {
		must(t, os.WriteFile(tablePath, []byte(want), 0o600))
		text = want
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("deploy/metrics.md is not what is exposed; go test ./cmd/internal/lab/metricsdoc -update rewrites its tables (-want +got):\n%s", diff)
	}
	lint(t, known)
	labels(t, text, known)
	t.Run("everything asked for exists", func(t *testing.T) {
		t.Parallel()
		exists(t, known)
	})
}

// usersOf returns who uses a metric. Alerts are those of the rules. Of dashboards,
// which come and go, those that the table names must use it; -update adds the rest.
func usersOf(t *testing.T, text string) func(m metric) string {
	t.Helper()
	alerts, boards := usedByAlerts(readRules(t)), usedByBoards(t)
	return func(m metric) string {
		use, shown := map[string]bool{}, map[string]bool{}
		series := []string{m.name}
		if m.kind == "histogram" {
			series = append(series, m.name+"_bucket", m.name+"_sum", m.name+"_count")
		}
		row := regexp.MustCompile("(?m)^\\| `" + m.name + "` .*$").FindString(text)
		for _, name := range series {
			maps.Copy(use, alerts[name])
			for board := range boards[name] {
				if *update || strings.Contains(row, "_"+board+"_") {
					shown["_"+board+"_"] = true
				}
			}
		}
		return strings.Join(append(sorted(use), sorted(shown)...), ", ")
	}
}

// withTable returns the text with the table under a heading as it should be.
func withTable(t *testing.T, text, heading string, metrics map[string]metric, users func(metric) string) string {
	t.Helper()
	const head = "| metric | type | unit | labels | tells | used by |\n| --- | --- | --- | --- | --- | --- |\n"
	before, after, ok := strings.Cut(text, "\n## "+heading+"\n")
	intro, rest, found := strings.Cut(after, head)
	if !ok || !found {
		t.Fatalf("deploy/metrics.md has no heading %q with a table that begins\n%s", heading, head)
	}
	for strings.HasPrefix(rest, "|") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	var rows []string
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		m := metrics[name]
		quoted := make([]string, len(m.labels))
		for i, label := range m.labels {
			quoted[i] = "`" + label + "`"
		}
		rows = append(rows, "| `"+m.name+"` | "+strings.Join([]string{
			m.kind, unit(m.name), strings.Join(quoted, " "), strings.ReplaceAll(m.help, "|", `\|`), users(m),
		}, " | ")+" |")
	}
	return before + "\n## " + heading + "\n" + intro + head + strings.Join(rows, "\n") + "\n" + rest
}

// unit is what the name says, as Prometheus' conventions have it.
func unit(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_max"), "_total")
	for _, u := range []struct{ suffix, unit string }{
		{suffix: "_timestamp_seconds", unit: "Unix seconds"},
		{suffix: "_bytes_per_second", unit: "bytes/s"},
		{suffix: "_records_per_second", unit: "records/s"},
		{suffix: "_seconds", unit: "seconds"},
		{suffix: "_seconds_left", unit: "seconds"},
		{suffix: "_bytes", unit: "bytes"},
	} {
		if strings.HasSuffix(name, u.suffix) {
			return u.unit
		}
	}
	return "count"
}

// lint has Prometheus' own linter look at names, types and help.
func lint(t *testing.T, known map[string]metric) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	for _, m := range known {
		var c prometheus.Collector
		switch m.kind {
		case "counter":
			c = prometheus.NewCounter(prometheus.CounterOpts{Name: m.name, Help: m.help})
		case "gauge":
			c = prometheus.NewGauge(prometheus.GaugeOpts{Name: m.name, Help: m.help})
		default:
			c = prometheus.NewHistogram(prometheus.HistogramOpts{Name: m.name, Help: m.help})
		}
		must(t, registry.Register(c))
		if !strings.HasSuffix(m.help, ".") {
			t.Errorf("the help of %s is no sentence: %q", m.name, m.help)
		}
	}
	families, err := registry.Gather()
	must(t, err)
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	must(t, err)
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// labels compares the labels in use with those explained under "Labels".
func labels(t *testing.T, text string, known map[string]metric) {
	t.Helper()
	_, section, ok := strings.Cut(text, "\n## Labels\n")
	if !ok {
		t.Fatal("deploy/metrics.md has no heading \"Labels\"")
	}
	explained := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|(.*)$").FindAllStringSubmatch(section, -1) {
		explained[row[1]] = row[2]
	}
	used := map[string]bool{}
	for _, m := range known {
		for _, label := range m.labels {
			used[label] = true
		}
	}
	if diff := cmp.Diff(sorted(used), slices.Sorted(maps.Keys(explained))); diff != "" {
		t.Errorf("labels in use and labels explained (-want +got):\n%s", diff)
	}
	verdicts := make([]string, 0, len(lag.Verdicts()))
	for _, v := range lag.Verdicts() {
		verdicts = append(verdicts, string(v))
	}
	for label, values := range map[string][]string{"stage": processor.StageNames(), "verdict": verdicts} {
		for _, value := range values {
			if !strings.Contains(explained[label], "`"+value+"`") {
				t.Errorf("the label %s is not explained with its value `%s`", label, value)
			}
		}
	}
}

// exists wants every metric that a rule or a dashboard asks for.
func exists(t *testing.T, known map[string]metric) {
	t.Helper()
	recorded := map[string]bool{}
	rules := readRules(t)
	for _, r := range rules {
		recorded[r.Record] = true
	}
	want := func(where, name string) {
		if _, ok := known[base(name, known)]; !ok && !recorded[name] {
			t.Errorf("%s asks for %s, which nobody exposes", where, name)
		}
	}
	for _, r := range rules {
		for _, name := range named(r.Expr + " " + r.Annotations["description"]) {
			want("rule "+r.Alert+r.Record, name)
		}
	}
	for name, boards := range usedByBoards(t) {
		want(fmt.Sprintf("dashboard %v", sorted(boards)), name)
	}
}
