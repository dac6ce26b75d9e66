package metricsdoc_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const (
	rulesPath   = "../../../../deploy/prometheus/tributary.rules.yml"
	playsGlob   = "../../../../deploy/prometheus/tests/*.yml"
	boardsGlob  = "../../../../deploy/grafana/dashboards/*.json"
	tablePath   = "../../../../deploy/metrics.md"
	runbookPath = "../../../../deploy/runbook.md"
)

// rule is an alert or what is recorded.
type rule struct {
	Alert       string            `yaml:"alert"`
	Record      string            `yaml:"record"`
	Expr        string            `yaml:"expr"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return string(text)
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	must(t, yaml.Unmarshal([]byte(read(t, path)), into))
}

func readRules(t *testing.T) []rule {
	t.Helper()
	var file struct {
		Groups []struct {
			Rules []rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	readYAML(t, rulesPath, &file)
	var out []rule
	for _, g := range file.Groups {
		out = append(out, g.Rules...)
	}
	return out
}

var namePattern = regexp.MustCompile(`[a-z_]*:?tributary_[a-z0-9_:]+`)

// named returns the metrics and recorded series that a text names.
func named(text string) []string { return namePattern.FindAllString(text, -1) }

// usedByAlerts returns the alerts by the name of what they ask for, also by way of
// what is recorded.
func usedByAlerts(rules []rule) map[string]map[string]bool {
	recorded := map[string][]string{}
	for _, r := range rules {
		if r.Record != "" {
			recorded[r.Record] = named(r.Expr)
		}
	}
	out := map[string]map[string]bool{}
	var add func(alert string, names []string, depth int)
	add = func(alert string, names []string, depth int) {
		for _, name := range names {
			if from, ok := recorded[name]; ok && depth > 0 {
				add(alert, from, depth-1)
				continue
			}
			if out[name] == nil {
				out[name] = map[string]bool{}
			}
			out[name][alert] = true
		}
	}
	for _, r := range rules {
		if r.Alert != "" {
			add(r.Alert, named(r.Expr+" "+r.Annotations["description"]), len(rules))
		}
	}
	return out
}

// usedByBoards returns the dashboards, by their files' names, by what they ask for.
func usedByBoards(t *testing.T) map[string]map[string]bool {
	t.Helper()
	paths, err := filepath.Glob(boardsGlob)
	must(t, err)
	out := map[string]map[string]bool{}
	for _, path := range paths {
		var board any
		must(t, json.Unmarshal([]byte(read(t, path)), &board))
		for _, expr := range texts(board, "expr", "query", "definition") {
			for _, name := range named(expr) {
				if out[name] == nil {
					out[name] = map[string]bool{}
				}
				out[name][strings.TrimSuffix(filepath.Base(path), ".json")] = true
			}
		}
	}
	return out
}

// texts returns the strings under some keys, wherever they stand.
func texts(v any, keys ...string) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if text, ok := value.(string); ok && slices.Contains(keys, key) {
				out = append(out, text)
				continue
			}
			out = append(out, texts(value, keys...)...)
		}
	case []any:
		for _, value := range v {
			out = append(out, texts(value, keys...)...)
		}
	}
	return out
}

// base is the name that a series of a histogram belongs to.
func base(name string, known map[string]metric) string {
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if short := strings.TrimSuffix(name, suffix); known[short].kind == "histogram" {
			return short
		}
	}
	return name
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
