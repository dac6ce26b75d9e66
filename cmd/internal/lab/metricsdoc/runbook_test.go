package metricsdoc_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// watchdog is the alert that always fires.
const watchdog = "TributaryWatchdog"

// alertNames returns the alerts' names.
func alertNames(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, r := range readRules(t) {
		if r.Alert != "" {
			out[r.Alert] = true
		}
	}
	return out
}

// TestRunbook: every alert has a section with what it means, what to look at, what to
// do and what not to do, and every section an alert.
func TestRunbook(t *testing.T) {
	t.Parallel()
	sections := map[string]string{}
	for _, text := range strings.Split(read(t, runbookPath), "\n## ")[1:] {
		if name, body, _ := strings.Cut(text, "\n"); strings.HasPrefix(name, "Tributary") {
			sections[name] = body
		}
	}
	if diff := cmp.Diff(sorted(alertNames(t)), slices.Sorted(maps.Keys(sections))); diff != "" {
		t.Errorf("alerts and sections of deploy/runbook.md (-alerts +sections):\n%s", diff)
	}
	for name, body := range sections {
		for _, part := range []string{"**Means.**", "**Look.**", "**Do.**", "**Do not.**"} {
			if !strings.Contains(body, part) {
				t.Errorf("the section of %s has no %s", name, part)
			}
		}
	}
}

// TestRunbookCommands: a command of ours that the runbook names exists.
func TestRunbookCommands(t *testing.T) {
	t.Parallel()
	commands := map[string]bool{}
	for _, folder := range []string{"../../../tributary", "../../cli/operator", "../../cli/consumer"} {
		files, err := filepath.Glob(folder + "/*.go")
		must(t, err)
		for _, file := range files {
			for _, m := range regexp.MustCompile(`Use: +"([a-z]+)`).FindAllStringSubmatch(read(t, file), -1) {
				commands[m[1]] = true
			}
		}
	}
	for _, m := range regexp.MustCompile("[`\n]tributary ([a-z]+)").FindAllStringSubmatch(read(t, runbookPath), -1) {
		if !commands[m[1]] {
			t.Errorf("the runbook names `tributary %s`, which does not exist", m[1])
		}
	}
}

// TestAlertsSayWhatTheyMust: severity, summary, description and the section's address.
func TestAlertsSayWhatTheyMust(t *testing.T) {
	t.Parallel()
	for _, r := range readRules(t) {
		if r.Alert == "" {
			continue
		}
		if s := r.Labels["severity"]; !slices.Contains([]string{"critical", "warning", "info"}, s) && (s != "none" || r.Alert != watchdog) {
			t.Errorf("%s has severity %q, want critical, warning or info", r.Alert, s)
		}
		for _, key := range []string{"summary", "description"} {
			if r.Annotations[key] == "" {
				t.Errorf("%s has no %s", r.Alert, key)
			}
		}
		if want := "/deploy/runbook.md#" + strings.ToLower(r.Alert); !strings.HasSuffix(r.Annotations["runbook_url"], want) {
			t.Errorf("the runbook_url of %s is %q, want one that ends in %s", r.Alert, r.Annotations["runbook_url"], want)
		}
	}
}

// play is a promtool test of an alert at one time.
type play struct {
	Name   string `yaml:"alertname"`
	At     string `yaml:"eval_time"`
	Alerts []any  `yaml:"exp_alerts"`
}

// TestAlertsArePlayed: for each alert, by severity and window, there is a test in which
// more of them fire than before and fewer afterwards.
func TestAlertsArePlayed(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(playsGlob)
	must(t, err)
	played := map[string]bool{}
	for _, path := range paths {
		var file struct {
			Tests []struct {
				Plays []play `yaml:"alert_rule_test"`
			} `yaml:"tests"`
		}
		readYAML(t, path, &file)
		for _, test := range file.Tests {
			byName := map[string][]play{}
			for _, p := range test.Plays {
				byName[p.Name] = append(byName[p.Name], p)
			}
			for name, plays := range byName {
				played[name] = played[name] || comesAndGoes(t, plays)
			}
		}
	}
	for name := range alertNames(t) {
		if !played[name] && name != watchdog {
			t.Errorf("no test in deploy/prometheus/tests shows that %s fires and resolves", name)
		}
	}
}

// comesAndGoes says whether more fire in the middle than at the beginning and end.
func comesAndGoes(t *testing.T, plays []play) bool {
	t.Helper()
	at := func(p play) time.Duration {
		d, err := time.ParseDuration(p.At)
		must(t, err)
		return d
	}
	slices.SortFunc(plays, func(a, b play) int { return int(at(a) - at(b)) })
	for i := 1; i < len(plays)-1; i++ {
		if n := len(plays[i].Alerts); n > len(plays[0].Alerts) && n > len(plays[len(plays)-1].Alerts) {
			return true
		}
	}
	return false
}
