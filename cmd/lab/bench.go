package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// errBench ends a bench with wrong answers, whose results are therefore void.
var errBench = errors.New("the answers were wrong, so the figures say nothing; what was wrong stands above")

// benchFlags are the flags common to all benches.
type benchFlags struct {
	o      environment.Options
	start  string
	report string
}

func newBench(g *cli.Globals) *cobra.Command {
	b := &benchFlags{o: environment.DefaultOptions()}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "measure ingest and processor, and check their answers",
		Long: `Starts ingest and processor as processes of their own, brings its own load in
the shapes of the simulator, and measures what a record costs. It runs on any
brokers; without --brokers on an embedded one, which shows that it works and
measures little.

Topics, groups and transactional ids have a prefix of their own, which must be
unused, and are removed afterwards. TLS and SASL come from
TRIBUTARY_KAFKA__TLS__… and TRIBUTARY_KAFKA__SASL__… variables. CPU is read from
/proc: Linux only.

Profiles are named settings (processor and end-to-end take several and run them
in turn, compared with the first; a plus joins two):
  uncompressed   outputs and changelogs without compression
  small          little memory
  low-latency    short rounds
  backlog        long rounds
  no-insights    without insights

Exit code 1: the answers were wrong. A fast wrong answer is none.`,
		Example: "  lab bench processor --brokers 127.0.0.1:19092 --broker-pid $(cat data/kafka/pid)\n" +
			"  lab bench processor --set processor.engine.compression=none --runs 3 --json\n" +
			"  lab bench processor --profiles default,uncompressed,small --runs 7 --for 20m\n" +
			"  lab bench end-to-end --rate 2000 --profiles default,low-latency",
	}
	f := cmd.PersistentFlags()
	f.StringSliceVar(&b.o.Brokers, "brokers", nil, "host:port of brokers; without it an embedded broker")
	f.IntVar(&b.o.BrokerPID, "broker-pid", 0, "process of the broker on this machine, for its CPU")
	f.StringVar(&b.o.Prefix, "prefix", "", "before every topic and group; must be unused; by default of the time")
	f.BoolVar(&b.o.Keep, "keep", false, "leave the topics where they are")
	f.Uint64Var(&b.o.Seed, "seed", b.o.Seed, "makes the load")
	f.StringVar(&b.start, "start", "", "the providers' time of the first webhook, 2026-01-02T15:04:05Z: with the seed, the same load byte for byte; by default some hours ago")
	f.Int32Var(&b.o.Partitions, "partitions", b.o.Partitions, "of every topic")
	f.StringArrayVar(&b.o.Set, "set", nil, "a setting of ingest or processor, such as processor.engine.compression=none; may be repeated")
	f.StringSliceVar(&b.o.Profiles, "profiles", nil, strings.Join(environment.ProfileNames(), ", ")+"; what --set says counts more")
	timespan.Var(f, &b.o.For, "for", "begin no run that would end later than that; 0 is no bound")
	f.StringVar(&b.report, "report", "", "file for the report as JSON, beside what is printed")
	f.StringVar(&b.o.Check, "check", b.o.Check, "model: compare with the naive model and audit; audit: only that; none")
	timespan.Var(f, &b.o.Patience, "patience", "how long nothing new must come before what differs from the model is wrong")
	f.IntVar(&b.o.Runs, "runs", b.o.Runs, "how often it is measured; shown are median and quartiles")
	f.StringVar(&b.o.Program, "program", "", "the path of tributary; by default it is built from the checkout")
	f.StringVar(&b.o.Logs, "logs", "", "folder for the logs of the processes; by default they are not kept")
	cmd.AddCommand(newBenchIngest(g, b), newBenchProcessor(g, b), newBenchEndToEnd(g, b), newBenchRestore(g, b),
		newBenchGrowth(g, b), newBenchBurst(g, b), newBenchPeers(g, b))
	return cmd
}

// run runs a bench and shows its report.
func (b *benchFlags) run(ctx context.Context, g *cli.Globals, measure func(context.Context, environment.Options) (*result.Report, error)) (err error) {
	if b.start != "" {
		if b.o.Start, err = time.Parse(time.RFC3339, b.start); err != nil {
			return cli.Usage(fmt.Errorf("--start: %q is no time such as 2026-01-02T15:04:05Z", b.start))
		}
	}
	if err := b.o.Validate(); err != nil {
		return cli.Usage(err)
	}
	if b.o.Program == "" {
		dir, err := os.MkdirTemp("", "tributary-build-")
		if err != nil {
			return fmt.Errorf("make a folder for the build: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if b.o.Program, err = buildProgram(ctx, dir); err != nil {
			return err
		}
	}
	progress := cli.NewProgress(g.Err)
	b.o.Progress = progress
	report, err := measure(ctx, b.o)
	progress.Done(err)
	if ctx.Err() != nil {
		return errors.New("interrupted: the bench's processes are ended, its topics removed, and no figures kept")
	}
	if err != nil {
		return err
	}
	if err := showBench(g, report); err != nil {
		return err
	}
	if b.report != "" {
		text, err := json.MarshalIndent(report, "", "  ")
		if err == nil {
			err = os.WriteFile(b.report, append(text, '\n'), 0o644) //nolint:gosec // figures for everybody
		}
		if err != nil {
			return fmt.Errorf("write the report (--report): %w", err)
		}
	}
	if !report.Right {
		return errBench
	}
	return nil
}

func newBenchEndToEnd(g *cli.Globals, b *benchFlags) *cobra.Command {
	c := bench.DefaultEndToEndConfig()
	cmd := &cobra.Command{
		Use:   "end-to-end",
		Short: "latency from webhook to journey, at a rate",
		Long: `Starts an ingest and a processor and sends webhooks at a rate, each when it is
due, whether or not those before were answered. It ends when a consumer of
committed records has read the journey which that webhook changed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.Validate(); err != nil {
				return cli.Usage(err)
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o environment.Options) (*result.Report, error) {
				return bench.EndToEnd(ctx, o, c)
			})
		},
	}
	f := cmd.Flags()
	f.Float64Var(&c.Rate, "rate", c.Rate, "webhooks a second")
	timespan.Var(f, &c.Duration, "duration", "of the measurement")
	timespan.Var(f, &c.Warm, "warm", "sent before it is measured")
	f.IntVar(&c.Connections, "connections", c.Connections, "that carry them")
	return cmd
}
