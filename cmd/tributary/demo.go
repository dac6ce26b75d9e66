package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas/codec"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// errAccount ends a run whose raw records and outcomes do not add up.
var errAccount = errors.New("the account does not add up; what is wrong stands above")

func newDemo(g *cli.Globals) *cobra.Command {
	o := demo.Options{}
	stay, verbose := false, false
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "see the whole pipeline at work, with nothing installed",
		Long: `Runs an embedded broker and registry, ingest, the processor and four simulated
providers in this process. Their webhooks are signed, repeated, shuffled and
forged; what became of them is shown as journeys and as an account that must add
up. Time runs 1,500 times faster, so that an hour's deadline is over in seconds.

Exit code 0: every record is accounted for, and every journey is what an
independent model says.`,
		Example: "  tributary demo\n  tributary demo --json | jq -c 'select(.topic==\"enriched.journeys.v1\").value'\n  tributary demo --stay",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Scale < 1 {
				return cli.Usage(fmt.Errorf("--scale: %d is less than 1", o.Scale))
			}
			if !slices.Contains(simulator.Profiles(), o.Profile) {
				return cli.Usage(fmt.Errorf("--profile: %q is none of %s", o.Profile, strings.Join(simulator.Profiles(), ", ")))
			}
			o.Brokers = g.Brokers
			level := slog.LevelError
			if verbose {
				level = slog.LevelInfo
			}
			o.Logger = slog.New(slog.NewTextHandler(g.Err, &slog.HandlerOptions{Level: level}))
			return runDemo(cmd.Context(), g, o, stay)
		},
	}
	cmd.Flags().Uint64Var(&o.Seed, "seed", 1, "makes the traffic: the same seed, the same scenarios")
	cmd.Flags().IntVar(&o.Scale, "scale", 1, "how often each scenario is played")
	cmd.Flags().StringVar(&o.Profile, "profile", simulator.Catalogue, "catalogue: one scenario for each case; market: customers of many countries, --scale is the number of days; pumping: the market with four attacks a day; quiet: without attacks")
	cmd.Flags().BoolVar(&stay, "stay", false, "keep everything running, and print commands to try")
	cmd.Flags().BoolVar(&o.Traffic, "traffic", true, "with --stay: go on sending webhooks; with --traffic=false nothing comes but what you send")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "show what ingest and processor log")
	return cmd
}

func runDemo(ctx context.Context, g *cli.Globals, o demo.Options, stay bool) error {
	progress := cli.NewProgress(g.Err)
	o.Progress = progress
	lines := &recordLines{out: g.Out, codecs: codec.New()}
	if g.JSON {
		o.Record = lines.print
	}
	show := func(r *demo.Result) {
		progress.Done(nil)
		if g.JSON {
			lines.summary(r)
			return
		}
		showDemo(g, r)
	}
	if stay {
		o.Stay = func(ctx context.Context, place demo.Place, r *demo.Result) error {
			show(r)
			server, err := demoConsole(&place, o.Logger)
			if err != nil {
				return err
			}
			if err := server.Start(ctx); err != nil {
				return err
			}
			showPlace(g, &place, server.URL(), o.Traffic)
			<-ctx.Done()
			return server.Stop(context.WithoutCancel(ctx))
		}
	}
	r, err := demo.Run(ctx, o)
	progress.Done(err)
	switch {
	case err != nil:
		return err
	case !stay:
		show(r)
	}
	if !r.AddsUp {
		return errAccount
	}
	return nil
}

// recordLines prints the records of enriched.* and facts.* as lines of JSON.
type recordLines struct {
	mu     sync.Mutex
	out    io.Writer
	codecs *codec.Cache
}

func (l *recordLines) print(topic string, r *kgo.Record) {
	if !strings.HasPrefix(topic, "enriched.") && !strings.HasPrefix(topic, "facts.") {
		return
	}
	value := json.RawMessage("null")
	if _, body, err := wire.Parse(r.Value); err == nil {
		if c, err := l.codecs.Named(topic); err == nil {
			if text, err := c.JSON(nil, body); err == nil {
				value = text
			}
		}
	}
	l.line(map[string]any{"topic": topic, "key": string(r.Key), "partition": r.Partition, "offset": r.Offset, "value": value})
}

func (l *recordLines) summary(r *demo.Result) { l.line(map[string]any{"summary": r}) }

func (l *recordLines) line(v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, err := json.Marshal(v); err == nil {
		_, _ = l.out.Write(append(b, '\n'))
	}
}

