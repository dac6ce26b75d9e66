package dashboards_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/lab/dashboards"
)

const deploy = "../../../../deploy"

// TestFilesAreNew: what Grafana is given is what the source says.
func TestFilesAreNew(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(deploy, "grafana", "dashboards")
	var want []string
	for _, d := range dashboards.All() {
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(folder, d.Name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(text), string(got)); diff != "" {
			t.Errorf("%s.json is not what the source says; run make generate (-source +file):\n%s", d.Name, diff)
		}
		want = append(want, d.Name+".json")
	}
	slices.Sort(want)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, e := range entries {
		there = append(there, e.Name())
	}
	if diff := cmp.Diff(want, there); diff != "" {
		t.Errorf("files (-source +folder):\n%s", diff)
	}
}

// TestPanelsAreWhole: every panel says what it shows, in a unit that Grafana has,
// and has its place.
func TestPanelsAreWhole(t *testing.T) {
	t.Parallel()
	units := []string{
		"none", "short", "s", "bytes", "Bps", "percentunit", "reqps", "cps", "ops", "cpm", "currencyUAH", "currencyEUR",
	}
	uids := map[string]bool{}
	for _, d := range dashboards.All() {
		if uids[d.UID()] || d.Title == "" || d.Description == "" {
			t.Errorf("dashboard %s: its uid is taken, or it has no title or description", d.Name)
		}
		uids[d.UID()] = true
		titles := map[string]bool{}
		section := ""
		for _, p := range d.Panels {
			if p.Kind == dashboards.Row {
				section = p.Title
				continue
			}
			at := fmt.Sprintf("%s / %s / %s", d.Name, section, p.Title)
			if titles[at] {
				t.Errorf("%s: twice", at)
			}
			titles[at] = true
			if len(p.Description) < 40 || !strings.HasSuffix(p.Description, ".") && !strings.HasSuffix(p.Description, "`") {
				t.Errorf("%s: the description %q is no sentence", at, p.Description)
			}
			if !slices.Contains(units, p.Unit) {
				t.Errorf("%s: the unit %q is none of %v", at, p.Unit, units)
			}
			if p.Width < 3 || p.Width > 24 || p.Height < 4 || len(p.Queries) == 0 {
				t.Errorf("%s: width %d, height %d, %d queries", at, p.Width, p.Height, len(p.Queries))
			}
		}
	}
}

// TestPlaces: no panel covers another, no id is there twice, and every data source is
// the one that the person chose.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, d := range dashboards.All() {
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"datasource": \{\s*"type": "(\w+)",\s*"uid": "([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
			if m[2] != "${datasource}" && m[1] != "grafana" {
				t.Errorf("%s: a data source %s that nobody chose", d.Name, m[2])
			}
		}
		var page struct {
			Panels []struct {
				ID      int    `json:"id"`
				Title   string `json:"title"`
				GridPos struct{ X, Y, W, H int }
			} `json:"panels"`
		}
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatal(err)
		}
		taken, ids := map[[2]int]string{}, map[int]bool{}
		for _, p := range page.Panels {
			if ids[p.ID] {
				t.Errorf("%s: id %d twice", d.Name, p.ID)
			}
			ids[p.ID] = true
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
						t.Fatalf("%s: %s covers %q at column %d, row %d", d.Name, p.Title, other, x, y)
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
		}
	}
}

// TestQueriesParse: every query is one that Prometheus reads.
func TestQueriesParse(t *testing.T) {
	t.Parallel()
	reader := parser.NewParser(parser.Options{})
	for _, q := range dashboards.Asks() {
		if _, err := reader.ParseExpr(q.Expr); err != nil || strings.Contains(q.Expr, "$") {
			t.Errorf("%s / %s: %v: %s", q.Dashboard, q.Panel, err, q.Expr)
		}
	}
}

