package operator

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/tool/tail"
	"github.com/tributary-hq/tributary/schemas"
)

func newTail(g *cli.Globals) *cobra.Command {
	var (
		o     tail.Options
		since time.Duration
		from  string
	)
	c := &cobra.Command{
		Use:   "tail TOPIC...",
		Short: "print records as JSON lines, Avro decoded",
		Long: `Prints committed records as JSON lines, Avro decoded through the registry. A
topic is named as on the cluster, or without its prefix. Values that are not
Avro hold codes and phones as the providers sent them: --bodies shows them.`,
		Example: `  tributary tail enriched.journeys.v1 --follow
  tributary tail enriched.payments.v1 --field phase=HELD --since 24h
  tributary tail enriched.verifications.v1 --key lox24:a1b2c3d4-e5f6-7890`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, field := range o.Fields {
				if !strings.Contains(field, "=") {
					return cli.Usage(fmt.Errorf("--field: %q is no path=value, such as phase=HELD", field))
				}
			}
			switch {
			case from != "":
				at, err := time.Parse(time.RFC3339, from)
				if err != nil {
					return cli.Usage(fmt.Errorf("--from-time: %q is no time such as 2026-01-02T15:04:05Z", from))
				}
				o.FromTime = at
			case since > 0:
				o.FromTime = time.Now().Add(-since)
			}
			return runTail(g, cmd, o, args)
		},
	}
	flags := c.Flags()
	flags.BoolVarP(&o.Follow, "follow", "f", false, "go on after what is there now")
	flags.IntVarP(&o.Limit, "number", "n", 0, "how many records to print; 0 means all")
	flags.StringVar(&o.Key, "key", "", "only records with this key")
	flags.StringArrayVar(&o.Fields, "field", nil, "only records whose field has a value, path=value; may be repeated")
	flags.Int32Var(&o.Partition, "partition", -1, "only this partition")
	flags.Int64Var(&o.FromOffset, "from-offset", -1, "begin at this offset of every partition")
	flags.StringVar(&from, "from-time", "", "begin at this time, RFC 3339")
	flags.DurationVar(&since, "since", 0, "begin this long ago")
	flags.BoolVar(&o.Bodies, "bodies", false, "show values that are not Avro: codes and phones in the clear")
	return c
}

func runTail(g *cli.Globals, cmd *cobra.Command, o tail.Options, args []string) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	options, err := f.Config.Kafka.Options()
	if err != nil {
		return err
	}
	client, err := f.Config.RegistryClient()
	if err != nil {
		return err
	}
	for _, name := range args {
		if _, ours := schemas.Find(name); ours {
			name = f.Config.Names().Topic(name)
		}
		o.Topics = append(o.Topics, name)
	}
	return tail.Run(cmd.Context(), options, o, client.SchemaByID, g.Out)
}
