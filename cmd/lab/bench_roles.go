package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// loadFlags are those of the benches that fill raw topics.
func loadFlags(f *pflag.FlagSet, l *environment.Load) {
	f.Int64Var(&l.Webhooks, "webhooks", l.Webhooks, "about how many are in the raw topics")
	f.StringSliceVar(&l.Providers, "providers", nil, "only these: lox24, uapay, voximplant, unibell")
	f.Float64Var(&l.Repeats, "repeats", l.Repeats, "share of webhooks that repeat another")
	f.Float64Var(&l.Disorder, "disorder", l.Disorder, "share of webhooks up to five minutes late by the providers' time")
	f.Float64Var(&l.PerSecond, "scenarios-per-second", l.PerSecond, "scenarios begun in a second of the providers' time: how many entities are open at once")
}

func newBenchProcessor(g *cli.Globals, b *benchFlags) *cobra.Command {
	c := bench.ProcessorConfig{Load: environment.DefaultLoad()}
	cmd := &cobra.Command{
		Use:   "processor",
		Short: "records a second and CPU per record of the processor",
		Long: `Fills the raw topics through ingest's own code, then starts a processor and
measures from when it begins to read until no stage has any lag. A record is a
raw record. With several profiles their runs take turns, and the ratios to the
first are shown.

What exactly once costs: deploy/bench/at-least-once FILE makes a build without
transactions, --without-transactions FILE runs it in turn with the others.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.Validate(); err != nil {
				return cli.Usage(err)
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o environment.Options) (*result.Report, error) {
				return bench.Processor(ctx, o, c)
			})
		},
	}
	loadFlags(cmd.Flags(), &c.Load)
	cmd.Flags().StringVar(&c.WithoutTransactions, "without-transactions", "", "a build that deploy/bench/at-least-once made, to see what exactly once costs")
	return cmd
}

func newBenchIngest(g *cli.Globals, b *benchFlags) *cobra.Command {
	c := bench.DefaultIngestConfig()
	cmd := &cobra.Command{
		Use:   "ingest",
		Short: "requests a second, CPU per webhook and latency of ingest",
		Long: `Starts an ingest and keeps a request under way on each of some connections. The
raw topics must then hold what was answered 200, byte for byte. With --idle it
also shows what connections cost that send nothing.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.Validate(); err != nil {
				return cli.Usage(err)
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o environment.Options) (*result.Report, error) {
				return bench.Ingest(ctx, o, c)
			})
		},
	}
	f := cmd.Flags()
	f.IntSliceVar(&c.Connections, "connections", c.Connections, "a run for each count")
	f.StringSliceVar(&c.Providers, "providers", c.Providers, "runs of their own for each")
	timespan.Var(f, &c.Duration, "duration", "of a run")
	timespan.Var(f, &c.Warm, "warm", "sent before it is measured")
	f.IntVar(&c.Idle, "idle", 0, "connections to keep idle at the end")
	timespan.Var(f, &c.IdleFor, "idle-for", "how long they are kept before the memory is read")
	return cmd
}