// TestMetricsAreThere: every query is of metrics and recorded figures that there are,
// and chooses by variables that the dashboard has.
func TestMetricsAreThere(t *testing.T) {
	t.Parallel()
	known := metrics(t)
	reader := parser.NewParser(parser.Options{})
	for _, q := range dashboards.Asks() {
		at := q.Dashboard + " / " + q.Panel
		expr, err := reader.ParseExpr(q.Expr)
		if err != nil {
			continue // TestQueriesParse says so
		}
		parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
			if v, ok := node.(*parser.VectorSelector); ok && !known[strings.TrimSuffix(v.Name, "_bucket")] && !known[v.Name] {
				t.Errorf("%s: there is no metric %s", at, v.Name)
			}
			return nil
		})
	}
	for _, d := range dashboards.All() {
		var has []string
		for _, v := range d.Variables {
			has = append(has, v.Name)
		}
		for _, p := range d.Panels {
			for _, q := range p.Queries {
				for _, m := range regexp.MustCompile(`\$([a-z]+)`).FindAllStringSubmatch(q.Expr, -1) {
					if !slices.Contains(has, m[1]) {
						t.Errorf("%s / %s: the dashboard has no variable %s", d.Name, p.Title, m[1])
					}
				}
			}
		}
	}
}

// TestAlertsAreThere: every section of the runbook that is linked is one of an alert
// that there is.
func TestAlertsAreThere(t *testing.T) {
	t.Parallel()
	rules := read(t, "prometheus", "tributary.rules.yml")
	book := strings.ToLower(read(t, "runbook.md"))
	for _, d := range dashboards.All() {
		for _, p := range d.Panels {
			for _, alert := range p.Alerts {
				if !strings.Contains(rules, "alert: "+alert+"\n") || !strings.Contains(rules, dashboards.Section(alert)) {
					t.Errorf("%s / %s: no alert %s with this section in the rules", d.Name, p.Title, alert)
				}
				if !strings.Contains(book, "# "+strings.ToLower(alert)+"\n") {
					t.Errorf("%s / %s: the runbook has no section %s", d.Name, p.Title, alert)
				}
			}
		}
	}
}

// TestAsk: what is no number does not count, and what Prometheus refuses is said.
func TestAsk(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.FormValue("query") {
		case "share":
			fmt.Fprint(w, `{"status":"success","data":{"result":[{"values":[[1,"NaN"]]},{"values":[[1,"NaN"],[2,"0"]]}]}}`)
		case "now":
			fmt.Fprint(w, `{"status":"success","data":{"result":[{"value":[1,"3"]}]}}`)
		case "nothing":
			fmt.Fprint(w, `{"status":"success","data":{"result":[]}}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"status":"error","error":"no such thing"}`)
		}
	}))
	t.Cleanup(server.Close)
	prometheus := &dashboards.Prometheus{URL: server.URL, Client: server.Client()}
	for name, test := range map[string]struct {
		expr            string
		instant         bool
		series, numbers int
		err             string
	}{
		"a share of nothing": {"share", false, 2, 1, ""},
		"now":                {"now", true, 1, 1, ""},
		"nothing":            {"nothing", false, 0, 0, ""},
		"refused":            {"wrong", false, 0, 0, "no such thing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := dashboards.Asked{Query: dashboards.Query{Expr: test.expr}, Instant: test.instant}
			a := prometheus.Ask(t.Context(), &q, time.Unix(1000, 0))
			said := ""
			if a.Err != nil {
				said = a.Err.Error()
			}
			if a.Series != test.series || a.Numbers != test.numbers || said != test.err {
				t.Errorf("Ask() = %d series, %d numbers, %q", a.Series, a.Numbers, said)
			}
		})
	}
}

// metrics are the names of everything that can be asked for: what deploy/metrics.md
// documents, which a test of its own keeps true, what the rules record, what Go and
// the process tell, and what Prometheus has itself.
func metrics(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{"up": true, "ALERTS": true}
	families, err := ops.NewRegistry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		names[f.GetName()] = true
	}
	for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(read(t, "metrics.md"), -1) {
		names[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`record: (\S+)`).FindAllStringSubmatch(read(t, "prometheus", "tributary.rules.yml"), -1) {
		names[m[1]] = true
	}
	return names
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{deploy}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
