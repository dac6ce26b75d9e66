package contract_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func options() *contract.Options {
	return &contract.Options{Brokers: "kafka:9092", Registry: "http://registry:8081", Names: schemas.Names{Prefix: "acme."}, Group: "acme.analytics.bi."}
}

// example is a topic of snapshots with a column of each kind, and one of facts.
func example(t *testing.T) []contract.Table {
	t.Helper()
	avsc, err := os.ReadFile("testdata/order.avsc")
	if err != nil {
		t.Fatal(err)
	}
	var tables []contract.Table
	for _, row := range []schemas.Topic{
		{Name: "enriched.orders.v1", Compact: true, Doc: "orders"},
		{Name: "decoded.shop.order-line.v12", Delete: true, Doc: "lines"},
		{Name: "insights.sales.v1", Compact: true, Doc: "sales", Views: []schemas.View{
			{Name: "sales", Doc: "paid in euro", Where: []schemas.Condition{{Column: "phase", Value: "PAID"}, {Column: "currency", Value: "EUR"}}},
			{Name: "sales_open", Doc: "not paid", Where: []schemas.Condition{{Column: "phase", Value: "PAID", Not: true}}},
		}},
	} {
		table, err := contract.NewTable(row, string(avsc))
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
	}
	return tables
}

// TestGolden keeps the output of each engine for the example, without and with units.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, engine := range contract.Engines() {
		t.Run(engine.Name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.Units = engine.Name == "duckdb" || engine.Name == "flink"
			files, err := contract.Generate(engine.Name, example(t), o)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				golden(t, filepath.Join("testdata", engine.Name, f.Name), f.Text)
			}
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); -update rewrites it:\n%s", path, diff)
	}
}

// TestEveryTopic exports every open topic for every engine: each relation of each topic is
// there, and no restricted topic is.
func TestEveryTopic(t *testing.T) {
	t.Parallel()
	tables, err := contract.Tables()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range tables {
		relations := []string{tables[i].Current(), tables[i].History()}
		for _, v := range tables[i].Topic.Views {
			relations = append(relations, v.Name)
			checkView(t, &tables[i], &v)
		}
		for _, name := range relations {
			if seen[name] && tables[i].Key != "" {
				t.Errorf("two relations are named %s", name)
			}
			seen[name] = true
		}
	}
	for _, want := range []string{"verifications", "verifications_history", "payments", "journeys", "accounts", "attempts", "funnel", "funnel_hourly", "funnel_quarter_hourly", "funnel_areas", "funnel_blocks", "funnel_history", "signals", "signals_all", "signals_history", "money", "money_history", "ledger", "decoded_uapay_payment"} {
		if !seen[want] {
			t.Errorf("no relation %s", want)
		}
	}
	for i := range tables {
		names := map[string]bool{}
		for _, c := range tables[i].Columns {
			names[c.Name] = true
		}
		for _, c := range tables[i].Columns {
			for _, pair := range [][2]string{{"_minor", "_major"}, {"_ms", "_seconds"}} {
				if stem, has := strings.CutSuffix(c.Name, pair[0]); has && names[stem+pair[1]] {
					t.Errorf("%s: the column with units of %s is named as another", tables[i].Name, c.Name)
				}
			}
		}
	}
	for _, engine := range contract.Engines() {
		files, err := contract.Export(engine.Name, options())
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, f := range files {
			all.WriteString(f.Name + f.Text)
		}
		for name := range seen {
			if !strings.Contains(all.String(), name) && (engine.Name != "arrow" || strings.HasSuffix(name, "_history")) {
				t.Errorf("%s: nothing of %s", engine.Name, name)
			}
		}
		if strings.Contains(all.String(), "internal.") || strings.Contains(all.String(), "raw.lox24") && engine.Name == "arrow" {
			t.Errorf("%s: a restricted topic", engine.Name)
		}
	}
}

// checkView checks that a view's conditions are about columns with those documented values.
func checkView(t *testing.T, table *contract.Table, v *schemas.View) {
	t.Helper()
	for _, e := range v.Where {
		i := slices.IndexFunc(table.Columns, func(c contract.Column) bool { return c.Name == e.Column })
		if i < 0 || !slices.ContainsFunc(table.Columns[i].Values, func(known schema.Value) bool { return known.Name == e.Value }) {
			t.Errorf("view %s: %s has no value %s", v.Name, e.Column, e.Value)
		}
	}
}

// TestRefused lists schemas that are no table.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, avsc := range map[string]string{
		"no schema":            `{`,
		"no record":            `"string"`,
		"a record of nothing":  `{"type":"record","name":"R","fields":[]}`,
		"a union":              `{"type":"record","name":"R","fields":[{"name":"a","type":["int","string"]}]}`,
		"a recursive record":   `{"type":"record","name":"R","fields":[{"name":"a","type":["null","R"]}]}`,
		"another logical type": `{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"int","logicalType":"time-millis"}}]}`,
	} {
		if _, err := contract.NewTable(schemas.Topic{Name: "a.v1"}, avsc); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := contract.Export("excel", options()); err == nil || !strings.Contains(err.Error(), "duckdb") {
		t.Errorf("Export() for an unknown engine = %v, want the known ones", err)
	}
}
