package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributary-hq/tributary/cmd/internal/bench"
)

// errBench ends a bench whose answers were wrong.
var errBench = errors.New("the answers were wrong, so the figures say nothing; what was wrong stands above")

// benchFlags are those that all benches have.
type benchFlags struct {
	o     bench.Options
	start string
}

func newBench(g *globals) *cobra.Command {
	b := &benchFlags{o: bench.DefaultOptions()}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "measure ingest and processor, and check that what they answer is right",
		Long: `Starts ingest and processor as processes of their own, brings its own load in the
shapes of the simulator, and measures what a record costs. It runs on any brokers;
without --brokers on an embedded one, which shows that it works and measures little.

Topics, groups and transactional ids have a prefix of their own, which must be unused,
and are removed afterwards. TLS and SASL come from TRIBUTARY_KAFKA__TLS__… and
TRIBUTARY_KAFKA__SASL__… variables. CPU is read from /proc: Linux only.

Exit code 1: the answers were wrong. A fast wrong answer is none.`,
		Example: "  tributary bench processor --brokers 127.0.0.1:19092 --broker-pid $(cat data/kafka/pid)\n" +
			"  tributary bench processor --set processor.engine.compression=none --runs 3 --json\n" +
			"  tributary bench end-to-end --rate 2000 --set processor.engine.commit_interval=20ms",
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
	f.StringVar(&b.o.Check, "check", b.o.Check, "model: compare with the naive model and audit; audit: only that; none")
	f.DurationVar(&b.o.Patience, "patience", b.o.Patience, "how long nothing new must come before what differs from the model is wrong")
	f.IntVar(&b.o.Runs, "runs", b.o.Runs, "how often it is measured; shown are median and quartiles")
	f.StringVar(&b.o.Program, "program", "", "another build to measure; by default this one")
	f.StringVar(&b.o.Logs, "logs", "", "folder for the logs of the processes; by default they are not kept")
	cmd.AddCommand(newBenchIngest(g, b), newBenchProcessor(g, b), newBenchEndToEnd(g, b), newBenchRestore(g, b), newBenchPeers(g, b))
	return cmd
}

// run measures, and shows what came out.
func (b *benchFlags) run(ctx context.Context, g *globals, measure func(context.Context, bench.Options) (*bench.Report, error)) (err error) {
	if b.start != "" {
		if b.o.Start, err = time.Parse(time.RFC3339, b.start); err != nil {
			return &codeError{exitUsage, fmt.Errorf("--start: %q is no time such as 2026-01-02T15:04:05Z", b.start)}
		}
	}
	if err := b.o.Validate(); err != nil {
		return &codeError{exitUsage, err}
	}
	if b.o.Program == "" {
		if b.o.Program, err = os.Executable(); err != nil {
			return fmt.Errorf("find this program, to start it again: %w", err)
		}
	}
	progress := newProgress(g.err)
	b.o.Progress = progress
	report, err := measure(ctx, b.o)
	progress.done()
	if err != nil {
		return err
	}
	if err := g.showBench(report); err != nil {
		return err
	}
	if !report.Right {
		return errBench
	}
	return nil
}

// loadFlags are those of the benches that fill raw topics.
func loadFlags(f *pflag.FlagSet, l *bench.Load) {
	f.Int64Var(&l.Webhooks, "webhooks", l.Webhooks, "about how many are in the raw topics")
	f.StringSliceVar(&l.Providers, "providers", nil, "only these: lox24, uapay, voximplant, unibell")
	f.Float64Var(&l.Repeats, "repeats", l.Repeats, "share of webhooks that repeat another")
	f.Float64Var(&l.Disorder, "disorder", l.Disorder, "share of webhooks up to five minutes late by the providers' time")
	f.Float64Var(&l.PerSecond, "stories-per-second", l.PerSecond, "stories begun in a second of the providers' time: how many entities are open at once")
}

func newBenchProcessor(g *globals, b *benchFlags) *cobra.Command {
	load := bench.DefaultLoad()
	cmd := &cobra.Command{
		Use:   "processor",
		Short: "records a second and CPU for each record: raw topics filled before are emptied",
		Long: `Fills the raw topics through ingest's own code, then starts a processor and measures
from its first commit until no stage has any lag. A record is a raw record.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := load.Validate(); err != nil {
				return &codeError{exitUsage, err}
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o bench.Options) (*bench.Report, error) {
				return bench.Processor(ctx, o, load)
			})
		},
	}
	loadFlags(cmd.Flags(), &load)
	return cmd
}

func newBenchIngest(g *globals, b *benchFlags) *cobra.Command {
	c := bench.DefaultIngestConfig()
	cmd := &cobra.Command{
		Use:   "ingest",
		Short: "requests a second, CPU for each webhook by provider, and how long the sender waits",
		Long: `Starts an ingest and keeps a request under way on each of some connections. The raw
topics must then hold what was answered 200, byte for byte. With --idle it also shows
what connections cost that send nothing.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.Validate(); err != nil {
				return &codeError{exitUsage, err}
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o bench.Options) (*bench.Report, error) { return bench.Ingest(ctx, o, c) })
		},
	}
	f := cmd.Flags()
	f.IntSliceVar(&c.Connections, "connections", c.Connections, "a run for each count")
	f.StringSliceVar(&c.Providers, "providers", c.Providers, "runs of their own for each")
	f.DurationVar(&c.Duration, "duration", c.Duration, "of a run")
	f.DurationVar(&c.Warm, "warm", c.Warm, "sent before it is measured")
	f.IntVar(&c.Idle, "idle", 0, "connections to keep idle at the end")
	f.DurationVar(&c.IdleFor, "idle-for", c.IdleFor, "how long they are kept before the memory is read")
	return cmd
}

func newBenchEndToEnd(g *globals, b *benchFlags) *cobra.Command {
	c := bench.DefaultEndToEndConfig()
	cmd := &cobra.Command{
		Use:   "end-to-end",
		Short: "how long from a webhook to the journey that tells of it, at a rate",
		Long: `Starts an ingest and a processor and sends webhooks at a rate, each when it is due,
whether or not those before were answered. It ends when a consumer of committed
records has read the journey which that webhook changed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.Validate(); err != nil {
				return &codeError{exitUsage, err}
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o bench.Options) (*bench.Report, error) { return bench.EndToEnd(ctx, o, c) })
		},
	}
	f := cmd.Flags()
	f.Float64Var(&c.Rate, "rate", c.Rate, "webhooks a second")
	f.DurationVar(&c.Duration, "duration", c.Duration, "of the measurement")
	f.DurationVar(&c.Warm, "warm", c.Warm, "sent before it is measured")
	f.IntVar(&c.Connections, "connections", c.Connections, "that carry them")
	return cmd
}

func newBenchRestore(g *globals, b *benchFlags) *cobra.Command {
	entities := int64(250_000)
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "how soon a processor works again: after a stop, a kill, and the loss of its disk",
		Long: `Has a processor make the state of so many entities, then ends it and starts it again:
with its state after a stop, with its state after a kill, and with the changelogs
alone. Each time webhooks wait for it, and the first journey they change is awaited.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if entities < 1 {
				return &codeError{exitUsage, fmt.Errorf("--entities: %d is less than 1", entities)}
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o bench.Options) (*bench.Report, error) {
				return bench.Restore(ctx, o, entities)
			})
		},
	}
	cmd.Flags().Int64Var(&entities, "entities", entities, "about how many verifications, payments and journeys the state holds")
	return cmd
}
