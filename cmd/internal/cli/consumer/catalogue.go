package consumer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/catalogue"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/schemas"
)

func newContractCatalogue(g *cli.Globals) *cobra.Command {
	samples, prefix := "", ""
	o := catalogue.Options{Brokers: "localhost:9092", Registry: "http://localhost:8081", Version: cli.BuildInfo().Version}
	c := &cobra.Command{
		Use:   "catalogue DIR",
		Short: "write a static site, AsyncAPI and a data contract",
		Long: `Writes into DIR: index.html and a page for each topic, with what one row is,
keys, fields, documented values, queries, mistakes to avoid and lineage;
asyncapi.json (AsyncAPI 3); datacontract.yaml (ODCS 3.1). It reads no
configuration and no topic. The pages need no server and no network.

--samples takes the sample rows from an export as JSON lines.`,
		Example: `  tributary contract catalogue site
  tributary export rows --latest --format jsonl
  tributary contract catalogue site --samples rows`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.Names = schemas.Names{Prefix: prefix}
			if len(g.Brokers) > 0 {
				o.Brokers = strings.Join(g.Brokers, ",")
			}
			if samples != "" {
				var err error
				if o.Samples, err = catalogue.ReadSamples(samples); err != nil {
					return fmt.Errorf("read samples: %w", err)
				}
			}
			files, err := catalogue.Generate(&o)
			if err != nil {
				return err
			}
			return writeFiles(g, args[0], files)
		},
	}
	flags := c.Flags()
	flags.StringVar(&samples, "samples", "", "folder of an export as JSON lines")
	flags.StringVar(&o.Registry, "registry", o.Registry, "address of the registry")
	flags.StringVar(&prefix, "prefix", "", "prefix of the topics on the cluster")
	return c
}

func newContractTest(g *cli.Globals) *cobra.Command {
	return &cobra.Command{
		Use:   "test",
		Short: "prove the promises of the data contract now",
		Long: `Measures on the running pipeline what datacontract.yaml promises: freshness,
completeness by the ledger, its heartbeat, schemas in the registry. Exit code 1
if one does not hold. 'tributary audit' proves completeness record by record.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runContractTest(cmd.Context(), g) },
	}
}

func runContractTest(ctx context.Context, g *cli.Globals) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	kafka, err := f.Config.Kafka.Options()
	if err != nil {
		return err
	}
	client, err := f.Config.RegistryClient()
	if err != nil {
		return err
	}
	progress := cli.NewProgress(g.Err)
	proofs, err := catalogue.Prove(ctx, &catalogue.Pipeline{
		Kafka: kafka, Names: f.Config.Names(), Status: client.Status, Patience: exportPatience, Progress: progress, Now: time.Now,
		Waiting: func(ctx context.Context) (time.Duration, error) {
			return lag.Oldest(ctx, lag.Config{Kafka: kafka, Own: f.Config.OwnGroups(nil)})
		},
	})
	progress.Done(err)
	if err != nil {
		return fmt.Errorf("test the contract on %v: %w", f.Config.Kafka.Brokers, err)
	}
	holds := true
	t := terminal.NewTable("promise", "holds", "found")
	for _, p := range proofs {
		holds = holds && p.Holds
		t.Row(p.Level, map[bool]string{true: "yes", false: "NO"}[p.Holds], p.Found)
	}
	t.Wrap("found")
	if g.JSON {
		err = g.PrintJSON(proofs)
	} else {
		g.Printf("%s\n", t.Render(g.Width()))
	}
	if err == nil && !holds {
		return cli.ErrReported
	}
	return err
}
