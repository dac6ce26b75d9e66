package consumer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/tool/tail"
	"github.com/tributary-hq/tributary/schemas"
)

func newTail(g *cli.Globals) *cobra.Command {
	var (
		o                tail.Options
		from, to, offset string
	)
	c := &cobra.Command{
		Use:   "tail TOPIC...",
		Short: "print records as JSON lines, Avro decoded",
		Long: `Prints committed records as JSON lines, Avro decoded through the registry. A
topic is named as on the cluster, or without its prefix. Values that are not
Avro hold codes and phones as the providers sent them: --bodies shows them.
Without --offset and --from it prints the last 10 records, or the last -n.`,
		Example: `  tributary tail enriched.journeys.v1 --follow
  tributary tail enriched.payments.v1 --field phase=HELD --from 24h
  tributary tail decoded.uapay.payment.v1 -o start
  tributary tail enriched.verifications.v1 --key lox24:a1b2c3d4-e5f6-7890`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeTopics,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, field := range o.Fields {
				if !strings.Contains(field, "=") {
					return cli.Usage(fmt.Errorf("--field: %q is no path=value, such as phase=HELD", field))
				}
			}
			now := time.Now()
			var err error
			if o.FromTime, err = cli.ParseTime("--from", from, now); err != nil {
				return err
			}
			if o.ToTime, err = cli.ParseTime("--to", to, now); err != nil {
				return err
			}
			if !cmd.Flags().Changed("number") && (offset != "" || from != "") {
				o.Limit = 0
			}
			if err := begin(&o, offset); err != nil {
				return err
			}
			return runTail(g, cmd, o, args)
		},
	}
	flags := c.Flags()
	flags.BoolVarP(&o.Follow, "follow", "f", false, "go on after what is there now")
	flags.IntVarP(&o.Limit, "number", "n", usualRecords, "how many records to print; 0 means all")
	flags.StringVar(&o.Key, "key", "", "only records with this key")
	flags.StringArrayVar(&o.Fields, "field", nil, "only records whose field has a value, path=value; may be repeated")
	flags.Int32Var(&o.Partition, "partition", -1, "only this partition")
	flags.StringVarP(&offset, "offset", "o", "", "begin at start, at end, at an offset, or so many before the end of each partition: -5")
	flags.StringVar(&from, "from", "", "begin at this time: RFC 3339, or how long ago, as 24h or 7d")
	flags.StringVar(&to, "to", "", "end before this time: RFC 3339, or how long ago")
	flags.BoolVar(&o.Bodies, "bodies", false, "show values that are not Avro: codes and phones in the clear")
	return c
}

// usualRecords is how many records are printed without -n.
const usualRecords = 10

// begin sets where reading begins. Without a place the last o.Limit records are shown; with one those
// from there on, o.Limit of them if it is not 0.
func begin(o *tail.Options, offset string) error {
	o.FromOffset = -1
	switch n, err := strconv.ParseInt(offset, 10, 64); {
	case offset == "" && o.FromTime.IsZero():
		o.Last, o.Limit = o.Limit, 0
		return nil
	case offset == "" || offset == "start":
	case offset == "end":
		o.FromEnd, o.Follow = true, true
	case err != nil:
		return cli.Usage(fmt.Errorf("--offset: %q is neither start, end nor a number", offset))
	case n < 0:
		o.BeforeEnd = -n
	default:
		o.FromOffset = n
	}
	return nil
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
	err = tail.Run(cmd.Context(), options, o, client.SchemaByID, g.Out)
	if errors.Is(err, kerr.UnknownTopicOrPartition) {
		if near := misspelt(args, f.Config.Names()); near != nil {
			return near
		}
	}
	return err
}

// misspelt returns an error that names the topic of ours that is meant by one that is not, nil if there is
// none.
func misspelt(args []string, names schemas.Names) error {
	var ours []string
	for _, t := range schemas.Table() {
		ours = append(ours, t.Name)
	}
	for _, name := range args {
		plain := strings.TrimPrefix(name, names.Prefix)
		if _, known := schemas.Find(plain); known {
			continue
		}
		if near := config.Nearest(plain, ours); near != "" {
			return fmt.Errorf("there is no topic %s; did you mean %s?", name, near)
		}
		return fmt.Errorf("there is no topic %s; tributary topics list has ours", name)
	}
	return nil
}
