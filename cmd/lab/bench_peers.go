package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

func newBenchPeers(g *cli.Globals, b *benchFlags) *cobra.Command {
	c := bench.DefaultPeersConfig()
	cmd := &cobra.Command{
		Use:   "peers",
		Short: "compare with other programs that do the same job, as ratios",
		Long: `Builds the peers of deploy/bench/peers and runs them on the same Kafka:
  streams  a Kafka Streams application that does the processor's job for LOX24 and
           UAPAY: the same raw topics, and its outputs are checked with the model
  latency  the same application at a steady rate: from the receipt of a webhook to the
           journey that a reader of committed records gets, and the CPU for that
  ingest   a bare Go server that verifies UAPAY's webhooks and writes them to Kafka:
           the same load
Runs are in pairs, ours first and theirs first in turn; the first pair is discarded.
Shown is the median of the pairs' ratios with the quartiles. The processor runs in
each pair once with each of --profiles.

Needs Java 17, Maven and Go. make bench BENCHES=peers starts a Kafka and calls this.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(b.o.Profiles) == 0 {
				b.o.Profiles = []string{"default", "uncompressed", "small"}
			}
			if err := c.Validate(); err != nil {
				return cli.Usage(err)
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o environment.Options) (*result.Report, error) {
				return bench.Peers(ctx, o, c)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.Sources, "sources", c.Sources, "folder of the peers' sources")
	f.StringVar(&c.Work, "work", c.Work, "folder for builds")
	f.StringSliceVar(&c.Only, "only", c.Only, "comparisons to make")
	f.Int64Var(&c.Webhooks, "webhooks", c.Webhooks, "about how many the processors get; a Java program needs some 500,000 to be warm")
	f.IntVar(&c.Pairs, "pairs", c.Pairs, "pairs of runs that count")
	timespan.Var(f, &c.Duration, "duration", "of a run of an ingest, and of one of latency")
	f.Float64Var(&c.Rate, "rate", c.Rate, "webhooks a second of a run of latency")
	f.IntSliceVar(&c.Connections, "connections", c.Connections, "a run of an ingest for each count")
	return cmd
}
