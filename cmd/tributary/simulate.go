package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas"
)

// simulation holds the flags of simulate.
type simulation struct {
	options simulator.Options
	target  simulator.Target
	ledger  string
	unibell string
}

func newSimulate(g *cli.Globals) *cobra.Command {
	s := simulation{options: simulator.Options{Accounts: simulator.DefaultAccounts()}}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "send the demo's traffic to any ingest, and measure its answers",
		Long: `Plays the four providers against an ingest: signed webhooks of the demo's
scenarios, with repeats, disorder and forgeries. It ends after --count webhooks
or --duration, and reports answers and latencies. The ingest needs the demo's
sources; 'tributary simulate sources' prints them for the configuration file.

With --ledger every webhook and its answer goes into a file, which 'tributary
simulate verify' compares with the topics afterwards.`,
		Example: "  tributary simulate --url http://127.0.0.1:8080 --count 10000 --rate 500\n" +
			"  tributary simulate --count 1000000 --ledger run.jsonl\n" +
			"  tributary simulate verify --config tributary.yaml --ledger run.jsonl",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSimulate(cmd.Context(), g, &s) },
	}
	f := cmd.Flags()
	f.StringVar(&s.target.URL, "url", "http://127.0.0.1:8080", "ingest's address")
	f.Float64Var(&s.target.Rate, "rate", 0, "webhooks a second; 0 sends as fast as they are answered")
	timespan.Var(f, &s.target.Duration, "duration", "end after that time; 0 means by --count alone")
	s.target.Patience = 10 * time.Second
	timespan.Var(f, &s.target.Patience, "patience", "how long, when the run is ended, what was not taken yet is tried again")
	f.Int64Var(&s.options.Webhooks, "count", 1000, "end after about so many webhooks; 0 means by --duration alone")
	f.IntVar(&s.target.Concurrency, "concurrency", 64, "requests under way at once")
	f.StringVar(&s.options.Profile, "profile", simulator.Catalogue, "catalogue: scenarios for every case; market: customers of many countries, refunds on later days; pumping: the market with four attacks a day, best with --spacing 20s; quiet: without attacks")
	f.StringSliceVar(&s.options.Providers, "providers", nil, "only these: "+strings.Join(schemas.ProviderIDs(), ", "))
	f.Uint64Var(&s.options.Seed, "seed", 1, "makes the traffic")
	f.Float64Var(&s.options.Repeats, "repeats", 0.3, "share of webhooks that repeat another")
	f.Float64Var(&s.options.Disorder, "disorder", 0.3, "share of webhooks up to five minutes late by the providers' time")
	f.Float64Var(&s.options.Delays, "delays", 0.01, "share of webhooks up to an hour late by the providers' time")
	f.Float64Var(&s.options.Forgeries, "forgeries", 0.02, "share of webhooks that are forged")
	s.options.Spacing = 100 * time.Millisecond
	timespan.Var(f, &s.options.Spacing, "spacing", "the providers' time between two scenarios")
	f.StringVar(&s.ledger, "ledger", "", "file for a line of JSON about each webhook")
	f.StringVar(&s.unibell, "unibell", "", "host:port on which to play Unibell's API, for ingest's relay")
	cmd.AddCommand(newSimulateVerify(g), newSimulateSources(g), newSimulateCurl(g))
	return cmd
}

// validate reports all faults of the flags at once.
func (s *simulation) validate() error {
	var errs []error
	for name, share := range map[string]float64{
		"repeats": s.options.Repeats, "disorder": s.options.Disorder, "delays": s.options.Delays, "forgeries": s.options.Forgeries,
	} {
		if !(share >= 0 && share < 1) {
			errs = append(errs, fmt.Errorf("--%s: %v is not a share from 0 to under 1", name, share))
		}
	}
	if u, err := url.Parse(s.target.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		errs = append(errs, fmt.Errorf("--url: %q is no http or https address, such as http://127.0.0.1:8080", s.target.URL))
	}
	for name, n := range map[string]float64{
		"rate": s.target.Rate, "count": float64(s.options.Webhooks), "duration": float64(s.target.Duration), "patience": float64(s.target.Patience),
		"spacing": float64(s.options.Spacing),
	} {
		if n < 0 || math.IsNaN(n) {
			errs = append(errs, fmt.Errorf("--%s: less than nothing", name))
		}
	}
	if s.target.Concurrency < 1 {
		errs = append(errs, fmt.Errorf("--concurrency: %d is less than 1", s.target.Concurrency))
	}
	if !slices.Contains(simulator.Profiles(), s.options.Profile) {
		errs = append(errs, fmt.Errorf("--profile: %q is none of %s", s.options.Profile, strings.Join(simulator.Profiles(), ", ")))
	}
	for _, p := range s.options.Providers {
		if !slices.Contains(schemas.ProviderIDs(), p) {
			errs = append(errs, fmt.Errorf("--providers: %q is none of %s", p, strings.Join(schemas.ProviderIDs(), ", ")))
		}
	}
	if s.options.Webhooks <= 0 && s.target.Duration <= 0 {
		errs = append(errs, errors.New("give --count or --duration: without either it would not end"))
	}
	if err := errors.Join(errs...); err != nil {
		return cli.Usage(err)
	}
	return nil
}

