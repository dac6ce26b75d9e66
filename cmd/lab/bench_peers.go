package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench"
)

func newBenchPeers(g *cli.Globals, b *benchFlags) *cobra.Command {
	c := bench.DefaultPeersConfig()
	cmd := &cobra.Command{
		Use:   "peers FOLDER",
		Short: "compare with other programs, in turn, as ratios",
		Long: `Runs the scripts of a folder of peers beside us on one Kafka of this machine:
streams/ (the processor's work as a Kafka Streams application; we are given the
same bodies) and ingest/ (servers that take signed webhooks; their harness sends
to us, too). Runs stand in pairs, ours and theirs first in turn; one pair is
made before and thrown away. What is shown is the median of the pairs' ratios
with the quartiles. The processor runs in each pair once with each of
--profiles.

The folder is copied to --work first and built there; Java 17, Maven and Go are
needed for streams/, wrk, Python and Go for ingest/ (and what each server there
needs).

make bench PEERS=FOLDER starts the Kafka and calls this.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Folder = args[0]
			if len(b.o.Profiles) == 0 {
				b.o.Profiles = []string{"default", "uncompressed", "small"}
			}
			if err := c.Validate(); err != nil {
				return cli.Usage(err)
			}
			return b.run(cmd.Context(), g, func(ctx context.Context, o bench.Options) (*bench.Report, error) { return bench.Peers(ctx, o, c) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.Work, "work", "bin/bench", "folder for what the peers build and write")
	f.StringSliceVar(&c.Only, "only", c.Only, "parts of the folder")
	f.IntVar(&c.Verifications, "verifications", c.Verifications, "of the load for streams/, each makes five records; under 100,000 a Java program is not warm")
	f.IntVar(&c.Pairs, "pairs", c.Pairs, "that count")
	f.StringSliceVar(&c.Ingest, "ingest-peers", c.Ingest, "as the folder's script names them: linger5, linger0, none, camel, py, node")
	f.DurationVar(&c.Duration, "duration", c.Duration, "of a run of an ingest")
	f.IntSliceVar(&c.Connections, "connections", c.Connections, "of the load of an ingest")
	return cmd
}
