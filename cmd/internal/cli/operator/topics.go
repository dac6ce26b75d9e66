package operator

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
)

func newTopics(g *cli.Globals) *cobra.Command {
	c := &cobra.Command{Use: "topics", Short: "list, compare, create and alter the topics"}
	c.AddCommand(
		newTopicsACL(g),
		newTopicsCopy(g),
		&cobra.Command{
			Use: "list", Short: "list every topic: what it holds, who may read it", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return topicsList(g) },
		},
		&cobra.Command{
			Use: "diff", Short: "show how the cluster differs; exit code 1 if it does", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return topicsChange(cmd.Context(), g, false) },
		},
		&cobra.Command{
			Use: "apply", Short: "create and alter what differs; nothing is deleted", Args: cobra.NoArgs,
			Long: `Creates missing topics and alters settings that differ. It deletes nothing.

It refuses to change the partition count of topics that hold anything, and says
so by topic: an entity's records, its state and its last snapshot lie in the
partition that its key comes to by the count. Only where no topic of a family (a
stage's input and its changelog), or an output topic for itself, has ever held a
record are partitions added.

To move to another count, begin anew beside the old:
  1. Write a configuration with the new counts, another kafka.prefix, and a
     processor.dedupe_span longer than the raw topics' retention, such as 10d:
     what is copied comes out of order, and every id has to be remembered.
     'topics apply' and 'schemas register' with it.
  2. Start processors with it, with a state directory of their own, then point
     ingest at it: from now on webhooks go there. The old processors finish what
     there is: see 'tributary lag'.
  3. 'topics copy --from OLD-PREFIX' with it: copies the old raw topics by key.
     (Tools that mirror topics keep the partition, and would part an entity's
     records.) What retention still holds is made again: facts, snapshots,
     journeys. Webhooks that come meanwhile do no harm; what comes twice is a
     duplicate. Until the copy is done deadlines make claims that it then
     withdraws.
  4. 'tributary audit' with the new configuration closes; let consumers go over
     to the new topics, delete the old ones when nobody reads them, and take
     dedupe_span back.`,
			RunE: func(cmd *cobra.Command, _ []string) error { return topicsChange(cmd.Context(), g, true) },
		},
	)
	return c
}

func topicsList(g *cli.Globals) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	wanted := topics.Want(&f.Config.Topics, f.Config.Names())
	if g.JSON {
		return g.PrintJSON(wanted)
	}
	t := terminal.NewTable("topic", "partitions", "format", "access", "cleanup", "retention", "holds")
	for _, w := range wanted {
		retention := "for ever"
		if w.Row.Delete {
			retention = timespan.Format(w.Row.Retention)
		}
		t.Row(w.Name, w.Partitions, w.Row.Format, w.Row.Access, w.Row.Policy(), retention, w.Row.Doc)
	}
	t.Optional("cleanup", "format", "access", "partitions")
	t.Wrap("holds")
	g.Printf("%s\n", t.Render(g.Width()))
	return nil
}

func topicsChange(ctx context.Context, g *cli.Globals, apply bool) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	show := changePrinter(g, apply)
	changes, err := changeTopics(ctx, &f.Config, apply, show)
	if err != nil {
		return err
	}
	refused := 0
	for _, c := range changes {
		if c.Kind == topics.KindRefused {
			refused++
		}
	}
	if g.JSON {
		if changes == nil {
			changes = []topics.Change{} // a program wants a list, also of nothing
		}
		err = g.PrintJSON(map[string]any{"changes": changes, "applied": apply, "refused": refused})
	} else if len(changes) == 0 {
		g.Printf("every topic is as it should be\n")
	}
	if err == nil && (refused > 0 || !apply && len(changes) > 0) {
		return cli.ErrReported
	}
	return err
}

// changeTopics finds the changes and applies them. It shows each when it is done, or found if it
// is not to be done.
func changeTopics(ctx context.Context, c *config.Config, apply bool, show func(*topics.Change)) ([]topics.Change, error) {
	client, err := cli.Admin(c)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	changes, err := topics.Diff(ctx, client, topics.Want(&c.Topics, c.Names()))
	for i := range changes {
		if !apply || changes[i].Kind == topics.KindRefused {
			show(&changes[i])
		}
	}
	if err == nil && apply {
		err = topics.Apply(ctx, client, c.Topics.ReplicationFactor, changes, show)
	}
	if err != nil {
		return nil, fmt.Errorf("topics on %v: %w", c.Kafka.Brokers, err)
	}
	return changes, nil
}

// changePrinter returns a function that prints a change, and an advice only once.
func changePrinter(g *cli.Globals, applied bool) func(*topics.Change) {
	if g.JSON {
		return func(*topics.Change) {}
	}
	verb := map[bool][2]string{true: {"created", "altered"}, false: {"to create", "to alter"}}[applied]
	said := map[string]bool{"": true}
	return func(c *topics.Change) {
		switch c.Kind {
		case topics.KindCreate:
			g.Printf("%s %s\n", verb[0], c.Topic)
			if !said[c.Hint] {
				g.Printf("  attention: %s\n", c.Hint)
			}
			said[c.Hint] = true
		case topics.KindPartitions:
			g.Printf("%s %s: from %s to %s partitions\n", verb[1], c.Topic, c.Have, c.Want)
		case topics.KindConfig:
			g.Printf("%s %s: %s from %q to %q\n", verb[1], c.Topic, c.Key, c.Have, c.Want)
		default:
			g.Printf("refused %s: %s is %s, the configuration says %s\n", c.Topic, c.Key, c.Have, c.Want)
			if !said[c.Hint] {
				g.Printf("  %s\n", c.Hint)
			}
			said[c.Hint] = true
		}
	}
}