func runSimulate(ctx context.Context, g *cli.Globals, s *simulation) (err error) {
	if err := s.validate(); err != nil {
		return err
	}
	if err := s.reach(ctx); err != nil {
		return err
	}
	// The scenarios' own time ends about now, so that no event is stale or in the future.
	const perScenario = 6
	s.options.Start = time.Now().Add(-simulator.Longest(s.options.Profile) - min(48*time.Hour, time.Duration(s.options.Webhooks/perScenario)*s.options.Spacing)).Truncate(time.Second)
	var lines io.Writer
	if s.ledger != "" {
		file, err := os.Create(s.ledger)
		if err != nil {
			return fmt.Errorf("make the ledger: %w", err)
		}
		buffered := bufio.NewWriterSize(file, 1<<20)
		lines = buffered
		defer func() { err = errors.Join(err, buffered.Flush(), file.Close()) }()
	}
	if s.unibell != "" {
		stop, err := serveUnibell(ctx, s.unibell)
		if err != nil {
			return err
		}
		defer stop()
	}
	ledger := simulator.NewLedger(lines, false)
	began := time.Now()
	if err := s.play(ctx, g, ledger); err != nil {
		return err
	}
	return showSimulation(g, ledger, time.Since(began))
}

// play sends the webhooks, until an ingest turns out to have none of their sources.
func (s *simulation) play(ctx context.Context, g *cli.Globals, ledger *simulator.Ledger) (err error) {
	progress := cli.NewProgress(g.Err)
	progress.Step("four providers send webhooks to "+s.target.URL, s.options.Webhooks)
	defer func() { progress.Done(err) }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- simulator.Run(ctx, simulator.NewPlan(s.options), s.target, ledger) }()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			if knowsNobody(ledger) {
				err = errors.Join(err, fmt.Errorf("%s answers 404: it has none of the simulator's sources; 'tributary simulate sources' prints them for its configuration, "+
					"'tributary simulate curl' sends webhooks of its own sources", s.target.URL))
			}
			return err
		case <-ticker.C:
			progress.At(ledger.Total().Webhooks)
			if knowsNobody(ledger) {
				cancel()
			}
		}
	}
}

// knowsNobody reports whether an ingest has not one of the simulator's sources.
func knowsNobody(l *simulator.Ledger) bool {
	const enough = 20
	return l.Statuses()[http.StatusNotFound] >= enough && l.Total().Accepted == 0
}

// serveUnibell runs the provider behind the relay.
func serveUnibell(ctx context.Context, address string) (stop func(), err error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("play Unibell: %w", err)
	}
	server := &http.Server{Handler: simulator.Unibell(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return func() { _ = server.Close() }, nil
}

// simulationReport is the output of simulate with --json.
type simulationReport struct {
	Sent     map[string]simulator.Count `json:"sent"`
	Total    simulator.Count            `json:"total"`
	Statuses map[int]int64              `json:"statuses"`
	Refused  map[string]int64           `json:"refused"`
	Latency  simulator.Latency          `json:"latency_ns"`
	Seconds  float64                    `json:"seconds"`
	PerSec   float64                    `json:"webhooks_per_second"`
}

func showSimulation(g *cli.Globals, l *simulator.Ledger, took time.Duration) error {
	r := simulationReport{
		Sent: l.Counts(), Total: l.Total(), Statuses: l.Statuses(), Refused: l.Refused(), Latency: l.Latency(), Seconds: took.Seconds(),
	}
	r.PerSec = float64(r.Total.Webhooks) / r.Seconds
	failed := r.Total.Lost > 0 || r.Total.Forged != r.Total.Refused
	if g.JSON {
		if err := g.PrintJSON(r); err != nil {
			return err
		}
	} else {
		t := terminal.NewTable("provider", "webhooks", "tries", "repeats", "records accepted", "forged", "refused", "lost")
		t.Optional("tries", "repeats")
		row := func(name string, c simulator.Count) []any {
			return []any{name, c.Webhooks, c.Tries, c.Repeats, c.Accepted, c.Forged, c.Refused, c.Lost}
		}
		for _, p := range slices.Sorted(maps.Keys(r.Sent)) {
			t.Row(row(p, r.Sent[p])...)
		}
		t.Footer(row("all", r.Total)...)
		g.Printf("%s\n", t.Render(g.Width()))
		for _, status := range slices.Sorted(maps.Keys(r.Statuses)) {
			g.Printf("last answer %d: %d\n", status, r.Statuses[status])
		}
		counts(g, "Refused", r.Refused)
		g.Printf("%.0f webhooks a second over %.1f s; answers: mean %v, median %v, 90 %% %v, 99 %% %v, 99.9 %% %v, longest %v\n", r.PerSec, r.Seconds,
			r.Latency.Mean.Round(time.Microsecond), r.Latency.P50, r.Latency.P90, r.Latency.P99, r.Latency.P999, r.Latency.Max)
	}
	if failed {
		return errors.New("authentic webhooks were not accepted, or forged ones were; see lost, forged and refused")
	}
	return nil
}

func newSimulateSources(g *cli.Globals) *cobra.Command {
	unibell := ""
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "print the sources of the simulated providers",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := sourcesYAML(unibell)
			if err != nil {
				return fmt.Errorf("write the sources: %w", err)
			}
			g.Printf("%s", terminal.Text(text))
			return nil
		},
	}
	cmd.Flags().StringVar(&unibell, "unibell", "http://127.0.0.1:8099", "base URL of the simulated Unibell (simulate --unibell)")
	return cmd
}

// sourcesYAML writes the simulator's accounts as configured sources.
func sourcesYAML(unibell string) (string, error) {
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	err := encoder.Encode(map[string]any{"sources": demo.Settings(simulator.DefaultAccounts(), unibell)})
	return b.String(), err
}

// reach returns an error if nobody listens at the target.
func (s *simulation) reach(ctx context.Context) error {
	u, err := url.Parse(s.target.URL)
	if err != nil {
		return cli.Usage(fmt.Errorf("--url: %w", err))
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme // http and https are names of ports, too
	}
	dialer := net.Dialer{Timeout: 3 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return fmt.Errorf("--url %s: %w: is ingest running there?", s.target.URL, err)
	}
	return conn.Close()
}
