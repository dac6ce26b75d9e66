package consumer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas"
)

func newContract(g *cli.Globals) *cobra.Command {
	c := &cobra.Command{Use: "contract", Short: "what consumers of the topics need, for their engines"}
	c.AddCommand(newContractExport(g), newContractCatalogue(g), newContractTest(g))
	return c
}

func newContractExport(g *cli.Globals) *cobra.Command {
	engine, prefix := "", ""
	o := contract.Options{Brokers: "localhost:9092", Registry: "http://localhost:8081"}
	c := &cobra.Command{
		Use:   "export [DIR]",
		Short: "generate tables, comments and views for an engine",
		Long: `Generates tables, types, comments and views for an engine from the schemas and
the topic table, on the standard output or as files in DIR. It reads no
configuration and no topic.

Topics of snapshots become two relations. The history, such as
payments_history, has every revision. The view, such as payments, has the
newest of each key, without keys that ended: a count or a sum over it is right
without a condition. Other topics become one relation, such as ledger.

Engines:
` + engineLines() + `
Some engines have several files: the standard output has the first, DIR all.`,
		Example: `  tributary contract export --for duckdb
  tributary contract export --for clickhouse sql/
  tributary contract export --for flink -b kafka:9092 --prefix acme.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.Names = schemas.Names{Prefix: prefix}
			if len(g.Brokers) > 0 {
				o.Brokers = strings.Join(g.Brokers, ",")
			}
			if engine == "" {
				return cli.Usage(errors.New("--for is needed: the engine"))
			}
			if o.Group == "" {
				o.Group = prefix + "analytics." + engine + "."
			}
			files, err := contract.Export(engine, &o)
			if err != nil {
				return cli.Usage(err)
			}
			if len(args) == 0 {
				_, err := g.Out.Write([]byte(files[0].Text))
				return err
			}
			return writeFiles(g, args[0], files)
		},
	}
	flags := c.Flags()
	flags.StringVar(&engine, "for", "", "the engine")
	_ = c.RegisterFlagCompletionFunc("for", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return engines(), cobra.ShellCompDirectiveNoFileComp
	}) // no error: the flag is there
	flags.StringVar(&o.Registry, "registry", o.Registry, "address of the registry as the engine sees it")
	flags.StringVar(&o.Export, "export", "", "folder of an export as the engine sees it; default: its working directory")
	flags.StringVar(&prefix, "prefix", "", "prefix of the topics on the cluster")
	flags.StringVar(&o.Group, "group", "", "begin of the consumer groups' names; default: as the rights of\nanalytics are, PREFIXanalytics.ENGINE.")
	flags.BoolVar(&o.Units, "units", false, "add columns to the views: x_major of x_minor, x_seconds of x_ms")
	return c
}

func engineLines() string {
	var b strings.Builder
	for _, e := range contract.Engines() {
		fmt.Fprintf(&b, "  %-12s %s\n", e.Name, e.Doc)
	}
	return b.String()
}

func writeFiles(g *cli.Globals, dir string, files []contract.File) error {
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // for others to read
			return fmt.Errorf("write %s: %w", f.Name, err)
		}
		if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil { //nolint:gosec // for others to read
			return fmt.Errorf("write %s: %w", f.Name, err)
		}
		g.Printf("%s\n", path)
	}
	return nil
}

// engines are the names of the engines, each with its description.
func engines() []string {
	var out []string
	for _, e := range contract.Engines() {
		out = append(out, cobra.CompletionWithDesc(e.Name, e.Doc))
	}
	return out
}