// showDemo prints the results for a reader.
func showDemo(g *cli.Globals, r *demo.Result) {
	showJourneys(g, r)
	g.Printf("\nThe account, in records:\n")
	t := terminal.NewTable("provider", "sent", "repeats", "forged", "refused", "accepted", "decoded", "duplicates", "dead letters", "adds up")
	t.Optional("repeats", "refused", "forged")
	for _, p := range slices.Sorted(maps.Keys(r.Sent)) {
		c, a := r.Sent[p], r.Topics.Accounts[p]
		t.Row(
			p, c.Webhooks, c.Repeats, c.Forged, c.Refused, c.Accepted, a.Decoded, a.Duplicates, a.DeadLetters,
			yes(a.AddsUp() && c.Accepted == a.Raw && c.Forged == c.Refused),
		)
	}
	g.Printf("%s\n", t.Render(g.Width()))
	counts(g, "Refused", r.Refused)
	counts(g, "Dead letters", r.Topics.Causes)
	counts(g, "Enriched", r.Topics.Enriched)
	g.Printf("Answers: median %v, 99 %% within %v. %v of the providers' time took %v.\n",
		r.Latency.P50.Round(time.Microsecond), r.Latency.P99.Round(time.Microsecond), r.DemoTime.Round(time.Minute), r.Took.Round(100*time.Millisecond))
	if r.AddsUp {
		g.Printf("\nIt adds up: every accepted record was decoded, dropped as a duplicate or kept as\n"+
			"a dead letter, every forgery was refused, and all %d journeys are what an\nindependent model says.\n", r.Topics.Comparison.Equal)
		g.Printf("\nNext:\n  %[1]s demo --stay  # send webhooks of your own\n"+
			"  %[1]s dev          # everything on your Kafka\n"+
			"  %[1]s --help       # all commands\n", cli.Program())
		return
	}
	g.Printf("\nIt does not add up (seed %d):\n  %s\n", r.Seed, terminal.Text(strings.Join(r.Faults, "\n  ")))
}

// showJourneys prints the table of one journey of each scenario; the market has none.
func showJourneys(g *cli.Globals, r *demo.Result) {
	if len(r.Rows) == 0 {
		return
	}
	g.Printf("\nJourneys, one of each scenario:\n")
	t := terminal.NewTable("scenario", "correlation id", "verified by", "switches", "paid", "refunded", "outcome", "missing")
	t.Optional("missing", "refunded", "correlation id", "switches")
	t.Wrap("scenario")
	for i := range r.Rows {
		row, j := &r.Rows[i], r.Rows[i].Journey
		by := "-"
		if j.Verified {
			by = j.Channel
		}
		missing := strings.ToLower(j.Missing)
		if j.Missing == "NONE" {
			missing = "-"
		}
		if j.Late {
			missing = "- (late)"
		}
		t.Row(
			row.Scenario, row.CorrelationID, by, j.Switches, hryvnias(j.Gross), hryvnias(j.Refunded),
			strings.ToLower(strings.ReplaceAll(j.Outcome, "_", " ")), missing,
		)
	}
	g.Printf("%s\n", t.Render(g.Width()))
}

// counts prints named counts in one line.
func counts(g *cli.Globals, title string, m map[string]int64) {
	parts := make([]string, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, m[k]))
	}
	if len(parts) > 0 {
		g.Printf("%s: %s\n", title, strings.Join(parts, ", "))
	}
}

// showPlace prints commands and addresses to try while the demo runs.
func showPlace(g *cli.Globals, p *demo.Place, console string, traffic bool) {
	w := g.Err
	if !g.JSON {
		w = g.Out
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	say("\nLook at it: %s\n", console)
	if traffic {
		say("Webhooks go on, as in an ordinary hour; with --traffic=false nothing comes but what you send.\n")
	}
	say("\nEverything keeps running until Ctrl-C. Webhooks to send, all of one order:\n")
	examples := simulator.Examples(p.Accounts, p.Now, "my-order-1")
	for i := range examples {
		say("\n# %s\n%s\n", examples[i].Title, examples[i].Curl(p.URL))
	}
	if p.Faults != "" {
		say("\nTo break it, and see in the console where:\n\n"+
			"curl -X POST %[1]s/stage/journey/stop     # a stage stops; /stage/journey/start repairs it\n"+
			"curl -X POST %[1]s/record/poison          # a record that can never be decoded\n"+
			"curl -X POST %[1]s/transaction/open       # another program holds raw.uapay.v1 back; /transaction/abort\n"+
			"curl -X POST %[1]s/reader/start           # a group that reads late; /reader/stop\n"+
			"curl -X POST %[1]s/kafka/stop             # the broker is away; /kafka/start\n", p.Faults)
	}
	say("\nAnd to see what becomes of them, in another terminal:\n\nexport TRIBUTARY_KAFKA__BROKERS=%[1]s TRIBUTARY_REGISTRY__URLS=%[2]s\n"+
		"%[3]s tail enriched.journeys.v1 --follow\n%[3]s trace my-order-1\n%[3]s lag\n%[3]s audit\n%[3]s insights --since 2d\n%[3]s export out\n%[3]s deadletter list\n",
		strings.Join(p.Brokers, ","), p.RegistryURL, cli.Program())
}

// hryvnias writes kopecks, or nothing for none.
func hryvnias(kopecks int64) string {
	const unit = 100
	if kopecks == 0 {
		return "-"
	}
	return fmt.Sprintf("%d.%02d UAH", kopecks/unit, kopecks%unit)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "NO"
}
