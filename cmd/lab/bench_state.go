package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

func newBenchRestore(g *cli.Globals, b *benchFlags) *cobra.Command {
	entities := int64(250_000)
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "time to work again after a stop, a kill, a lost disk",
		Long: `Has a processor make the state of so many entities, then ends it and starts it
again: with its state after a stop, with its state after a kill, and with the
changelogs alone. Each time webhooks wait for it, and the first journey they
change is awaited.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if entities < 1 {
				return cli.Usage(fmt.Errorf("--entities: %d is less than 1", entities))
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o environment.Options) (*result.Report, error) {
				return bench.Restore(ctx, o, entities)
			})
		},
	}
	cmd.Flags().Int64Var(&entities, "entities", entities, "about how many verifications, payments and journeys the state holds")
	return cmd
}

func newBenchGrowth(g *cli.Globals, b *benchFlags) *cobra.Command {
	c := bench.DefaultGrowthConfig()
	cmd := &cobra.Command{
		Use:   "growth",
		Short: "cost of a record while the state grows",
		Long: `Has a processor make a state of so many entities, measures a load on it, makes
it larger, and measures the same load again. Ratios are to the smallest size. A
million entities take about a minute and a gigabyte of disk on two cores.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.Validate(); err != nil {
				return cli.Usage(err)
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o environment.Options) (*result.Report, error) {
				return bench.Growth(ctx, o, c)
			})
		},
	}
	f := cmd.Flags()
	f.Int64SliceVar(&c.Entities, "entities", c.Entities, "sizes of the state, the smallest first")
	f.Int64Var(&c.Webhooks, "webhooks", c.Webhooks, "about how many are measured at each size")
	timespan.Var(f, &c.QuietFor, "quiet-for", "how long stages must emit nothing but watermarks before a load is measured")
	return cmd
}

func newBenchBurst(g *cli.Globals, b *benchFlags) *cobra.Command {
	c := bench.DefaultBurstConfig()
	cmd := &cobra.Command{
		Use:   "burst",
		Short: "a minute of overload: 429, 503 and lag, no growth",
		Long: `Starts an ingest and a processor and sends an ordinary load, then many times the
capacity, then the ordinary load again. Shown are the answers, the memory of
both, the worst lag and how soon it was gone. What was answered 200 must be in
the topics.

The capacity is what the sources' rates allow (429 beyond it). With --capacity 0
no rate is set, and it is sent as fast as the machine bears: what is too much
then is answered late, or 503.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.Validate(); err != nil {
				return cli.Usage(err)
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o environment.Options) (*result.Report, error) {
				return bench.Burst(ctx, o, c)
			})
		},
	}
	f := cmd.Flags()
	f.Float64Var(&c.Capacity, "capacity", c.Capacity, "webhooks a second that the sources may send; 0: what the machine takes")
	f.Float64Var(&c.Times, "times", c.Times, "so many times the capacity is sent")
	timespan.Var(f, &c.Duration, "duration", "of the burst")
	timespan.Var(f, &c.Calm, "calm", "of the ordinary load before and after")
	f.IntVar(&c.Connections, "connections", c.Connections, "that carry them")
	return cmd
}
