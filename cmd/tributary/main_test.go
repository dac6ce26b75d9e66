package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/fx"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded/embeddedtest"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tributary": main})
}

// TestScripts runs the real program, against an embedded broker and registry where the
// script says stack.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"stack":    embeddedtest.Stack,
			"journeys": produceJourneys,
			"insights": produceInsights,
			"raw": func(ts *testscript.TestScript, _ bool, args []string) {
				produce(ts, "raw.lox24.v1", "k", []byte(args[0]))
			},
			"hostile": func(ts *testscript.TestScript, _ bool, _ []string) {
				produce(ts, "decoded.lox24.sms.v1", "k", []byte{0, 255, 255, 255, 255, 1, 2, 3})
			},
		},
	})
}

// produceJourneys writes snapshots of order-1 to order-N, of revision 1 to N, with
// the schema id that the registry has given.
func produceJourneys(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	f := &config.Config{Registry: config.Registry{URLs: []string{ts.Getenv("TRIBUTARY_REGISTRY__URLS")}}}
	ids, err := f.SchemaIDs(context.Background(), slog.New(slog.DiscardHandler))
	ts.Check(err)
	for i := range n {
		id := fmt.Sprintf("order-%d", i+1)
		j := avro.JourneySnapshot{JourneyID: id, CorrelationID: id, CreatedAt: time.Unix(0, 0).UTC(), Revision: int64(i + 1), ProcessedAt: time.Unix(0, 0).UTC()}
		value, err := j.AppendAvro(wire.AppendPlaceholder(nil))
		ts.Check(err)
		wire.Put(value, ids["enriched.journeys.v1"])
		produce(ts, "enriched.journeys.v1", id, value)
	}
}

// produceInsights writes two revisions of a row of the funnel, one that is ended, and two
// claims, one of them withdrawn.
func produceInsights(ts *testscript.TestScript, _ bool, _ []string) {
	put := func(topic, key string, record interface {
		AppendAvro(dst []byte) ([]byte, error)
	},
	) {
		value, err := record.AppendAvro(wire.AppendPlaceholder(nil))
		ts.Check(err)
		produce(ts, topic, key, value)
	}
	row := avro.FunnelRow{
		FunnelID: "a", Window: avro.FunnelWindowDay, Level: avro.FunnelLevelCountry, Country: avro.Some("UA"), Channel: avro.Some(avro.ChannelSMS),
		WindowStart: time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC), WindowEnd: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC),
		Requested: 10, Verified: 1, Paid: 1, ProcessedAt: time.Unix(0, 0),
		Costs: []avro.FunnelCost{{Currency: avro.Some("EUR"), Known: 10, CostMinor: 100}}, Revision: 1,
	}
	put("insights.funnel.v1", "a", &row)
	row.Revision, row.Verified, row.Paid = 2, 8, 4
	put("insights.funnel.v1", "a", &row)
	row.FunnelID, row.Country.Value = "b", "DE"
	put("insights.funnel.v1", "b", &row)
	produce(ts, "insights.funnel.v1", "b", nil)
	claim := avro.Signal{
		SignalID: "PUMPING/UA", Kind: avro.SignalKindPumping, State: avro.SignalStateRaised, Severity: avro.SignalSeverityCritical, Claim: "It is pumped.",
		Country: avro.Some("UA"), RaisedAt: time.Unix(0, 0), UpdatedAt: time.Unix(0, 0), AsOf: time.Unix(0, 0), ProcessedAt: time.Unix(0, 0), Revision: 1,
	}
	put("signals.v1", claim.SignalID, &claim)
	claim.SignalID = "PUMPING/DE"
	put("signals.v1", claim.SignalID, &claim)
	claim.Revision, claim.State, claim.WithdrawnAt = 2, avro.SignalStateWithdrawn, avro.Some(row.WindowStart.Add(3*time.Hour))
	put("signals.v1", claim.SignalID, &claim)
}

func produce(ts *testscript.TestScript, topic, key string, value []byte) {
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(ts.Getenv("TRIBUTARY_KAFKA__BROKERS"), ",")...))
	ts.Check(err)
	defer client.Close()
	record := &kgo.Record{Topic: topic, Key: []byte(key), Value: value}
	ts.Check(client.ProduceSync(context.Background(), record).FirstErr())
}

