package catalogue_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/catalogue"
	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/registry"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func generate(t *testing.T, o *catalogue.Options) map[string]string {
	t.Helper()
	list, err := catalogue.Generate(o)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range list {
		files[f.Name] = f.Text
	}
	return files
}

// TestPages: every topic has a page with every field and documented value, every link leads
// to a page, every tag is closed, nothing is loaded from elsewhere, and no text of a record
// becomes a tag.
func TestPages(t *testing.T) {
	t.Parallel()
	row := json.RawMessage(`{"a":"<script>alert(1)</script>"}`)
	files := generate(t, &catalogue.Options{Version: "1", Samples: map[string][]json.RawMessage{schemas.EnrichedPayments: {row}}})
	tables, err := contract.Tables()
	if err != nil {
		t.Fatal(err)
	}
	for i := range tables {
		text := files[tables[i].Name+".html"]
		for _, c := range tables[i].Columns {
			if !strings.Contains(text, "<code>"+c.Name+"</code>") {
				t.Errorf("%s: no field %s", tables[i].Name, c.Name)
			}
			for _, v := range c.Values {
				if !strings.Contains(text, "<dt>"+v.Name+"</dt>") {
					t.Errorf("%s: no value %s of %s", tables[i].Name, v.Name, c.Name)
				}
			}
		}
	}
	for name, text := range files {
		if filepath.Ext(name) != ".html" {
			continue
		}
		for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(text, -1) {
			if _, ok := files[link[1]]; !ok {
				t.Errorf("%s: a link to %s, which does not exist", name, link[1])
			}
		}
		for _, tag := range []string{"div", "dl", "ul", "li", "details", "pre", "a", "p", "span", "dt", "dd"} {
			begun, ended := len(regexp.MustCompile(`<`+tag+`[ >]`).FindAllString(text, -1)), strings.Count(text, "</"+tag+">")
			if begun != ended {
				t.Errorf("%s: %d <%s> and %d </%s>", name, begun, tag, ended, tag)
			}
		}
		for _, bad := range []string{"<script", "%!", "http://", "https://", "src="} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %q", name, bad)
			}
		}
	}
	if !strings.Contains(files["payments.html"], "&lt;script&gt;") {
		t.Error("the sample row is not shown")
	}
}

// TestDocuments: the AsyncAPI document and the data contract have every topic and none that
// is restricted.
func TestDocuments(t *testing.T) {
	t.Parallel()
	files := generate(t, &catalogue.Options{Version: "1", Names: schemas.Names{Prefix: "acme."}, Brokers: "kafka:9092"})
	var api struct {
		Channels map[string]struct{ Address string }
	}
	if err := json.Unmarshal([]byte(files["asyncapi.json"]), &api); err != nil {
		t.Fatal(err)
	}
	var odcs struct {
		Schema []struct {
			PhysicalName string `yaml:"physicalName"` //nolint:tagliatelle // the standard's name
			Properties   []struct{ Name string }
		}
	}
	if err := yaml.Unmarshal([]byte(files["datacontract.yaml"]), &odcs); err != nil {
		t.Fatal(err)
	}
	var channels, tables, want []string
	for _, c := range api.Channels {
		channels = append(channels, c.Address)
	}
	for _, s := range odcs.Schema {
		tables = append(tables, s.PhysicalName)
		if len(s.Properties) == 0 {
			t.Errorf("%s has no properties", s.PhysicalName)
		}
	}
	for _, row := range schemas.Table() {
		if row.Access == schemas.AccessOpen {
			want = append(want, "acme."+row.Name)
		}
	}
	for _, names := range [][]string{channels, tables, want} {
		slices.Sort(names)
	}
	if !slices.Equal(channels, want) || !slices.Equal(tables, want) {
		t.Errorf("channels %v\ntables %v\nwant %v", channels, tables, want)
	}
}

// TestSamples takes the first rows with a value from an export, without the columns of the
// record.
func TestSamples(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	manifest := `{"version":1,"format":"jsonl","topics":{"ledger.v1":{"files":[{"path":"ledger.v1/1.jsonl"}]}}}`
	lines := `{"kafka_key":"a","kafka_tombstone":true}
{"n":1,"kafka_key":"a","kafka_tombstone":false}
{"n":2,"kafka_key":",\"kafka_key\":","kafka_tombstone":false}
`
	for name, text := range map[string]string{"manifest.json": manifest, "ledger.v1/1.jsonl": lines} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := catalogue.ReadSamples(dir)
	if err != nil {
		t.Fatal(err)
	}
	if rows := got["ledger.v1"]; len(rows) != 2 || string(rows[0]) != `{"n":1}` || string(rows[1]) != `{"n":2}` {
		t.Errorf("ReadSamples() = %s", rows)
	}
}

// TestProve fails each service level by itself.
func TestProve(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		change  func(e *avro.LedgerEntry)
		waiting time.Duration
		missing bool
		want    string
	}{
		"all hold":       {},
		"a late record":  {waiting: catalogue.Freshness + time.Second, want: "freshness"},
		"a lost record":  {change: func(e *avro.LedgerEntry) { e.TotalDecoded-- }, want: "completeness"},
		"a fault":        {change: func(e *avro.LedgerEntry) { e.TotalUnaccounted, e.TotalDecoded = 1, e.TotalDecoded-1 }, want: "completeness"},
		"a hole":         {change: func(e *avro.LedgerEntry) { e.SkippedOffsets = 3 }, want: "completeness"},
		"a silent stage": {change: func(e *avro.LedgerEntry) { e.Minute = now.Add(-time.Hour) }, want: "heartbeat"},
		"no schema":      {missing: true, want: "compatibility"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := &avro.LedgerEntry{
				Topic: "raw", Minute: now.Add(-time.Minute), ProcessedAt: now,
				TotalAccepted: 5, TotalReplayed: 1, TotalDecoded: 3, TotalDuplicates: 2, TotalDeadLetters: 1,
			}
			if test.change != nil {
				test.change(e)
			}
			p := &catalogue.Pipeline{
				Kafka: ledgerOf(t, e), Patience: time.Minute, Progress: scan.Silent{}, Now: func() time.Time { return now },
				Waiting: func(context.Context) (time.Duration, error) { return test.waiting, nil },
				Status: func(context.Context) ([]registry.Result, error) {
					return []registry.Result{{Subject: "a-value", Registered: !test.missing}}, nil
				},
			}
			proofs, err := catalogue.Prove(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			var failed []string
			for _, proof := range proofs {
				if !proof.Holds {
					failed = append(failed, proof.Level)
				}
			}
			if strings.Join(failed, " ") != test.want || len(proofs) != 4 {
				t.Errorf("Prove() = %+v, want %q to fail", proofs, test.want)
			}
		})
	}
}

// ledgerOf is a cluster whose ledger has an older entry and this one.
func ledgerOf(t *testing.T, e *avro.LedgerEntry) []kgo.Opt {
	t.Helper()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	kafka := []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...)}
	client, err := kgo.NewClient(kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).CreateTopic(t.Context(), 1, 1, nil, schemas.Ledger); err != nil {
		t.Fatal(err)
	}
	older := &avro.LedgerEntry{Topic: "raw", Minute: e.Minute.Add(-time.Hour), ProcessedAt: e.ProcessedAt}
	for _, entry := range []*avro.LedgerEntry{older, e} {
		value, err := entry.AppendAvro(wire.AppendPlaceholder(nil))
		if err != nil {
			t.Fatal(err)
		}
		wire.Put(value, 1)
		if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: schemas.Ledger, Value: value}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	return kafka
}
