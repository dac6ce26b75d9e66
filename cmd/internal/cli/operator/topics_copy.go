package operator

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/schemas"
)

func newTopicsCopy(g *cli.Globals) *cobra.Command {
	var from string
	c := &cobra.Command{
		Use:   "copy --from PREFIX",
		Short: "copy raw topics of another prefix, to repartition them",
		Long: `Copies what the raw topics of another prefix hold into those of the
configuration, each record with its headers and its time to the partition that
its key has there. It is a step of the way to another partition count: see
'tributary topics apply --help'. Tools that mirror topics keep the partition,
and would part an entity's records.

What is written while it runs is not copied, so let ingest write to the new
topics first. Run again, it copies again: what comes twice is a duplicate to the
stages. That a record was a dead letter sent again is not copied, for its dead
letter is not. The old topics are left as they are. It needs to read the old raw
topics and to write the new ones, as the role operator of each may.`,
		Example: `  tributary topics copy --from shop. -c new.yaml`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("from") {
				return cli.Usage(errors.New(`--from is needed: the prefix to copy from, "" for none`))
			}
			return topicsCopy(cmd.Context(), g, from)
		},
	}
	c.Flags().StringVar(&from, "from", "", `the prefix to copy from, "" for none`)
	return c
}

func topicsCopy(ctx context.Context, g *cli.Globals, from string) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	o := topics.Copy{From: schemas.Names{Prefix: from}, To: f.Config.Names()}
	if o.Kafka, err = f.Config.Kafka.Options(); err != nil {
		return err
	}
	if o.From == o.To {
		return cli.Usage(fmt.Errorf("--from %q is the prefix of the configuration (kafka.prefix): give that of the old topics", from))
	}
	progress, last := cli.NewProgress(g.Err), ""
	o.Progress = func(topic string, done, total int64) {
		if topic != last {
			progress.Step("copying "+topic, total)
			last = topic
		}
		progress.At(done)
	}
	copied, err := o.Run(ctx)
	progress.Done(err)
	if err != nil {
		return fmt.Errorf("topics on %v: %w", f.Config.Kafka.Brokers, err)
	}
	if g.JSON {
		return g.PrintJSON(copied)
	}
	t := terminal.NewTable("topic", "copied to", "records", "bytes")
	for _, c := range copied {
		t.Row(c.Topic, c.To, c.Records, c.Bytes)
	}
	g.Printf("%s\n", t.Render(g.Width()))
	return nil
}