// TestExitCodes: who calls from a script tells wrong words from work that failed.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no such command":       {[]string{"demmo"}, cli.ExitUsage, "did you mean demo?"},
		"no such subcommand":    {[]string{"topics", "frob"}, cli.ExitUsage, "see tributary topics --help"},
		"no such flag":          {[]string{"topics", "list", "--nope"}, cli.ExitUsage, "unknown flag"},
		"a flag misspelt":       {[]string{"lag", "--gruop", "x"}, cli.ExitUsage, "did you mean --group?"},
		"no number":             {[]string{"tail", "x", "-n", "x"}, cli.ExitUsage, `--number: "x" is no whole number`},
		"no span":               {[]string{"insights", "--interval", "5"}, cli.ExitUsage, `--interval: "5" has no unit: write 5s`},
		"no day":                {[]string{"insights", "--day", "x"}, cli.ExitUsage, `"x" is no day such as`},
		"no address of a flag":  {[]string{"lag", "-b", "127.0.0.1"}, cli.ExitUsage, `-b: "127.0.0.1" has no port`},
		"a cause misspelt":      {[]string{"deadletter", "list", "--cause", "unknow_type"}, cli.ExitUsage, "did you mean unknown_type?"},
		"no such kind":          {[]string{"deadletter", "stats", "--provider", "lox"}, cli.ExitUsage, "none of lox24"},
		"an argument too many":  {[]string{"version", "extra"}, cli.ExitUsage, "version"},
		"an argument too few":   {[]string{"tail"}, cli.ExitUsage, "tributary tail --help"},
		"a value out of range":  {[]string{"simulate", "--repeats", "3"}, cli.ExitUsage, "--repeats: 3 is not a share"},
		"no condition":          {[]string{"tail", "x", "--field", "phase"}, cli.ExitUsage, "path=value"},
		"no time":               {[]string{"tail", "x", "--from", "yesterday"}, cli.ExitUsage, "2026-01-02T15:04:05Z"},
		"no configuration file": {[]string{"topics", "list", "-c", "/does/not/exist.yaml"}, cli.ExitUsage, "/does/not/exist.yaml"},
		"no address":            {[]string{"health", "--address", "nowhere"}, cli.ExitUsage, "address"},
		"nobody there":          {[]string{"health", "--address", "127.0.0.1:1"}, cli.ExitFailed, "ops port"},
		"help":                  {[]string{"topics"}, cli.ExitOK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var errs strings.Builder
			if got := cli.Run(t.Context(), newRoot, c.args, io.Discard, &errs); got != c.code {
				t.Errorf("exit code %d, want %d", got, c.code)
			}
			if !strings.Contains(errs.String(), c.says) {
				t.Errorf("says %q, want something with %q", errs.String(), c.says)
			}
		})
	}
}

// TestSimulateWithoutSources: an ingest that has none of the simulator's sources is told from one that
// refuses webhooks, and not sent all of them.
func TestSimulateWithoutSources(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	var errs strings.Builder
	code := cli.Run(t.Context(), newRoot, []string{"simulate", "--url", server.URL, "--count", "1000000", "--duration", "1m", "--rate", "200"}, io.Discard, &errs)
	if code != cli.ExitFailed || !strings.Contains(errs.String(), "tributary simulate sources") {
		t.Errorf("exit code %d, says %q", code, errs.String())
	}
}

// TestAppsAreWired: every part of a role gets what it needs.
func TestAppsAreWired(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/tributary.yaml"
	text := `
privacy: {keys: [{id: k, value: a-key-of-sixteen-bytes}]}
sources: [{id: pay, provider: uapay, secrets: [{id: s, value: x}]}]
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g := &cli.Globals{Out: io.Discard, Err: io.Discard, ConfigPath: path}
	f, err := g.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]roleFunc{"ingest": ingestApp, "processor": processorApp} {
		app, err := role(g, f, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := fx.ValidateApp(app); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
